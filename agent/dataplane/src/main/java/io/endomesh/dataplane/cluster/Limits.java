package io.endomesh.dataplane.cluster;

import org.jspecify.annotations.Nullable;

/**
 * How much a cluster may have in flight from this workload (Envoy {@code
 * CircuitBreakers.Thresholds}). Beyond it a call is answered at once instead of being queued on a
 * service that cannot keep up. Immutable; limits may be passed by a few under a race, as Envoy's.
 *
 * @param maxRequests attempts in flight
 * @param maxRetries retries in flight or waiting for their back-off, whatever else is in flight; 0
 *     leaves it to the budget
 * @param budgetPercent the same as a share of the first attempts in flight. Envoy takes the share
 *     of all attempts, so that 20 % let 80 first attempts be followed by 20 retries; of the first
 *     attempts alone, they never add more than 20 % to the load
 * @param minRetries retries that are always permitted, so that a quiet client can retry at all
 * @param constraint of the retries of a time, in place of the three before; null if there is none
 */
public record Limits(
    int maxRequests,
    int maxRetries,
    int budgetPercent,
    int minRetries,
    @Nullable RetryConstraint constraint) {

  public Limits(int maxRequests, int maxRetries, int budgetPercent, int minRetries) {
    this(maxRequests, maxRetries, budgetPercent, minRetries, null);
  }

  public Limits with(RetryConstraint constraint) {
    return new Limits(maxRequests, maxRetries, budgetPercent, minRetries, constraint);
  }

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
    int firstAttempts = load.active() - load.retries();
    int permitted =
        maxRetries > 0
            ? maxRetries
            : (int) Math.max(minRetries, (long) firstAttempts * budgetPercent / 100);
    return load.retries() + load.waiting() < permitted;
  }
}
