package io.endomesh.dataplane.cluster;

/**
 * How much a cluster may have in flight from this workload (Envoy {@code
 * CircuitBreakers.Thresholds}). Beyond it a call is answered at once instead of being queued on a
 * service that cannot keep up. Immutable; limits may be passed by a few under a race, as Envoy's.
 *
 * @param maxRequests attempts in flight
 * @param maxRetries retries in flight, whatever else is; 0 leaves it to the budget
 * @param budgetPercent retries in flight as a share of all attempts in flight
 * @param minRetries retries that are always permitted, so that a quiet client can retry at all
 */
public record Limits(int maxRequests, int maxRetries, int budgetPercent, int minRetries) {

  /** Envoy {@code RetryBudget.budget_percent}. */
  public static final int DEFAULT_BUDGET_PERCENT = 20;

  /** Envoy {@code RetryBudget.min_retry_concurrency}. */
  public static final int DEFAULT_MIN_RETRIES = 3;

  /**
   * No limit of requests, as Istio's default: a limit nobody set turns a roll-out into an outage.
   * Retries by Envoy's budget.
   */
  public static final Limits DEFAULT =
      new Limits(Integer.MAX_VALUE, 0, DEFAULT_BUDGET_PERCENT, DEFAULT_MIN_RETRIES);

  boolean admits(ClusterLoad load) {
    return load.active() < maxRequests;
  }

  boolean permitsRetry(ClusterLoad load) {
    int permitted =
        maxRetries > 0
            ? maxRetries
            : (int) Math.max(minRetries, (long) load.active() * budgetPercent / 100);
    return load.retries() < permitted;
  }
}
