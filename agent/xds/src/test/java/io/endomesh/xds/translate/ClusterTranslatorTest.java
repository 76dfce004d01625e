package io.endomesh.xds.translate;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.params.provider.Arguments.arguments;

import com.google.protobuf.BoolValue;
import com.google.protobuf.Duration;
import com.google.protobuf.Struct;
import com.google.protobuf.UInt32Value;
import com.google.protobuf.UInt64Value;
import com.google.protobuf.Value;
import io.endomesh.dataplane.cluster.Balancing;
import io.endomesh.dataplane.cluster.Breaker;
import io.endomesh.dataplane.cluster.ClusterPolicy;
import io.endomesh.dataplane.cluster.Hedging;
import io.endomesh.dataplane.cluster.Limits;
import io.endomesh.dataplane.cluster.OutlierDetection.FailurePercentage;
import io.endomesh.dataplane.cluster.OutlierDetection.SuccessRate;
import io.endomesh.dataplane.cluster.RetryConstraint;
import io.endomesh.dataplane.cluster.SlowStart;
import io.endomesh.xds.Xds;
import io.envoyproxy.envoy.config.cluster.v3.CircuitBreakers;
import io.envoyproxy.envoy.config.cluster.v3.CircuitBreakers.Thresholds;
import io.envoyproxy.envoy.config.cluster.v3.Cluster;
import io.envoyproxy.envoy.config.cluster.v3.Cluster.LbPolicy;
import io.envoyproxy.envoy.config.cluster.v3.LoadBalancingPolicy;
import io.envoyproxy.envoy.config.cluster.v3.OutlierDetection;
import io.envoyproxy.envoy.config.core.v3.Metadata;
import io.envoyproxy.envoy.config.core.v3.RoutingPriority;
import io.envoyproxy.envoy.config.core.v3.RuntimeDouble;
import io.envoyproxy.envoy.type.v3.Percent;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;

class ClusterTranslatorTest {

  private static Cluster.Builder cluster() {
    return Xds.cluster("outbound|80||a.b", false).toBuilder();
  }

  private static ClusterPolicy policy(Cluster.Builder cluster) throws InvalidResource {
    return ClusterTranslator.translate(cluster.build()).policy();
  }

  private static Cluster.Builder named(String field, String value) {
    return cluster()
        .setMetadata(
            Metadata.newBuilder()
                .putFilterMetadata(
                    "endomesh",
                    Struct.newBuilder()
                        .putFields(field, Value.newBuilder().setStringValue(value).build())
                        .build()));
  }

  private static Cluster.Builder balanced(LbPolicy policy) {
    return cluster().setLbPolicy(policy);
  }

  private static Cluster.SlowStartConfig.Builder slowStart(int seconds) {
    return Cluster.SlowStartConfig.newBuilder()
        .setSlowStartWindow(Duration.newBuilder().setSeconds(seconds));
  }

  private static Cluster.Builder roundRobin(Cluster.SlowStartConfig.Builder slowStart) {
    return balanced(LbPolicy.ROUND_ROBIN)
        .setRoundRobinLbConfig(
            Cluster.RoundRobinLbConfig.newBuilder().setSlowStartConfig(slowStart));
  }

  private static Cluster.Builder leastRequest(Cluster.LeastRequestLbConfig.Builder config) {
    return balanced(LbPolicy.LEAST_REQUEST).setLeastRequestLbConfig(config);
  }

  private static Cluster.Builder ring(long min, long max) {
    return balanced(LbPolicy.RING_HASH)
        .setRingHashLbConfig(
            Cluster.RingHashLbConfig.newBuilder()
                .setMinimumRingSize(UInt64Value.of(min))
                .setMaximumRingSize(UInt64Value.of(max)));
  }

  private static Cluster.Builder maglev(long size) {
    return balanced(LbPolicy.MAGLEV)
        .setMaglevLbConfig(Cluster.MaglevLbConfig.newBuilder().setTableSize(UInt64Value.of(size)));
  }

  private static RuntimeDouble.Builder number(double value) {
    return RuntimeDouble.newBuilder().setDefaultValue(value);
  }

  private static Percent.Builder percent(double value) {
    return Percent.newBuilder().setValue(value);
  }

