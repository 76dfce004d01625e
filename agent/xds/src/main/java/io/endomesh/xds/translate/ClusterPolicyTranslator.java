package io.endomesh.xds.translate;

import static java.util.concurrent.TimeUnit.HOURS;
import static java.util.concurrent.TimeUnit.MILLISECONDS;

import com.google.protobuf.Struct;
import com.google.protobuf.Value;
import io.endomesh.dataplane.cluster.ClusterPolicy;
import io.endomesh.dataplane.cluster.Limits;
import io.endomesh.dataplane.cluster.RetryConstraint;
import io.envoyproxy.envoy.config.cluster.v3.Cluster;
import io.envoyproxy.envoy.config.cluster.v3.Cluster.CommonLbConfig;

/** The rules of a Cluster to {@link ClusterPolicy}. Stateless. */
final class ClusterPolicyTranslator {

  /** Filter name in the metadata of a cluster, under which ours stand. */
  private static final String METADATA = "endomesh";

  private ClusterPolicyTranslator() {}

  static ClusterPolicy translate(Cluster message) throws InvalidResource {
    Struct metadata =
        message.getMetadata().getFilterMetadataOrDefault(METADATA, Struct.getDefaultInstance());
    String name = text(metadata, "policy");
    CommonLbConfig common = message.getCommonLbConfig();
    refuseUnsupported(message, common);
    return new ClusterPolicy(
        name.isEmpty() ? null : name,
        BalancingTranslator.translate(message, text(metadata, "balancing")),
        limits(message, metadata),
        message.hasOutlierDetection()
            ? OutlierTranslator.translate("outlier_detection", message.getOutlierDetection())
            : null,
        common.hasHealthyPanicThreshold()
            ? Numbers.percent(
                "common_lb_config.healthy_panic_threshold", common.getHealthyPanicThreshold())
            : ClusterPolicy.DEFAULT_PANIC_PERCENT,
        common.hasLocalityWeightedLbConfig(),
        BreakerTranslator.translate(metadata),
        HedgingTranslator.translate(metadata));
  }

  /** Envoy's budget knows no time; what Gateway API asks for stands beside it. */
  private static Limits limits(Cluster message, Struct metadata) throws InvalidResource {
    Limits limits = LimitsTranslator.translate("circuit_breakers", message.getCircuitBreakers());
    String field = "retry_constraint";
    if (!metadata.containsFields(field)) {
      return limits;
    }
    Struct constraint = metadata.getFieldsOrThrow(field).getStructValue();
    return limits.with(
        new RetryConstraint(
            (int) number(field, constraint, "percent", 0, 100),
            MILLISECONDS.toNanos(number(field, constraint, "interval_ms", 1, MAX_INTERVAL_MILLIS)),
            (int) number(field, constraint, "min_count", 0, Integer.MAX_VALUE),
            MILLISECONDS.toNanos(
                number(field, constraint, "min_interval_ms", 1, MAX_INTERVAL_MILLIS))));
  }

  /** Gateway API {@code BudgetDetails.interval}: not greater than one hour. */
  private static final long MAX_INTERVAL_MILLIS = HOURS.toMillis(1);

  private static long number(String field, Struct of, String name, long min, long max)
      throws InvalidResource {
    double value = of.getFieldsOrDefault(name, Value.getDefaultInstance()).getNumberValue();
    if (!(value >= min && value <= max)) {
      throw new InvalidResource(
          field + "." + name + ": " + value + " (expected: " + min + " to " + max + ")");
    }
    return (long) value;
  }

  private static String text(Struct metadata, String name) {
    return metadata.getFieldsOrDefault(name, Value.getDefaultInstance()).getStringValue();
  }

  private static void refuseUnsupported(Cluster message, CommonLbConfig common)
      throws InvalidResource {
    Messages.unsupported("load_balancing_policy", message.hasLoadBalancingPolicy());
    Messages.unsupported(
        "lb_subset_config.subset_selectors",
        message.getLbSubsetConfig().getSubsetSelectorsCount() > 0);
    CommonLbConfig.ConsistentHashingLbConfig hashing = common.getConsistentHashingLbConfig();
    Messages.unsupported(
        "common_lb_config.consistent_hashing_lb_config.use_hostname_for_hashing",
        hashing.getUseHostnameForHashing());
    Messages.unsupported(
        "common_lb_config.consistent_hashing_lb_config.hash_balance_factor",
        hashing.hasHashBalanceFactor());
  }
}
