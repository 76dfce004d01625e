package io.endomesh.dataplane.cluster;

import io.endomesh.dataplane.Outcome;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Takes endpoints out of balancing that fail more than others, and lets them back in after a while
 * (Envoy {@code OutlierDetection}, gRFC A50; fields and defaults are Envoy's). There is no timer:
 * the calls themselves look at all endpoints, one of them each interval. Immutable, the state is in
 * {@link Health}, written under the lock of the cluster's {@link ClusterLoad}; thread-safe.
 *
 * @param consecutive5xx errors in a row that eject: 5xx, gRPC codes that stand for them, no answer;
 *     0 is off
 * @param consecutiveGatewayErrors 502, 503, 504 or no answer in a row; 0 is off
 * @param consecutiveLocalErrors connections refused or broken in a row; 0 is off
 * @param intervalNanos between looks at all endpoints
 * @param baseEjectionNanos times the number of ejections so far is how long one takes
 * @param maxEjectionNanos an ejection never takes longer, unless the base does
 * @param maxEjectionPercent none more is ejected once as many are (gRFC A50); one always may
 * @param successRate null is off
 * @param failurePercentage null is off
 */
public record OutlierDetection(
    int consecutive5xx,
    int consecutiveGatewayErrors,
    int consecutiveLocalErrors,
    long intervalNanos,
    long baseEjectionNanos,
    long maxEjectionNanos,
    int maxEjectionPercent,
    @Nullable SuccessRate successRate,
    @Nullable FailurePercentage failurePercentage) {

  public static final int DEFAULT_CONSECUTIVE_5XX = 5;
  public static final long DEFAULT_INTERVAL_NANOS = 10_000_000_000L;
  public static final long DEFAULT_BASE_EJECTION_NANOS = 30_000_000_000L;
  public static final long DEFAULT_MAX_EJECTION_NANOS = 300_000_000_000L;
  public static final int DEFAULT_MAX_EJECTION_PERCENT = 10;

  /**
   * Ejects endpoints whose share of successes is far below the mean of all.
   *
   * @param minHosts endpoints with enough calls that are needed to compare
   * @param requestVolume calls in an interval that are enough
   * @param stdevFactorThousandths 1900: 1.9 standard deviations below the mean
   */
  public record SuccessRate(int minHosts, int requestVolume, int stdevFactorThousandths) {
    public static final SuccessRate DEFAULT = new SuccessRate(5, 100, 1900);
  }

  /**
   * Ejects endpoints that fail at least this share of their calls.
   *
   * @param thresholdPercent 1 to 100
   * @param minHosts endpoints with enough calls that are needed
   * @param requestVolume calls in an interval that are enough
   */
  public record FailurePercentage(int thresholdPercent, int minHosts, int requestVolume) {
    public static final FailurePercentage DEFAULT = new FailurePercentage(85, 5, 50);
  }

  /** Notes how an attempt at an endpoint ended, and ejects it if that was one too many. */
  void observe(Endpoint endpoint, Outcome outcome, Cluster cluster, long nowNanos) {
    Health health = endpoint.load().health();
    boolean failed = outcome.failed();
    health.calls.increment();
    if (!failed) {
      health.successes.increment();
      reset(health);
    } else {
      count(endpoint, health, outcome, cluster, nowNanos);
    }
    sweepIfDue(cluster, nowNanos);
  }

  /** Writes only what is not zero: success is the common case, and shared memory is slow. */
  private static void reset(Health health) {
    if (health.consecutive5xx.get() != 0) {
      health.consecutive5xx.set(0);
    }
    if (health.consecutiveGatewayErrors.get() != 0) {
      health.consecutiveGatewayErrors.set(0);
    }
    if (health.consecutiveLocalErrors.get() != 0) {
      health.consecutiveLocalErrors.set(0);
    }
  }

  private void count(
      Endpoint endpoint, Health health, Outcome outcome, Cluster cluster, long nowNanos) {
    boolean local = outcome.error() != null || outcome.status() == 0 && outcome.grpcStatus() < 0;
    if (reached(health.consecutive5xx.incrementAndGet(), consecutive5xx)) {
      eject(endpoint, cluster, nowNanos, consecutive5xx + " errors in a row");
    }
    if (local || isGatewayError(outcome)) {
      if (reached(health.consecutiveGatewayErrors.incrementAndGet(), consecutiveGatewayErrors)) {
        eject(endpoint, cluster, nowNanos, consecutiveGatewayErrors + " gateway errors in a row");
      }
    } else {
      health.consecutiveGatewayErrors.set(0);
    }
    if (local) {
      if (reached(health.consecutiveLocalErrors.incrementAndGet(), consecutiveLocalErrors)) {
        eject(endpoint, cluster, nowNanos, consecutiveLocalErrors + " broken connections in a row");
      }
    } else {
      health.consecutiveLocalErrors.set(0);
    }
  }

  private static boolean reached(int count, int threshold) {
    return threshold > 0 && count >= threshold;
  }

  /** UNAVAILABLE and DEADLINE_EXCEEDED are gRPC's 503 and 504. */
  private static boolean isGatewayError(Outcome outcome) {
    return outcome.grpcStatus() >= 0
        ? outcome.grpcStatus() == 14 || outcome.grpcStatus() == 4
        : outcome.status() >= 502 && outcome.status() <= 504;
  }

  /**
   * Looks at all endpoints if the interval has passed. Also asked before an endpoint is chosen
   * while some are ejected: if all are, no call ends that could ask, and none would ever come back.
   */
  void sweepIfDue(Cluster cluster, long nowNanos) {
    ClusterLoad load = cluster.load();
    long last = load.sweptAtNanos.get();
    if (last == Long.MIN_VALUE) {
      load.sweptAtNanos.compareAndSet(last, nowNanos);
    } else if (nowNanos - last >= intervalNanos
        && load.sweptAtNanos.compareAndSet(last, nowNanos)) {
      sweep(cluster, nowNanos);
    }
  }

  private void sweep(Cluster cluster, long nowNanos) {
    List<Endpoint> endpoints = cluster.endpoints();
    synchronized (cluster.load()) {
      readmit(endpoints, nowNanos);
      cluster.recountEjected();
    }
    if (successRate != null) {
      ejectBelowMean(successRate, endpoints, cluster, nowNanos);
    }
    if (failurePercentage != null) {
      ejectFailing(failurePercentage, endpoints, cluster, nowNanos);
    }
    for (Endpoint endpoint : endpoints) {
      endpoint.load().health().calls.reset();
      endpoint.load().health().successes.reset();
    }
  }

  private void readmit(List<Endpoint> endpoints, long nowNanos) {
    for (Endpoint endpoint : endpoints) {
      Health health = endpoint.load().health();
      if (!health.ejected()) {
        health.ejections = Math.max(0, health.ejections - 1);
      } else if (nowNanos - health.ejectedAtNanos() >= ejectionNanos(health.ejections)) {
        health.readmit();
      }
    }
  }

  private long ejectionNanos(int ejections) {
    long longest = Math.max(baseEjectionNanos, maxEjectionNanos);
    return Math.min(longest, baseEjectionNanos * Math.max(1, ejections));
  }

  private void ejectBelowMean(
      SuccessRate rule, List<Endpoint> endpoints, Cluster cluster, long nowNanos) {
    double sum = 0;
    double squares = 0;
    int hosts = 0;
    for (Endpoint endpoint : endpoints) {
      Health health = endpoint.load().health();
      if (compared(health, rule.requestVolume())) {
        double rate = rate(health);
        sum += rate;
        squares += rate * rate;
        hosts++;
      }
    }
    if (hosts < Math.max(1, rule.minHosts())) {
      return;
    }
    double mean = sum / hosts;
    double stdev = Math.sqrt(Math.max(0, squares / hosts - mean * mean));
    double threshold = mean - stdev * rule.stdevFactorThousandths() / 1000;
    for (Endpoint endpoint : endpoints) {
      Health health = endpoint.load().health();
      if (compared(health, rule.requestVolume()) && rate(health) < threshold) {
        eject(endpoint, cluster, nowNanos, "a success rate far below that of the others");
      }
    }
  }

  private void ejectFailing(
      FailurePercentage rule, List<Endpoint> endpoints, Cluster cluster, long nowNanos) {
    long hosts =
        endpoints.stream()
            .filter(endpoint -> compared(endpoint.load().health(), rule.requestVolume()))
            .count();
    if (hosts < rule.minHosts()) {
      return;
    }
    for (Endpoint endpoint : endpoints) {
      Health health = endpoint.load().health();
      long calls = health.calls.sum();
      if (compared(health, rule.requestVolume())
          && (calls - health.successes.sum()) * 100 >= calls * rule.thresholdPercent()) {
        eject(
            endpoint,
            cluster,
            nowNanos,
            "failures of at least " + rule.thresholdPercent() + " % of its calls");
      }
    }
  }

  /** Enough calls to tell, and not out already: what an ejected endpoint did is no measure. */
  private static boolean compared(Health health, int requestVolume) {
    return !health.ejected() && health.calls.sum() >= Math.max(1, requestVolume);
  }

  private static double rate(Health health) {
    return (double) health.successes.sum() / health.calls.sum();
  }

  private void eject(Endpoint endpoint, Cluster cluster, long nowNanos, String why) {
    Health health = endpoint.load().health();
    if (health.ejected()) {
      return;
    }
    synchronized (cluster.load()) {
      int ejected = cluster.load().ejected();
      // gRFC A50: stop at the percentage; so the first may always go, also in a small cluster.
      boolean permitted = ejected * 100 < maxEjectionPercent * cluster.endpoints().size();
      if (!health.ejected() && (permitted || ejected == 0)) {
        health.eject(nowNanos, why);
        cluster.recountEjected();
      }
    }
  }
}
