package io.endomesh.xds.runtime;

import java.util.concurrent.Executor;

/**
 * The one thread at a time on which everything of the controller connection happens, so that its
 * parts need no locks. Thread-safe.
 */
public interface Serial extends Executor {

  /** Runs a task later; nothing happens if {@link Timer#cancel} comes first. */
  Timer schedule(Runnable task, long delayNanos);

  /** True on the thread that runs the tasks. */
  boolean isCurrent();

  /** The clock that delays are measured on. */
  long nanoTime();

  /** Entry check of everything that is not thread-safe. */
  default void check() {
    if (!isCurrent()) {
      throw new IllegalStateException(
          "called on " + Thread.currentThread().getName() + " (expected: the control thread)");
    }
  }

  /** A task that waits for its time. */
  interface Timer {
    void cancel();
  }
}
