package io.endomesh.dataplane.limit;

import java.util.concurrent.TimeUnit;

/**
 * How many calls in how much time (Envoy {@code TokenBucket}: {@code tokens_per_fill}, {@code
 * fill_interval}, {@code max_tokens}). Immutable.
 *
 * @param requests that the rate lets through in {@code perNanos}, evenly spread
 * @param burst calls let through at once after a rest
 */
public record Rate(int requests, long perNanos, int burst) {

  /**
   * @throws IllegalArgumentException if it cannot be counted in nanoseconds
   */
  public Rate {
    if (requests < 1 || burst < 1 || perNanos < requests) {
      throw new IllegalArgumentException(
          requests
              + " requests per "
              + perNanos
              + " ns, burst "
              + burst
              + " (expected: at least 1, at most one a nanosecond)");
    }
    if (perNanos / requests > Long.MAX_VALUE / 2 / burst) {
      throw new IllegalArgumentException(
          "a burst of " + burst + " (expected: one that is whole again within 146 years)");
    }
  }

  /** Between two calls at exactly this rate. */
  long intervalNanos() {
    return perNanos / requests;
  }

  /** {@code 10 requests in 1 s, 20 at once}. */
  @Override
  public String toString() {
    return requests
        + (requests == 1 ? " request in " : " requests in ")
        + period()
        + ", "
        + burst
        + " at once";
  }

  /** In the largest unit of which it is a whole number. */
  private String period() {
    if (perNanos % TimeUnit.HOURS.toNanos(1) == 0) {
      return TimeUnit.NANOSECONDS.toHours(perNanos) + " h";
    }
    if (perNanos % TimeUnit.MINUTES.toNanos(1) == 0) {
      return TimeUnit.NANOSECONDS.toMinutes(perNanos) + " min";
    }
    if (perNanos % TimeUnit.SECONDS.toNanos(1) == 0) {
      return TimeUnit.NANOSECONDS.toSeconds(perNanos) + " s";
    }
    return perNanos % TimeUnit.MILLISECONDS.toNanos(1) == 0
        ? TimeUnit.NANOSECONDS.toMillis(perNanos) + " ms"
        : perNanos / 1e9 + " s";
  }
}
