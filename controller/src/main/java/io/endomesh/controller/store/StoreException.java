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

  /** It does not take it: the disk is full, read-only, gone; or etcd does not answer. */
  public static final class Unavailable extends StoreException {
    private static final long serialVersionUID = 1L;
    private final boolean passing;

    public Unavailable(String message, @Nullable Throwable cause) {
      this(message, cause, /* passing= */ false);
    }

    /**
     * @param passing whether it may be done as it is in a while
     */
    public Unavailable(String message, @Nullable Throwable cause, boolean passing) {
      super(message, cause);
      this.passing = passing;
    }

    public boolean isPassing() {
      return passing;
    }
  }
}