  static Stream<Arguments> balancings() {
    return Stream.of(
        // On the wire absent and ROUND_ROBIN are the same.
        arguments(cluster(), new Balancing.RoundRobin(null)),
        arguments(
            roundRobin(slowStart(30)),
            new Balancing.RoundRobin(new SlowStart(30_000_000_000L, 1, 10))),
        arguments(roundRobin(slowStart(0)), new Balancing.RoundRobin(null)),
        arguments(balanced(LbPolicy.LEAST_REQUEST), Balancing.DEFAULT),
        arguments(
            leastRequest(
                Cluster.LeastRequestLbConfig.newBuilder()
                    .setChoiceCount(UInt32Value.of(4))
                    .setSlowStartConfig(
                        slowStart(1).setAggression(number(1.5)).setMinWeightPercent(percent(0.5)))),
            new Balancing.LeastRequest(4, new SlowStart(1_000_000_000L, 1.5, 1))),
        arguments(balanced(LbPolicy.RANDOM), new Balancing.Random()),
        arguments(balanced(LbPolicy.RING_HASH), new Balancing.RingHash(1024, 8_388_608)),
        arguments(ring(10, 20), new Balancing.RingHash(10, 20)),
        arguments(balanced(LbPolicy.MAGLEV), new Balancing.Maglev(65_537)),
        arguments(maglev(5_000_011), new Balancing.Maglev(5_000_011)),
        arguments(
            named("balancing", "peak_ewma").setLbPolicy(LbPolicy.LEAST_REQUEST),
            new Balancing.PeakEwma()));
  }

  @ParameterizedTest
  @MethodSource("balancings")
  void translate_lbPolicy_becomesItsBalancing(Cluster.Builder cluster, Balancing expected)
      throws Exception {
    assertThat(policy(cluster).balancing()).isEqualTo(expected);
  }

  @Test
  void translate_clusterWithoutPolicies_protectsNothing() throws Exception {
    assertThat(policy(balanced(LbPolicy.LEAST_REQUEST))).isEqualTo(ClusterPolicy.DEFAULT);
  }

  @Test
  void translate_metadata_namesThePolicy() throws Exception {
    assertThat(policy(named("policy", "DestinationRule/shop/orders")).name())
        .isEqualTo("DestinationRule/shop/orders");
  }

  private static Cluster.Builder constrained(double percent, double intervalMillis) {
    Struct.Builder constraint =
        Struct.newBuilder()
            .putFields("percent", Value.newBuilder().setNumberValue(percent).build())
            .putFields("interval_ms", Value.newBuilder().setNumberValue(intervalMillis).build())
            .putFields("min_count", Value.newBuilder().setNumberValue(5).build())
            .putFields("min_interval_ms", Value.newBuilder().setNumberValue(1_000).build());
    return cluster()
        .setMetadata(
            Metadata.newBuilder()
                .putFilterMetadata(
                    "endomesh",
                    Struct.newBuilder()
                        .putFields(
                            "retry_constraint",
                            Value.newBuilder().setStructValue(constraint).build())
                        .build()));
  }

  @Test
  void translate_retryConstraint_standsBesideTheLimits() throws Exception {
    assertThat(policy(constrained(25, 10_000)).limits())
        .isEqualTo(
            Limits.DEFAULT.with(new RetryConstraint(25, 10_000_000_000L, 5, 1_000_000_000L)));
  }

  @Test
  void translate_retryConstraintWithoutInterval_isRefused() {
    assertThatThrownBy(() -> policy(constrained(25, 0)))
        .isInstanceOf(InvalidResource.class)
        .hasMessageContaining("retry_constraint.interval_ms: 0.0 (expected: 1 to 3600000)");
  }

  @Test
  void translate_panicThreshold_isCarried() throws Exception {
    Cluster.CommonLbConfig.Builder common =
        Cluster.CommonLbConfig.newBuilder().setHealthyPanicThreshold(percent(0));
    assertThat(policy(cluster().setCommonLbConfig(common)).panicPercent()).isZero();
  }

  private static Cluster.Builder breaking(String fields) throws Exception {
    return resilient("breaker", fields);
  }

  private static Cluster.Builder resilient(String part, String fields) throws Exception {
    Struct.Builder struct = Struct.newBuilder();
    for (String field : fields.split(" ")) {
      String[] parts = field.split("=");
      struct.putFields(
          parts[0], Value.newBuilder().setNumberValue(Double.parseDouble(parts[1])).build());
    }
    struct.putFields(
        "name", Value.newBuilder().setStringValue("ResiliencePolicy/shop/orders").build());
    return cluster()
        .setMetadata(
            Metadata.newBuilder()
                .putFilterMetadata(
                    "endomesh",
                    Struct.newBuilder()
                        .putFields(part, Value.newBuilder().setStructValue(struct).build())
                        .build()));
  }

