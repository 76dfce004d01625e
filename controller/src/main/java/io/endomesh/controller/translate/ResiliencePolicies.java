package io.endomesh.controller.translate;

import com.google.protobuf.Struct;
import com.google.protobuf.UInt32Value;
import com.google.protobuf.Value;
import io.endomesh.controller.kinds.ResiliencePolicy;
import io.endomesh.dataplane.cluster.Breaker;
import io.endomesh.dataplane.cluster.Hedging;
import io.endomesh.dataplane.cluster.OutlierDetection.FailurePercentage;
import io.endomesh.dataplane.cluster.OutlierDetection.SuccessRate;
import io.envoyproxy.envoy.config.cluster.v3.Cluster;
import io.envoyproxy.envoy.config.cluster.v3.OutlierDetection;
import io.envoyproxy.envoy.type.v3.Percent;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * The ResiliencePolicies of the mesh by the service they are for; the oldest one has it. Breaker
 * and hedging are said in a cluster's metadata, because xDS has no field for them. Immutable.
 */
final class ResiliencePolicies {

  /** Percent: Envoy draws lots in between, to bring a rule in slowly. */
  private static final UInt32Value ENFORCED = UInt32Value.of(100);

  private static final UInt32Value NOT_ENFORCED = UInt32Value.of(0);

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
    if (policy.outliers() != null) {
      compare(policy.outliers(), cluster);
    }
  }

  /** Beside what a DestinationRule says; without one, errors in a row eject nobody. */
  private static void compare(ResiliencePolicy.Outliers outliers, Cluster.Builder cluster) {
    if (!cluster.hasOutlierDetection()) {
      cluster
          .getOutlierDetectionBuilder()
          .setEnforcingConsecutive5Xx(NOT_ENFORCED)
          .setEnforcingConsecutiveGatewayFailure(NOT_ENFORCED)
          .setEnforcingSuccessRate(NOT_ENFORCED);
      cluster.getCommonLbConfigBuilder().setHealthyPanicThreshold(Percent.getDefaultInstance());
    }
    OutlierDetection.Builder message = cluster.getOutlierDetectionBuilder();
    SuccessRate rate = outliers.successRate();
    if (rate != null) {
      message
          .setEnforcingSuccessRate(ENFORCED)
          .setSuccessRateMinimumHosts(UInt32Value.of(rate.minHosts()))
          .setSuccessRateRequestVolume(UInt32Value.of(rate.requestVolume()))
          .setSuccessRateStdevFactor(UInt32Value.of(rate.stdevFactorThousandths()));
    }
    FailurePercentage failures = outliers.failurePercentage();
    if (failures != null) {
      message
          .setEnforcingFailurePercentage(ENFORCED)
          .setFailurePercentageThreshold(UInt32Value.of(failures.thresholdPercent()))
          .setFailurePercentageMinimumHosts(UInt32Value.of(failures.minHosts()))
          .setFailurePercentageRequestVolume(UInt32Value.of(failures.requestVolume()));
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
