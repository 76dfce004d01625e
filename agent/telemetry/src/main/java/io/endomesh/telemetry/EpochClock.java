package io.endomesh.telemetry;

import java.time.Clock;
import java.time.Instant;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;

/**
 * The time of day in nanoseconds, read as cheaply as {@link System#nanoTime}: the distance between
 * the two clocks is measured now and then, off the request path. Thread-safe.
 */
final class EpochClock {

  private final LongSupplier nanoTime;
  private final Clock clock;
  private volatile long offsetNanos;

  EpochClock(LongSupplier nanoTime, Clock clock) {
    this.nanoTime = nanoTime;
    this.clock = clock;
    synchronize();
  }

  long epochNanos() {
    return nanoTime.getAsLong() + offsetNanos;
  }

  /** Follows corrections of the system's clock. */
  void synchronize() {
    Instant now = clock.instant();
    offsetNanos =
        TimeUnit.SECONDS.toNanos(now.getEpochSecond()) + now.getNano() - nanoTime.getAsLong();
  }
}
