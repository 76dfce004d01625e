package io.endomesh.testkit;

import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;

/** Waits for what happens on another thread. Thread-safe. */
public final class Await {

  /** Generous: a test that needs it has failed. */
  private static final long LIMIT_NANOS = TimeUnit.SECONDS.toNanos(10);

  private static final long POLL_NANOS = TimeUnit.MILLISECONDS.toNanos(2);

  private Await() {}

  public static void until(String what, BooleanSupplier condition) {
    long start = System.nanoTime();
    while (!condition.getAsBoolean()) {
      if (System.nanoTime() - start > LIMIT_NANOS) {
        throw new AssertionError(what + ": did not happen within 10 s");
      }
      LockSupport.parkNanos(POLL_NANOS);
    }
  }
}