  @Test
  void translate_breaker_carriesEachField() throws Exception {
    assertThat(
            policy(
                    breaking(
                        "window_ms=2000 minimum_calls=7 failure_percent=30 slow_ms=250"
                            + " slow_percent=80 open_ms=500 half_open_calls=3"))
                .breaker())
        .isEqualTo(
            new Breaker(
                "ResiliencePolicy/shop/orders",
                2_000_000_000L,
                7,
                30,
                250_000_000L,
                80,
                500_000_000L,
                3));
    assertThatThrownBy(() -> policy(breaking("failure_percent=101")))
        .hasMessage("metadata.endomesh.breaker.failure_percent: 101.0 (expected: 1 to 100.0)");
  }

  @Test
  void translate_hedging_carriesEachField() throws Exception {
    assertThat(policy(resilient("hedging", "after_ms=50 max_attempts=3")).hedging())
        .isEqualTo(new Hedging("ResiliencePolicy/shop/orders", 50_000_000L, 3));
    assertThat(policy(resilient("hedging", "after_ms=0.5e3")).hedging())
        .isEqualTo(new Hedging("ResiliencePolicy/shop/orders", 500_000_000L, 2));
    assertThat(policy(cluster()).hedging()).isNull();
  }

  @ParameterizedTest
  @CsvSource({
    "max_attempts=2, after_ms: NaN",
    "after_ms=0, after_ms: 0.0",
    "after_ms=50 max_attempts=6, max_attempts: 6.0 (expected: 2 to 5.0)",
    "after_ms=50 max_attempts=1, max_attempts: 1.0"
  })
  void translate_hedgingThatMakesNoSense_isRejectedByName(String fields, String why) {
    assertThatThrownBy(() -> policy(resilient("hedging", fields)))
        .hasMessageStartingWith("metadata.endomesh.hedging." + why);
  }

  @Test
  void translate_weightsOfLocalities_countIfTheClusterSaysSo() throws Exception {
    Cluster.CommonLbConfig.Builder common =
        Cluster.CommonLbConfig.newBuilder()
            .setLocalityWeightedLbConfig(
                Cluster.CommonLbConfig.LocalityWeightedLbConfig.getDefaultInstance());
    assertThat(policy(cluster().setCommonLbConfig(common)).localityWeighted()).isTrue();
    assertThat(policy(cluster()).localityWeighted()).isFalse();
  }

  private static Cluster.Builder outliers(OutlierDetection.Builder detection) {
    return cluster().setOutlierDetection(detection);
  }

  private static UInt32Value of(int value) {
    return UInt32Value.of(value);
  }

  private static Duration seconds(int seconds) {
    return Duration.newBuilder().setSeconds(seconds).build();
  }

  @Test
  void translate_outliersWithoutFields_haveEnvoysDefaults() throws Exception {
    assertThat(policy(outliers(OutlierDetection.newBuilder())).outliers())
        .isEqualTo(
            new io.endomesh.dataplane.cluster.OutlierDetection(
                5,
                0,
                0,
                10_000_000_000L,
                30_000_000_000L,
                300_000_000_000L,
                10,
                new SuccessRate(5, 100, 1900),
                null));
  }

  @Test
  void translate_outliersWithAllFields_carriesEach() throws Exception {
    OutlierDetection.Builder detection =
        OutlierDetection.newBuilder()
            .setConsecutive5Xx(of(7))
            .setConsecutiveGatewayFailure(of(3))
            .setEnforcingConsecutiveGatewayFailure(of(100))
            .setSplitExternalLocalOriginErrors(true)
            .setConsecutiveLocalOriginFailure(of(2))
            .setInterval(seconds(1))
            .setBaseEjectionTime(seconds(2))
            .setMaxEjectionTime(seconds(3))
            .setMaxEjectionPercent(of(50))
            .setSuccessRateMinimumHosts(of(3))
            .setSuccessRateRequestVolume(of(10))
            .setSuccessRateStdevFactor(of(1500))
            .setEnforcingFailurePercentage(of(100))
            .setFailurePercentageThreshold(of(60))
            .setFailurePercentageMinimumHosts(of(2))
            .setFailurePercentageRequestVolume(of(20));
    assertThat(policy(outliers(detection)).outliers())
        .isEqualTo(
            new io.endomesh.dataplane.cluster.OutlierDetection(
                7,
                3,
                2,
                1_000_000_000L,
                2_000_000_000L,
                3_000_000_000L,
                50,
                new SuccessRate(3, 10, 1500),
                new FailurePercentage(60, 2, 20)));
  }

