package io.endomesh.controller.translate;

import com.google.protobuf.Struct;
import com.google.protobuf.UInt32Value;
import com.google.protobuf.Value;
import io.endomesh.controller.kinds.BackendTrafficPolicy;
import io.endomesh.controller.kinds.BackendTrafficPolicy.RetryConstraint;
import io.endomesh.controller.kinds.RouteResource.Session;
import io.envoyproxy.envoy.config.cluster.v3.CircuitBreakers;
import io.envoyproxy.envoy.config.cluster.v3.Cluster;
import io.envoyproxy.envoy.type.v3.Percent;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * The XBackendTrafficPolicies of the mesh by the service they are for; of two the older one has it
 * (Gateway API, policy conflicts). Immutable.
 */
final class BackendPolicies {

  private final Map<ServiceKey, BackendTrafficPolicy> byService = new HashMap<>();

  /**
   * @param policies oldest first
   */
  BackendPolicies(List<BackendTrafficPolicy> policies) {
    for (BackendTrafficPolicy policy : policies) {
      for (String service : policy.services()) {
        byService.putIfAbsent(new ServiceKey(policy.metadata().namespace(), service), policy);
      }
    }
  }

  /** Null if nobody says how calls of one session to the service stay together. */
  @Nullable Session session(ServiceKey service) {
    BackendTrafficPolicy policy = byService.get(service);
    return policy == null ? null : policy.session();
  }

  /**
   * What holds for the retries of the service's callers, over what a DestinationRule says. Envoy
   * counts retries in flight and knows no intervals, so it is given the counts; our agents are told
   * all of it beside that.
   */
  void apply(ServiceKey service, Cluster.Builder cluster) {
    BackendTrafficPolicy policy = byService.get(service);
    if (policy == null || policy.retries() == null) {
      return;
    }
    RetryConstraint retries = policy.retries();
    CircuitBreakers.Builder breakers = cluster.getCircuitBreakersBuilder();
    (breakers.getThresholdsCount() == 0
            ? breakers.addThresholdsBuilder()
            : breakers.getThresholdsBuilder(0))
        .setRetryBudget(
            CircuitBreakers.Thresholds.RetryBudget.newBuilder()
                .setBudgetPercent(Percent.newBuilder().setValue(retries.percent()))
                .setMinRetryConcurrency(UInt32Value.of(retries.minCount())));
    Struct constraint =
        Struct.newBuilder()
            .putFields("percent", number(retries.percent()))
            .putFields("interval_ms", number(millis(retries.intervalNanos())))
            .putFields("min_count", number(retries.minCount()))
            .putFields("min_interval_ms", number(millis(retries.minIntervalNanos())))
            .build();
    ClusterTranslator.metadata(
        cluster, "retry_constraint", Value.newBuilder().setStructValue(constraint).build());
  }

  private static long millis(long nanos) {
    return Math.max(1, TimeUnit.NANOSECONDS.toMillis(nanos));
  }

  private static Value number(long value) {
    return Value.newBuilder().setNumberValue(value).build();
  }
}
