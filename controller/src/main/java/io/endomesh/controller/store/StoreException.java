package io.endomesh.controller.store;

import org.jspecify.annotations.Nullable;

/** Says in a sentence why a write was not done. Nothing of it was kept. */
public abstract sealed class StoreException extends Exception {

  private static final long serialVersionUID = 1L;

  StoreException(String message, @Nullable Throwable cause) {
    super(message, cause);
  }

  /** The resource was changed or removed since it was read. */
  public static final class Conflict extends StoreException {
    private static final long serialVersionUID = 1L;

    public Conflict(ResourceKey key, long actual, long expected) {
      super(
          key
              + ": resourceVersion: "
              + (actual == Write.ABSENT ? "absent" : actual)
              + " (expected: "
              + (expected == Write.ABSENT ? "absent" : expected)
              + "); nothing was changed, read it again and repeat",
          null);
    }
  }

  /** The disk does not take it: full, read-only, gone. */
  public static final class Unavailable extends StoreException {
    private static final long serialVersionUID = 1L;

    public Unavailable(String message, Throwable cause) {
      super(message, cause);
    }
  }
}