  @Test
  void translate_outliersThatAreNotEnforced_areOff() throws Exception {
    OutlierDetection.Builder detection =
        OutlierDetection.newBuilder()
            .setConsecutive5Xx(of(7))
            .setEnforcingConsecutive5Xx(of(0))
            .setConsecutiveGatewayFailure(of(3))
            .setConsecutiveLocalOriginFailure(of(2))
            .setEnforcingSuccessRate(of(0))
            .setFailurePercentageThreshold(of(60));
    var outliers = policy(outliers(detection)).outliers();
    assertThat(outliers.consecutive5xx()).isZero();
    assertThat(outliers.consecutiveGatewayErrors()).isZero();
    assertThat(outliers.consecutiveLocalErrors()).isZero();
    assertThat(outliers.successRate()).isNull();
    assertThat(outliers.failurePercentage()).isNull();
  }

  @Test
  void translate_nobodyMayBeEjected_isNoDetectionUnlessOneAlwaysMay() throws Exception {
    OutlierDetection.Builder none = OutlierDetection.newBuilder().setMaxEjectionPercent(of(0));
    assertThat(policy(outliers(none)).outliers()).isNull();
    assertThat(policy(outliers(none.setAlwaysEjectOneHost(BoolValue.of(true)))).outliers())
        .isNotNull();
  }

  private static Cluster.Builder breakers(Thresholds.Builder... thresholds) {
    CircuitBreakers.Builder breakers = CircuitBreakers.newBuilder();
    for (Thresholds.Builder threshold : thresholds) {
      breakers.addThresholds(threshold);
    }
    return cluster().setCircuitBreakers(breakers);
  }

  private static Thresholds.Builder thresholds() {
    return Thresholds.newBuilder();
  }

  private static Thresholds.RetryBudget.Builder budget() {
    return Thresholds.RetryBudget.newBuilder();
  }

  static Stream<Arguments> limits() {
    int unlimited = Integer.MAX_VALUE;
    return Stream.of(
        arguments(breakers(), Limits.DEFAULT),
        arguments(breakers(thresholds()), Limits.DEFAULT),
        arguments(breakers(thresholds().setMaxRequests(of(9))), new Limits(9, 0, 20, 3)),
        arguments(breakers(thresholds().setMaxRequests(of(0))), new Limits(0, 0, 20, 3)),
        // 2^32 - 1 is how Istio says that there is no limit.
        arguments(breakers(thresholds().setMaxRequests(of(-1))), Limits.DEFAULT),
        arguments(
            breakers(thresholds().setMaxConnections(of(-1)).setMaxPendingRequests(of(-1))),
            Limits.DEFAULT),
        arguments(
            breakers(thresholds().setMaxConnections(of(2)).setMaxPendingRequests(of(3))),
            new Limits(5, 0, 20, 3)),
        arguments(
            breakers(
                thresholds()
                    .setMaxConnections(of(2))
                    .setMaxPendingRequests(of(3))
                    .setMaxRequests(of(4))),
            new Limits(4, 0, 20, 3)),
        // Nobody limits how many wait: nobody limits the calls in flight.
        arguments(breakers(thresholds().setMaxConnections(of(2))), Limits.DEFAULT),
        arguments(breakers(thresholds().setMaxRetries(of(7))), new Limits(unlimited, 7, 0, 0)),
        arguments(breakers(thresholds().setMaxRetries(of(0))), new Limits(unlimited, 0, 0, 0)),
        arguments(
            breakers(thresholds().setMaxRetries(of(7)).setRetryBudget(budget())),
            new Limits(unlimited, 0, 20, 3)),
        arguments(
            breakers(
                thresholds()
                    .setRetryBudget(
                        budget().setBudgetPercent(percent(12.5)).setMinRetryConcurrency(of(1)))),
            new Limits(unlimited, 0, 13, 1)),
        arguments(
            breakers(
                thresholds().setPriority(RoutingPriority.HIGH).setMaxRequests(of(1)),
                thresholds().setMaxRequests(of(2)),
                thresholds().setMaxRequests(of(3))),
            new Limits(2, 0, 20, 3)));
  }

  @ParameterizedTest
  @MethodSource("limits")
  void translate_circuitBreakers_becomeLimits(Cluster.Builder cluster, Limits expected)
      throws Exception {
    assertThat(policy(cluster).limits()).isEqualTo(expected);
  }

  private static Cluster.Builder common(Cluster.CommonLbConfig.Builder common) {
    return cluster().setCommonLbConfig(common);
  }

