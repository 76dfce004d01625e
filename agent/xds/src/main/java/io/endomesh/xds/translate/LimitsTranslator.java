package io.endomesh.xds.translate;

import com.google.protobuf.UInt32Value;
import io.endomesh.dataplane.cluster.Limits;
import io.envoyproxy.envoy.config.cluster.v3.CircuitBreakers;
import io.envoyproxy.envoy.config.cluster.v3.CircuitBreakers.Thresholds;
import io.envoyproxy.envoy.config.core.v3.RoutingPriority;

/** CircuitBreakers to {@link Limits}. What nobody set is not limited. Stateless. */
final class LimitsTranslator {

  private LimitsTranslator() {}

  static Limits translate(String field, CircuitBreakers message) throws InvalidResource {
    Messages.unsupported(field + ".per_host_thresholds", message.getPerHostThresholdsCount() > 0);
    for (Thresholds thresholds : message.getThresholdsList()) {
      // The first of a priority counts (Envoy); routes of another priority are refused.
      if (thresholds.getPriority() == RoutingPriority.DEFAULT) {
        return limits(field + ".thresholds", thresholds);
      }
    }
    return Limits.DEFAULT;
  }

  private static Limits limits(String field, Thresholds thresholds) throws InvalidResource {
    int maxRequests = maxRequests(thresholds);
    if (thresholds.hasRetryBudget()) {
      // It overrides max_retries (Envoy).
      Thresholds.RetryBudget budget = thresholds.getRetryBudget();
      return new Limits(
          maxRequests,
          /* maxRetries= */ 0,
          budget.hasBudgetPercent()
              ? Numbers.percent(field + ".retry_budget.budget_percent", budget.getBudgetPercent())
              : Limits.DEFAULT_BUDGET_PERCENT,
          Numbers.count(
              budget.hasMinRetryConcurrency(),
              budget.getMinRetryConcurrency(),
              Limits.DEFAULT_MIN_RETRIES));
    }
    if (!thresholds.hasMaxRetries()) {
      return new Limits(maxRequests, 0, Limits.DEFAULT_BUDGET_PERCENT, Limits.DEFAULT_MIN_RETRIES);
    }
    // No retries at all is an empty budget: as a limit, 0 leaves it to the budget. Attempts that
    // never left count as retries too.
    return new Limits(maxRequests, Numbers.count(thresholds.getMaxRetries()), 0, 0);
  }

  /**
   * Calls in flight. Libraries keep connections, so the data plane counts calls: one in flight
   * holds a connection at most, and one more may wait for each that may be pending.
   */
  private static int maxRequests(Thresholds thresholds) {
    long limit =
        Numbers.count(thresholds.hasMaxRequests(), thresholds.getMaxRequests(), Integer.MAX_VALUE);
    if (thresholds.hasMaxConnections() && thresholds.hasMaxPendingRequests()) {
      limit =
          Math.min(
              limit,
              unsigned(thresholds.getMaxConnections())
                  + unsigned(thresholds.getMaxPendingRequests()));
    }
    return (int) limit;
  }

  private static long unsigned(UInt32Value value) {
    return Integer.toUnsignedLong(value.getValue());
  }
}
