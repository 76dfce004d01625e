package io.endomesh.demo;

import java.time.Duration;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;

/** Waits for a condition of the running system; fails in a sentence when it does not come true. */
public final class Await {

  /** How often a condition is looked at: fine enough for the bounds of 1 s that are checked. */
  private static final long POLL_NANOS = TimeUnit.MILLISECONDS.toNanos(20);

  private Await() {}

  /**
   * @return time it took
   * @throws CheckFailed after {@code atMost}
   */
  public static Duration until(String what, Duration atMost, BooleanSupplier condition) {
    long start = System.nanoTime();
    while (true) {
      boolean holds = condition.getAsBoolean();
      Duration elapsed = Duration.ofNanos(System.nanoTime() - start);
      // Looking takes time as well: what came true too late was not in time.
      if (elapsed.compareTo(atMost) > 0) {
        throw new CheckFailed(
            "%s: %s within %d ms"
                .formatted(
                    what,
                    holds ? "only after " + elapsed.toMillis() + " ms, not" : "not",
                    atMost.toMillis()));
      }
      if (holds) {
        return elapsed;
      }
      LockSupport.parkNanos(POLL_NANOS);
    }
  }

  /** Lets time pass that is itself what is promised ("within 1 s"). */
  public static void pass(Duration duration) {
    long end = System.nanoTime() + duration.toNanos();
    for (long left = duration.toNanos(); left > 0; left = end - System.nanoTime()) {
      LockSupport.parkNanos(left);
    }
  }
}
