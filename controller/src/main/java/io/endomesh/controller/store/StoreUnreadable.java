package io.endomesh.controller.store;

import org.jspecify.annotations.Nullable;

/** Says in a sentence why what is not kept in memory cannot be read now. */
public final class StoreUnreadable extends IllegalStateException {

  private static final long serialVersionUID = 1L;

  public StoreUnreadable(@Nullable String message, @Nullable Throwable cause) {
    super(message, cause);
  }
}
