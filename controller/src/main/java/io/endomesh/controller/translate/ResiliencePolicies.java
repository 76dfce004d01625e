package io.endomesh.controller.translate;

import com.google.protobuf.Struct;
import com.google.protobuf.Value;
import io.endomesh.controller.kinds.ResiliencePolicy;
import io.endomesh.dataplane.cluster.Breaker;
import io.endomesh.dataplane.cluster.Hedging;
import io.envoyproxy.envoy.config.cluster.v3.Cluster;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * The ResiliencePolicies of the mesh by the service they are for; the oldest one has it. They are
 * said in a cluster's metadata, because xDS has no field for them. Immutable.
 */
final class ResiliencePolicies {

  /** By {@code orders.shop}. */
  private final Map<String, ResiliencePolicy> byHost = new HashMap<>();

  /**
   * @param policies oldest first
   */
  ResiliencePolicies(List<ResiliencePolicy> policies) {
    for (ResiliencePolicy policy : policies) {
      for (String service : policy.services()) {
        byHost.putIfAbsent(
            new ServiceKey(policy.metadata().namespace(), service).toString(), policy);
      }
    }
  }

  void apply(String host, Cluster.Builder cluster) {
    ResiliencePolicy policy = byHost.get(host);
    if (policy == null) {
      return;
    }
    if (policy.breaker() != null) {
      ClusterTranslator.metadata(cluster, "breaker", struct(policy.breaker()));
    }
    if (policy.hedging() != null) {
      ClusterTranslator.metadata(cluster, "hedging", struct(policy.hedging()));
    }
  }

  private static Value struct(Hedging hedging) {
    return Value.newBuilder()
        .setStructValue(
            Struct.newBuilder()
                .putFields("name", text(hedging.name()))
                .putFields("after_ms", number(hedging.afterNanos() / 1e6))
                .putFields("max_attempts", number(hedging.maxAttempts())))
        .build();
  }

  private static Value text(String text) {
    return Value.newBuilder().setStringValue(text).build();
  }

  private static Value struct(Breaker breaker) {
    Struct.Builder struct =
        Struct.newBuilder()
            .putFields("name", text(breaker.name()))
            .putFields("window_ms", number(breaker.windowNanos() / 1e6))
            .putFields("minimum_calls", number(breaker.minimumCalls()))
            .putFields("failure_percent", number(breaker.failurePercent()))
            .putFields("open_ms", number(breaker.openNanos() / 1e6))
            .putFields("half_open_calls", number(breaker.halfOpenCalls()));
    if (breaker.slowNanos() > 0) {
      struct
          .putFields("slow_ms", number(breaker.slowNanos() / 1e6))
          .putFields("slow_percent", number(breaker.slowPercent()));
    }
    return Value.newBuilder().setStructValue(struct).build();
  }

  private static Value number(double number) {
    return Value.newBuilder().setNumberValue(number).build();
  }
}
