package io.endomesh.controller.telemetry;

import org.jspecify.annotations.Nullable;

/**
 * Calls of an edge, a service or a workload: exact totals, and rates and percentiles of the last
 * seconds. Immutable.
 *
 * @param requestsTotal calls, however many attempts each took; at a server's end each attempt that
 *     arrived
 * @param errorsTotal calls that failed in the end
 * @param retriesTotal attempts after the first of their calls; 0 at a server's end
 * @param p50Millis of attempts
 * @param p99Millis of attempts
 * @param errorRatio errors by requests in the window, null if nothing ended in it
 */
public record Stats(
    long requestsTotal,
    long errorsTotal,
    long refusedTotal,
    long retriesTotal,
    double requestsPerSecond,
    double errorsPerSecond,
    double refusedPerSecond,
    double retriesPerSecond,
    @Nullable Double errorRatio,
    @Nullable Double p50Millis,
    @Nullable Double p99Millis,
    int windowSeconds) {

  public static final Stats NONE =
      new Stats(0, 0, 0, 0, 0, 0, 0, 0, null, null, null, Rollup.WINDOW_SECONDS);

  /** The same calls, with the refusals that were counted at the other end. */
  Stats withRefusals(Stats other) {
    return new Stats(
        requestsTotal,
        errorsTotal,
        refusedTotal + other.refusedTotal,
        retriesTotal,
        requestsPerSecond,
        errorsPerSecond,
        refusedPerSecond + other.refusedPerSecond,
        retriesPerSecond,
        errorRatio,
        p50Millis,
        p99Millis,
        windowSeconds);
  }
}
