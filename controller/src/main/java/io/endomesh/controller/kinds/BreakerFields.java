package io.endomesh.controller.kinds;

import io.endomesh.dataplane.cluster.Breaker;
import org.jspecify.annotations.Nullable;

/** The field {@code breaker} of kinds that have one: the same words for calls and statements. */
final class BreakerFields {

  private static final long SECOND = 1_000_000_000L;

  /** Ten steps of a window that is shorter would be shorter than timers are precise. */
  private static final long MIN_WINDOW_NANOS = SECOND / 10;

  /** Hystrix and Resilience4j count seconds to minutes; an hour tells nothing of now. */
  private static final long MAX_NANOS = 3_600 * SECOND;

  private BreakerFields() {}

  /**
   * @param name of the resource, {@code ResiliencePolicy/shop/orders}
   * @return null if absent
   */
  static @Nullable Breaker read(String name, Fields spec) {
    Fields fields = spec.optionalObject("breaker");
    if (fields == null) {
      return null;
    }
    Fields slow = fields.optionalObject("slowCalls");
    long slowNanos = 0;
    int slowPercent = Breaker.DEFAULT_SLOW_PERCENT;
    if (slow != null) {
      slowNanos = duration(slow, "duration", 1_000_000, 0);
      if (slowNanos == 0) {
        throw slow.invalid("duration", "absent (expected: a duration such as 500ms)");
      }
      slowPercent = slow.integer("percent", 1, 100, slowPercent);
      slow.rejectUnknown();
    }
    Breaker breaker =
        new Breaker(
            name,
            duration(fields, "window", MIN_WINDOW_NANOS, Breaker.DEFAULT_WINDOW_NANOS),
            fields.integer("minimumCalls", 1, 1_000_000, Breaker.DEFAULT_MINIMUM_CALLS),
            fields.integer("failurePercent", 1, 100, Breaker.DEFAULT_FAILURE_PERCENT),
            slowNanos,
            slowPercent,
            duration(fields, "openDuration", 1_000_000, Breaker.DEFAULT_OPEN_NANOS),
            fields.integer("halfOpenCalls", 1, 1_000, Breaker.DEFAULT_HALF_OPEN_CALLS));
    fields.rejectUnknown();
    return breaker;
  }

  /**
   * @param min nanoseconds
   * @param otherwise if it is absent
   */
  static long duration(Fields fields, String name, long min, long otherwise) {
    Long nanos = fields.durationNanos(name);
    if (nanos == null) {
      return otherwise;
    }
    if (nanos < min || nanos > MAX_NANOS) {
      throw fields.invalid(
          name, "'" + fields.string(name) + "' (expected: " + min / 1_000_000 + "ms to 1h)");
    }
    return nanos;
  }
}
