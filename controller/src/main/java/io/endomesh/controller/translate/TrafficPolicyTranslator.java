package io.endomesh.controller.translate;

import com.google.protobuf.UInt32Value;
import com.google.protobuf.UInt64Value;
import com.google.protobuf.Value;
import com.google.protobuf.util.Durations;
import io.endomesh.controller.kinds.DestinationRule;
import io.endomesh.controller.kinds.DestinationRule.ConnectionPool;
import io.endomesh.controller.kinds.DestinationRule.Hash;
import io.endomesh.controller.kinds.DestinationRule.LoadBalancer;
import io.endomesh.controller.kinds.DestinationRule.Outliers;
import io.endomesh.controller.kinds.DestinationRule.RetryBudget;
import io.endomesh.controller.kinds.DestinationRule.TrafficPolicy;
import io.endomesh.controller.kinds.DestinationRule.Warmup;
import io.envoyproxy.envoy.config.cluster.v3.CircuitBreakers;
import io.envoyproxy.envoy.config.cluster.v3.Cluster;
import io.envoyproxy.envoy.config.cluster.v3.OutlierDetection;
import io.envoyproxy.envoy.config.core.v3.RuntimeDouble;
import io.envoyproxy.envoy.config.route.v3.RouteAction;
import io.envoyproxy.envoy.type.v3.Percent;
import org.jspecify.annotations.Nullable;

/** What a DestinationRule says, as fields of a cluster and of the routes to it. Stateless. */
final class TrafficPolicyTranslator {

  private TrafficPolicyTranslator() {}

  static void apply(TrafficPolicy policy, @Nullable DestinationRule rule, Cluster.Builder cluster) {
    if (policy.loadBalancer() != null) {
      balancing(policy.loadBalancer(), cluster);
    }
    if (LocalityRule.of(policy) instanceof LocalityRule.Shares) {
      cluster
          .getCommonLbConfigBuilder()
          .setLocalityWeightedLbConfig(
              Cluster.CommonLbConfig.LocalityWeightedLbConfig.getDefaultInstance());
    }
    if (policy.connectionPool() != null || policy.retryBudget() != null) {
      cluster.setCircuitBreakers(
          CircuitBreakers.newBuilder()
              .addThresholds(limits(policy.connectionPool(), policy.retryBudget())));
    }
    if (policy.outliers() != null) {
      cluster.setOutlierDetection(outliers(policy.outliers()));
      // As Istio: with outlier detection, 0 unless said otherwise.
      cluster
          .getCommonLbConfigBuilder()
          .setHealthyPanicThreshold(
              Percent.newBuilder().setValue(policy.outliers().minHealthPercent()));
    }
    if (rule != null) {
      text(
          cluster,
          "policy",
          "DestinationRule/" + rule.metadata().namespace() + "/" + rule.metadata().name());
    }
  }

  private static void balancing(LoadBalancer balancer, Cluster.Builder cluster) {
    Hash hash = balancer.hash();
    if (hash != null) {
      byHash(hash, cluster);
      return;
    }
    Warmup warmup = balancer.warmup();
    switch (balancer.simple()) {
      case ROUND_ROBIN -> {
        cluster.setLbPolicy(Cluster.LbPolicy.ROUND_ROBIN);
        if (warmup != null) {
          cluster.getRoundRobinLbConfigBuilder().setSlowStartConfig(slowStart(warmup));
        }
      }
      case RANDOM -> cluster.setLbPolicy(Cluster.LbPolicy.RANDOM);
      case PEAK_EWMA -> text(cluster, "balancing", "peak_ewma");
      case UNSPECIFIED, LEAST_REQUEST, LEAST_CONN -> {
        cluster.setLbPolicy(Cluster.LbPolicy.LEAST_REQUEST);
        if (warmup != null) {
          cluster.getLeastRequestLbConfigBuilder().setSlowStartConfig(slowStart(warmup));
        }
      }
    }
  }

  private static void byHash(Hash hash, Cluster.Builder cluster) {
    if (hash.maglevTableSize() != null) {
      cluster
          .setLbPolicy(Cluster.LbPolicy.MAGLEV)
          .getMaglevLbConfigBuilder()
          .setTableSize(UInt64Value.of(hash.maglevTableSize()));
      return;
    }
    cluster.setLbPolicy(Cluster.LbPolicy.RING_HASH);
    if (hash.minimumRingSize() != null) {
      cluster
          .getRingHashLbConfigBuilder()
          .setMinimumRingSize(UInt64Value.of(hash.minimumRingSize()));
    }
  }

