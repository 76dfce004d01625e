package io.endomesh.controller.telemetry;

import org.jspecify.annotations.Nullable;

/**
 * Calls of an edge, a service or a workload: exact totals, and rates and percentiles of the last
 * seconds. Immutable.
 *
 * @param errorRatio errors by requests in the window, null if nothing ended in it
 */
public record Stats(
    long requestsTotal,
    long errorsTotal,
    long refusedTotal,
    double requestsPerSecond,
    double errorsPerSecond,
    double refusedPerSecond,
    @Nullable Double errorRatio,
    @Nullable Double p50Millis,
    @Nullable Double p99Millis,
    int windowSeconds) {

  public static final Stats NONE =
      new Stats(0, 0, 0, 0, 0, 0, null, null, null, Rollup.WINDOW_SECONDS);

  /** The same calls, with the refusals that were counted at the other end. */
  Stats withRefusals(Stats other) {
    return new Stats(
        requestsTotal,
        errorsTotal,
        refusedTotal + other.refusedTotal,
        requestsPerSecond,
        errorsPerSecond,
        refusedPerSecond + other.refusedPerSecond,
        errorRatio,
        p50Millis,
        p99Millis,
        windowSeconds);
  }
}
