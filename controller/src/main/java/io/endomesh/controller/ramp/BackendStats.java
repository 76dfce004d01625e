package io.endomesh.controller.ramp;

import io.endomesh.controller.telemetry.ClusterStats;
import io.endomesh.controller.telemetry.Rollups;
import io.endomesh.controller.telemetry.Stats;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What callers see of one side of a split, on whichever route they came to it. Immutable.
 *
 * @param calls that happened while this controller ran; they only grow
 * @param errors those of them that failed
 * @param errorRatio of the last seconds; null if nothing ended in them
 * @param p99Millis likewise, of attempts
 */
record BackendStats(
    long calls,
    long errors,
    double requestsPerSecond,
    double errorsPerSecond,
    @Nullable Double errorRatio,
    @Nullable Double p99Millis) {

  static final BackendStats NONE = new BackendStats(0, 0, 0, 0, null, null);

  /** Tells the figures of a backend, as they are now. */
  interface Source {
    BackendStats of(Backend backend);
  }

  static Source of(Rollups rollups) {
    return backend -> sum(rollups.clusters(backend::isCluster));
  }

  /** Of a service with several ports each is a cluster; the slowest stands for them. */
  private static BackendStats sum(List<ClusterStats> clusters) {
    long calls = 0;
    long errors = 0;
    double requestsPerSecond = 0;
    double errorsPerSecond = 0;
    Double p99 = null;
    for (ClusterStats cluster : clusters) {
      Stats stats = cluster.stats();
      calls += cluster.watchedRequests();
      errors += cluster.watchedErrors();
      requestsPerSecond += stats.requestsPerSecond();
      errorsPerSecond += stats.errorsPerSecond();
      Double other = stats.p99Millis();
      p99 = p99 == null || (other != null && other > p99) ? other : p99;
    }
    return new BackendStats(
        calls,
        errors,
        requestsPerSecond,
        errorsPerSecond,
        requestsPerSecond > 0 ? Math.min(1, errorsPerSecond / requestsPerSecond) : null,
        p99);
  }
}
