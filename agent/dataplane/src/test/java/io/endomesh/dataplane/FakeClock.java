package io.endomesh.dataplane;

import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.util.function.LongSupplier;

/** Time that moves only when told: nanosecond ticker and time of day in one. Not thread-safe. */
public final class FakeClock extends Clock implements LongSupplier {

  private long nanos = 1_000;
  private Instant now;

  public FakeClock() {
    this(Instant.parse("2026-11-23T10:00:00Z"));
  }

  public FakeClock(Instant now) {
    this.now = now;
  }

  public void advance(Duration duration) {
    nanos += duration.toNanos();
    now = now.plus(duration);
  }

  @Override
  public long getAsLong() {
    return nanos;
  }

  @Override
  public Instant instant() {
    return now;
  }

  @Override
  public ZoneId getZone() {
    return ZoneOffset.UTC;
  }

  @Override
  public Clock withZone(ZoneId zone) {
    return this;
  }
}