  private static Cluster.SlowStartConfig slowStart(Warmup warmup) {
    return Cluster.SlowStartConfig.newBuilder()
        .setSlowStartWindow(Durations.fromNanos(warmup.durationNanos()))
        .setAggression(
            RuntimeDouble.newBuilder()
                .setDefaultValue(warmup.aggression())
                .setRuntimeKey("endomesh.slow_start.aggression"))
        .setMinWeightPercent(Percent.newBuilder().setValue(warmup.minimumPercent()))
        .build();
  }

  private static CircuitBreakers.Thresholds limits(
      @Nullable ConnectionPool pool, @Nullable RetryBudget budget) {
    CircuitBreakers.Thresholds.Builder limits = CircuitBreakers.Thresholds.newBuilder();
    if (pool != null) {
      if (pool.maxConnections() != null) {
        limits.setMaxConnections(UInt32Value.of(pool.maxConnections()));
      }
      if (pool.maxPending() != null) {
        limits.setMaxPendingRequests(UInt32Value.of(pool.maxPending()));
      }
      if (pool.maxRequests() != null) {
        limits.setMaxRequests(UInt32Value.of(pool.maxRequests()));
      }
      if (pool.maxRetries() != null) {
        limits.setMaxRetries(UInt32Value.of(pool.maxRetries()));
      }
    }
    if (budget != null) {
      limits.setRetryBudget(
          CircuitBreakers.Thresholds.RetryBudget.newBuilder()
              .setBudgetPercent(Percent.newBuilder().setValue(budget.percent()))
              .setMinRetryConcurrency(UInt32Value.of(budget.minConcurrency())));
    }
    return limits.build();
  }

  private static OutlierDetection outliers(Outliers outliers) {
    OutlierDetection.Builder message =
        OutlierDetection.newBuilder()
            .setConsecutive5Xx(UInt32Value.of(outliers.consecutive5xx()))
            .setEnforcingConsecutive5Xx(enforcing(outliers.consecutive5xx()))
            .setConsecutiveGatewayFailure(UInt32Value.of(outliers.consecutiveGatewayErrors()))
            .setEnforcingConsecutiveGatewayFailure(enforcing(outliers.consecutiveGatewayErrors()))
            // Istio speaks of errors in a row only.
            .setEnforcingSuccessRate(UInt32Value.of(0));
    if (outliers.consecutiveLocalErrors() > 0) {
      message
          .setSplitExternalLocalOriginErrors(true)
          .setConsecutiveLocalOriginFailure(UInt32Value.of(outliers.consecutiveLocalErrors()))
          .setEnforcingConsecutiveLocalOriginFailure(UInt32Value.of(100));
    }
    if (outliers.intervalNanos() != null) {
      message.setInterval(Durations.fromNanos(outliers.intervalNanos()));
    }
    if (outliers.baseEjectionNanos() != null) {
      message.setBaseEjectionTime(Durations.fromNanos(outliers.baseEjectionNanos()));
    }
    if (outliers.maxEjectionPercent() != null) {
      message.setMaxEjectionPercent(UInt32Value.of(outliers.maxEjectionPercent()));
    }
    return message.build();
  }

  private static UInt32Value enforcing(int threshold) {
    return UInt32Value.of(threshold > 0 ? 100 : 0);
  }

  /** What of a request is hashed is said by Envoy's routes, not by its clusters. */
  static void hashPolicy(TrafficPolicy policy, RouteAction.Builder action) {
    Hash hash = policy.loadBalancer() == null ? null : policy.loadBalancer().hash();
    if (hash == null) {
      return;
    }
    RouteAction.HashPolicy.Builder message = RouteAction.HashPolicy.newBuilder();
    if (hash.header() != null) {
      message.getHeaderBuilder().setHeaderName(hash.header());
    } else if (hash.cookie() != null) {
      message.getCookieBuilder().setName(hash.cookie());
      if (hash.cookieNanos() != null) {
        message.getCookieBuilder().setPath("/").setTtl(Durations.fromNanos(hash.cookieNanos()));
      }
    } else {
      message
          .getQueryParameterBuilder()
          .setName(java.util.Objects.requireNonNull(hash.queryParameter()));
    }
    action.addHashPolicy(message);
  }

  /** A session of its own keeps a call where it belongs: no second cookie is made for that. */
  static void makeNoCookie(RouteAction.Builder action) {
    for (RouteAction.HashPolicy.Builder message : action.getHashPolicyBuilderList()) {
      if (message.hasCookie()) {
        message.getCookieBuilder().clearTtl().clearPath();
      }
    }
  }

  private static void text(Cluster.Builder cluster, String name, String value) {
    ClusterTranslator.metadata(cluster, name, Value.newBuilder().setStringValue(value).build());
  }
}
