package io.endomesh.dataplane.limit;

/**
 * How the number of calls that may run at a time is found (Envoy {@code GradientControllerConfig}).
 * Immutable.
 *
 * @param min while the shortest time is measured, and never less
 * @param max never more
 * @param percentile of the times of a window that stands for all
 * @param windowNanos between two changes
 * @param measureEveryNanos between two measurements of the shortest time
 * @param jitterPercent of the interval by which a measurement may come later, so that the instances
 *     of a service do not measure all at once
 * @param measureCalls calls that a measurement takes
 * @param bufferPercent by which calls may take longer than the shortest time without being too many
 */
public record Concurrency(
    int min,
    int max,
    int percentile,
    long windowNanos,
    long measureEveryNanos,
    int jitterPercent,
    int measureCalls,
    int bufferPercent) {

  // Envoy's defaults.
  public static final int DEFAULT_MIN = 3;
  public static final int DEFAULT_MAX = 1_000;
  public static final int DEFAULT_PERCENTILE = 50;
  public static final int DEFAULT_JITTER_PERCENT = 15;
  public static final int DEFAULT_MEASURE_CALLS = 50;
  public static final int DEFAULT_BUFFER_PERCENT = 25;

  /**
   * @throws IllegalArgumentException if a number makes no sense
   */
  public Concurrency {
    if (min < 1 || max < min || windowNanos < 1 || measureEveryNanos < 1 || measureCalls < 1) {
      throw new IllegalArgumentException(
          "concurrency from "
              + min
              + " to "
              + max
              + ", every "
              + windowNanos
              + " ns, measured every "
              + measureEveryNanos
              + " ns by "
              + measureCalls
              + " calls (expected: at least 1, and no maximum below the minimum)");
    }
  }
}
