package io.endomesh.controller.translate;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.google.protobuf.Struct;
import io.endomesh.controller.kinds.InvalidResourceException;
import io.endomesh.controller.kinds.ResourceParser;
import io.envoyproxy.envoy.config.cluster.v3.Cluster;
import io.envoyproxy.envoy.config.cluster.v3.OutlierDetection;
import java.util.List;
import java.util.Objects;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ResiliencePolicyTest {

  private static final String CLUSTER = "outbound|8080||orders.shop";

  private final Models mesh = new Models().workload("orders", "orders-1", "v1", 8080);

  @Test
  void breaker_isSaidInTheClustersMetadata() throws Exception {
    apply(
        """
        breaker:
          window: 2s
          minimumCalls: 7
          failurePercent: 30
          slowCalls: {duration: 250ms, percent: 80}
          openDuration: 500ms
          halfOpenCalls: 3
        """);

    Struct breaker = metadata().getFieldsOrThrow("breaker").getStructValue();
    assertThat(breaker.getFieldsOrThrow("name").getStringValue())
        .isEqualTo("ResiliencePolicy/shop/orders");
    assertThat(number(breaker, "window_ms")).isEqualTo(2000);
    assertThat(number(breaker, "minimum_calls")).isEqualTo(7);
    assertThat(number(breaker, "failure_percent")).isEqualTo(30);
    assertThat(number(breaker, "slow_ms")).isEqualTo(250);
    assertThat(number(breaker, "slow_percent")).isEqualTo(80);
    assertThat(number(breaker, "open_ms")).isEqualTo(500);
    assertThat(number(breaker, "half_open_calls")).isEqualTo(3);
  }

  @Test
  void breaker_withoutFields_hasHystrixDefaults() throws Exception {
    apply("breaker: {}");

    Struct breaker = metadata().getFieldsOrThrow("breaker").getStructValue();
    assertThat(number(breaker, "window_ms")).isEqualTo(10_000);
    assertThat(number(breaker, "minimum_calls")).isEqualTo(20);
    assertThat(number(breaker, "failure_percent")).isEqualTo(50);
    assertThat(number(breaker, "open_ms")).isEqualTo(5000);
    assertThat(number(breaker, "half_open_calls")).isEqualTo(1);
    assertThat(breaker.containsFields("slow_ms")).isFalse();
  }

  @Test
  void hedging_isSaidInTheClustersMetadata_withOrWithoutABreaker() throws Exception {
    apply("hedging: {after: 50ms, maxAttempts: 3}");

    Struct hedging = metadata().getFieldsOrThrow("hedging").getStructValue();
    assertThat(hedging.getFieldsOrThrow("name").getStringValue())
        .isEqualTo("ResiliencePolicy/shop/orders");
    assertThat(number(hedging, "after_ms")).isEqualTo(50);
    assertThat(number(hedging, "max_attempts")).isEqualTo(3);
    assertThat(metadata().containsFields("breaker")).isFalse();

    apply("hedging: {after: 1s}\nbreaker: {}");

    assertThat(number(metadata().getFieldsOrThrow("hedging").getStructValue(), "max_attempts"))
        .isEqualTo(2);
    assertThat(metadata().containsFields("breaker")).isTrue();
  }

  @Test
  void policy_standsBesideADestinationRule() throws Exception {
    apply("breaker: {}");
    mesh.apply(
        """
        apiVersion: networking.istio.io/v1
        kind: DestinationRule
        metadata: {name: d, namespace: shop}
        spec: {host: orders, trafficPolicy: {loadBalancer: {simple: PEAK_EWMA}}}
        """);

    assertThat(metadata().getFieldsMap()).containsKeys("breaker", "policy", "balancing");
  }

  @Test
  void outlierDetection_alone_ejectsForNothingElse() throws Exception {
    apply("outlierDetection: {failurePercentage: {threshold: 40, minimumHosts: 2}}");

    OutlierDetection outliers = cluster().getOutlierDetection();
    assertThat(outliers.getEnforcingFailurePercentage().getValue()).isEqualTo(100);
    assertThat(outliers.getFailurePercentageThreshold().getValue()).isEqualTo(40);
    assertThat(outliers.getFailurePercentageMinimumHosts().getValue()).isEqualTo(2);
    assertThat(outliers.getFailurePercentageRequestVolume().getValue()).isEqualTo(50);
    assertThat(outliers.getEnforcingConsecutive5Xx().getValue()).isZero();
    assertThat(outliers.getEnforcingConsecutiveGatewayFailure().getValue()).isZero();
    assertThat(outliers.getEnforcingSuccessRate().getValue()).isZero();
  }

  @Test
  void outlierDetection_besideThatOfADestinationRule_leavesItsOwn() throws Exception {
    apply("outlierDetection: {successRate: {stdevFactor: 1.5}}");
    mesh.apply(
        """
        apiVersion: networking.istio.io/v1
        kind: DestinationRule
        metadata: {name: d, namespace: shop}
        spec: {host: orders, trafficPolicy: {outlierDetection: {consecutive5xxErrors: 3, interval: 1s}}}
        """);

    OutlierDetection outliers = cluster().getOutlierDetection();
    assertThat(outliers.getConsecutive5Xx().getValue()).isEqualTo(3);
    assertThat(outliers.getEnforcingConsecutive5Xx().getValue()).isEqualTo(100);
    assertThat(outliers.getInterval().getSeconds()).isEqualTo(1);
    assertThat(outliers.getEnforcingSuccessRate().getValue()).isEqualTo(100);
    assertThat(outliers.getSuccessRateStdevFactor().getValue()).isEqualTo(1500);
    assertThat(outliers.getSuccessRateMinimumHosts().getValue()).isEqualTo(5);
    assertThat(outliers.getSuccessRateRequestVolume().getValue()).isEqualTo(100);
    assertThat(outliers.hasEnforcingFailurePercentage()).isFalse();
  }

  @Test
  void policy_ofAnUnknownService_isNotAccepted() throws Exception {
    var resource =
        ResourceParser.parse(ResourceParser.documents(yaml("breaker: {}")).get(0)).resource();
    RouteConditions.Condition condition =
        RouteConditions.of(
                resource, new Applied(service -> false, new ReferenceGrants(List.of()), List.of()))
            .get(0);

    assertThat(condition.reason()).isEqualTo("TargetNotFound");
    assertThat(condition.message()).startsWith("targetRefs: no service shop/orders");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      value = {
        "window: 10s | breaker: absent (expected: a breaker",
        "breaker: {failurePercent: 0} | breaker.failurePercent: 0 (expected: a number from 1 to"
            + " 100)",
        "breaker: {window: 5ms} | breaker.window: '5ms' (expected: 100ms to 1h)",
        "breaker: {openDuration: 2h} | breaker.openDuration: '2h' (expected: 1ms to 1h)",
        "breaker: {slowCalls: {percent: 10}} | breaker.slowCalls.duration: absent (expected: a dur",
        "breaker: {failureRatio: 3} | breaker.failureRatio: unknown field",
        "hedging: {} | hedging.after: absent (expected: a duration such as 50ms",
        "hedging: {after: soon} | hedging.after: ",
        "hedging: {after: 2h} | hedging.after: '2h' (expected: 1ms to 1h)",
        "hedging: {after: 50ms, maxAttempts: 1} | hedging.maxAttempts: 1 (expected: a number from"
            + " 2 to 5)",
        "hedging: {after: 50ms, maxAttempts: 6} | hedging.maxAttempts: 6 (expected: a number from"
            + " 2 to 5)",
        "hedging: {after: 50ms, delay: 1s} | hedging.delay: unknown field",
        "outlierDetection: {} | outlierDetection.successRate: absent (expected: it, or",
        "outlierDetection: {interval: 1s, successRate: {}} | outlierDetection.interval: unknown",
        "outlierDetection: {failurePercentage: {threshold: 0}} |"
            + " outlierDetection.failurePercentage.threshold: 0 (expected: a number from 1 to 100)",
        "outlierDetection: {successRate: {stdevFactor: -1}} |"
            + " outlierDetection.successRate.stdevFactor: -1",
      })
  void policy_thatMakesNoSense_isRefused(String spec, String why) {
    assertThatThrownBy(() -> apply(spec))
        .isInstanceOf(InvalidResourceException.class)
        .hasMessageContaining(why);
  }

  private void apply(String spec) throws Exception {
    mesh.apply(yaml(spec));
  }

  private static String yaml(String spec) {
    return "apiVersion: endomesh.io/v1\nkind: ResiliencePolicy\n"
        + "metadata: {name: orders, namespace: shop}\nspec:\n"
        + "  targetRefs: [{group: \"\", kind: Service, name: orders}]\n"
        + spec.indent(2);
  }

  private Cluster cluster() {
    return Objects.requireNonNull(
        ClusterTranslator.cluster(mesh.model(), CLUSTER, Scope.Dialect.AGENT));
  }

  private Struct metadata() {
    return cluster().getMetadata().getFilterMetadataOrThrow("endomesh");
  }

  private static double number(Struct struct, String name) {
    return struct.getFieldsOrThrow(name).getNumberValue();
  }
}