  static Stream<Arguments> refused() {
    return Stream.of(
        arguments(
            balanced(LbPolicy.CLUSTER_PROVIDED),
            "lb_policy: CLUSTER_PROVIDED (expected: ROUND_ROBIN"),
        arguments(
            cluster().setLoadBalancingPolicy(LoadBalancingPolicy.getDefaultInstance()),
            "load_balancing_policy is not"),
        arguments(
            named("balancing", "best"), "metadata.endomesh.balancing: best (expected: peak_ewma)"),
        arguments(
            leastRequest(Cluster.LeastRequestLbConfig.newBuilder().setChoiceCount(of(1))),
            "least_request_lb_config.choice_count: 1 (expected: 2 to 100)"),
        arguments(
            leastRequest(Cluster.LeastRequestLbConfig.newBuilder().setActiveRequestBias(number(2))),
            "active_request_bias: 2.0 (expected: 1"),
        arguments(
            roundRobin(slowStart(1).setAggression(number(0))),
            "round_robin_lb_config.slow_start_config.aggression: 0.0 (expected: > 0)"),
        arguments(roundRobin(slowStart(-1)), "slow_start_window: -1 s 0 ns (expected: >= 0)"),
        arguments(
            roundRobin(slowStart(1).setMinWeightPercent(percent(101))),
            "min_weight_percent: 101.0 (expected: 0 to 100)"),
        arguments(ring(0, 10), "ring_hash_lb_config.minimum_ring_size: 0 (expected: 1 to 8388608)"),
        arguments(ring(1, 8_388_609), "maximum_ring_size: 8388609 (expected: 1 to 8388608)"),
        arguments(ring(20, 10), "minimum_ring_size: 20 (expected: at most the maximum, 10)"),
        arguments(
            balanced(LbPolicy.RING_HASH)
                .setRingHashLbConfig(
                    Cluster.RingHashLbConfig.newBuilder()
                        .setHashFunction(Cluster.RingHashLbConfig.HashFunction.MURMUR_HASH_2)),
            "hash_function: MURMUR_HASH_2 is not"),
        arguments(
            maglev(65_536), "maglev_lb_config.table_size: 65536 (expected: a prime up to 5000011)"),
        arguments(maglev(5_000_077), "table_size: 5000077 (expected: a prime"),
        arguments(
            common(Cluster.CommonLbConfig.newBuilder().setHealthyPanicThreshold(percent(-1))),
            "healthy_panic_threshold: -1.0 (expected: 0 to 100)"),
        arguments(
            common(
                Cluster.CommonLbConfig.newBuilder()
                    .setConsistentHashingLbConfig(
                        Cluster.CommonLbConfig.ConsistentHashingLbConfig.newBuilder()
                            .setHashBalanceFactor(of(120)))),
            "hash_balance_factor is not"),
        arguments(
            outliers(OutlierDetection.newBuilder().setEnforcingConsecutive5Xx(of(50))),
            "outlier_detection.enforcing_consecutive_5xx: 50 (expected: 0 or 100)"),
        arguments(
            outliers(OutlierDetection.newBuilder().setMaxEjectionPercent(of(101))),
            "max_ejection_percent: 101 (expected: 0 to 100)"),
        arguments(
            outliers(OutlierDetection.newBuilder().setInterval(seconds(0))),
            "interval: 0 s (expected: > 0)"),
        arguments(
            outliers(OutlierDetection.newBuilder().setBaseEjectionTime(seconds(-1))),
            "base_ejection_time: -1 s 0 ns (expected: >= 0)"),
        arguments(
            outliers(OutlierDetection.newBuilder().setFailurePercentageThreshold(of(0))),
            "failure_percentage_threshold: 0 (expected: 1 to 100)"),
        arguments(
            outliers(OutlierDetection.newBuilder().setSuccessRateRequestVolume(of(0))),
            "success_rate_request_volume: 0 (expected: 1 to"),
        arguments(
            breakers(thresholds().setRetryBudget(budget().setBudgetPercent(percent(Double.NaN)))),
            "circuit_breakers.thresholds.retry_budget.budget_percent: NaN (expected: 0 to 100)"),
        arguments(
            cluster()
                .setCircuitBreakers(
                    CircuitBreakers.newBuilder().addPerHostThresholds(thresholds())),
            "per_host_thresholds is not"));
  }

  @ParameterizedTest
  @MethodSource("refused")
  void translate_whatCannotBeUsed_isRefusedByFieldAndValue(
      Cluster.Builder cluster, String message) {
    assertThatThrownBy(() -> policy(cluster))
        .isInstanceOf(InvalidResource.class)
        .hasMessageContaining(message);
  }
}
