package io.endomesh.xds.translate;

import com.google.protobuf.Struct;
import com.google.protobuf.Value;
import io.endomesh.dataplane.cluster.ClusterPolicy;
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
        LimitsTranslator.translate("circuit_breakers", message.getCircuitBreakers()),
        message.hasOutlierDetection()
            ? OutlierTranslator.translate("outlier_detection", message.getOutlierDetection())
            : null,
        common.hasHealthyPanicThreshold()
            ? Numbers.percent(
                "common_lb_config.healthy_panic_threshold", common.getHealthyPanicThreshold())
            : ClusterPolicy.DEFAULT_PANIC_PERCENT,
        common.hasLocalityWeightedLbConfig(),
        BreakerTranslator.translate(metadata));
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
