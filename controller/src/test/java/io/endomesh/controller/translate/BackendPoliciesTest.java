package io.endomesh.controller.translate;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.google.protobuf.Struct;
import io.endomesh.controller.kinds.InvalidResourceException;
import io.envoyproxy.envoy.config.cluster.v3.CircuitBreakers.Thresholds;
import io.envoyproxy.envoy.config.cluster.v3.Cluster;
import io.envoyproxy.envoy.config.route.v3.Route;
import io.envoyproxy.envoy.extensions.filters.http.stateful_session.v3.StatefulSessionPerRoute;
import io.envoyproxy.envoy.extensions.http.stateful_session.header.v3.HeaderBasedSessionState;
import java.util.Objects;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** XBackendTrafficPolicy of Gateway API. */
class BackendPoliciesTest {

  private final Models mesh =
      new Models()
          .workload("orders", "orders-1", "v1", 8080)
          .workload("canary", "canary-1", "v1", 8081);

  @Test
  void retryConstraint_becomesEnvoysBudgetAndWhatAgentsKnowBeside() throws Exception {
    policy(
        "p",
        "orders",
        "retryConstraint: {budget: {percent: 30, interval: 20s}, minRetryRate: {count: 5, interval:"
            + " 500ms}}");

    Thresholds limits = cluster().getCircuitBreakers().getThresholds(0);
    assertThat(limits.getRetryBudget().getBudgetPercent().getValue()).isEqualTo(30);
    assertThat(limits.getRetryBudget().getMinRetryConcurrency().getValue()).isEqualTo(5);
    assertThat(constraint(cluster(), "percent")).isEqualTo(30);
    assertThat(constraint(cluster(), "interval_ms")).isEqualTo(20_000);
    assertThat(constraint(cluster(), "min_count")).isEqualTo(5);
    assertThat(constraint(cluster(), "min_interval_ms")).isEqualTo(500);
  }

  @Test
  void retryConstraint_empty_hasGatewayApisDefaults() throws Exception {
    policy("p", "orders", "retryConstraint: {}");

    assertThat(constraint(cluster(), "percent")).isEqualTo(20);
    assertThat(constraint(cluster(), "interval_ms")).isEqualTo(10_000);
    assertThat(constraint(cluster(), "min_count")).isEqualTo(10);
    assertThat(constraint(cluster(), "min_interval_ms")).isEqualTo(1_000);
  }

  @Test
  void retryConstraint_besideADestinationRule_replacesItsBudgetAndNothingElse() throws Exception {
    mesh.apply(
        """
        apiVersion: networking.istio.io/v1
        kind: DestinationRule
        metadata: {name: orders, namespace: shop}
        spec:
          host: orders
          trafficPolicy:
            retryBudget: {percent: 1}
            connectionPool: {http: {http2MaxRequests: 9}}
        """);
    policy("p", "orders", "retryConstraint: {budget: {percent: 30}}");

    Thresholds limits = cluster().getCircuitBreakers().getThresholds(0);
    assertThat(limits.getMaxRequests().getValue()).isEqualTo(9);
    assertThat(limits.getRetryBudget().getBudgetPercent().getValue()).isEqualTo(30);
    assertThat(cluster().getMetadata().getFilterMetadataOrThrow("endomesh").getFieldsMap())
        .containsKeys("policy", "retry_constraint");
  }

  @Test
  void twoPolicies_theOlderHasTheService() throws Exception {
    policy("older", "orders", "retryConstraint: {budget: {percent: 30}}");
    policy("a-younger", "orders", "retryConstraint: {budget: {percent: 40}}");

    assertThat(constraint(cluster(), "percent")).isEqualTo(30);
  }

  @Test
  void session_ofTheService_holdsWithAndWithoutRoutes() throws Exception {
    policy("p", "orders", "sessionPersistence: {type: Header, sessionName: X-Stick}");
    assertThat(session(route())).isEqualTo("x-stick");

    httpRoute("{backendRefs: [{name: orders}]}");
    assertThat(session(route())).isEqualTo("x-stick");

    httpRoute(
        "{backendRefs: [{name: orders}], sessionPersistence: {type: Header, sessionName: own}}");
    assertThat(session(route())).as("the rule's own").isEqualTo("own");
  }

  @Test
  void session_ofOneSideOfASplit_doesNotHoldForBoth() throws Exception {
    policy("p", "orders", "sessionPersistence: {type: Header, sessionName: stick}");
    httpRoute("{backendRefs: [{name: orders}, {name: canary}]}");
    assertThat(route().getTypedPerFilterConfigMap()).isEmpty();

    policy("q", "canary", "sessionPersistence: {type: Header, sessionName: stick}");
    assertThat(session(route())).isEqualTo("stick");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      value = {
        "retryConstraint: {budget: {interval: 500ms}} | budget.interval: 500ms (expected: 1s to 1h)",
        "retryConstraint: {budget: {percent: 101}} | budget.percent: 101",
        "retryConstraint: {minRetryRate: {count: 0}} | minRetryRate.count: 0",
        "retryConstraint: {minRetryRate: {interval: 2h}} | minRetryRate.interval: 2h",
        "retryConstraint: {retries: 3} | retryConstraint.retries: unknown field",
        "sessionPersistence: {idleTimeout: 5s} | sessionPersistence.idleTimeout: not supported",
        "targetRefs: [] | targetRefs: 0 of them (expected: 1 to 16)",
        "targetRefs: [{kind: ServiceImport, name: a}] | targetRefs[0].kind: 'ServiceImport'",
        "targetRefs: [{kind: Service, name: a, namespace: b}] | targetRefs[0].namespace: unknown",
        "targetRefs: [{kind: Service, name: a}, {kind: Service, name: a}] | targetRefs[1].name",
      })
  void policy_thatMakesNoSense_isRefusedByField(String spec, String why) {
    String targets = spec.startsWith("targetRefs") ? "" : "targetRefs: [{kind: Service, name: a}]";
    assertThatThrownBy(
            () ->
                mesh.apply(
                    """
                    apiVersion: gateway.networking.x-k8s.io/v1alpha1
                    kind: XBackendTrafficPolicy
                    metadata: {name: p, namespace: shop}
                    spec:
                      %s
                      %s
                    """
                        .formatted(targets, spec)))
        .isInstanceOf(InvalidResourceException.class)
        .hasMessageContaining(why);
  }

  private void policy(String name, String service, String spec) throws Exception {
    mesh.apply(
        """
        apiVersion: gateway.networking.x-k8s.io/v1alpha1
        kind: XBackendTrafficPolicy
        metadata: {name: %s, namespace: shop}
        spec:
          targetRefs: [{group: "", kind: Service, name: %s}]
          %s
        """
            .formatted(name, service, spec));
  }

  private void httpRoute(String rule) throws Exception {
    mesh.apply(
        """
        apiVersion: gateway.networking.k8s.io/v1
        kind: HTTPRoute
        metadata: {name: r, namespace: shop}
        spec:
          parentRefs: [{kind: Service, group: "", name: orders}]
          rules: [%s]
        """
            .formatted(rule));
  }

  private Cluster cluster() {
    return Objects.requireNonNull(
        ClusterTranslator.cluster(mesh.model(), "outbound|8080||orders.shop", Scope.Dialect.AGENT));
  }

  private Route route() {
    return Objects.requireNonNull(RouteTable.of(mesh.model(), "orders.shop:8080", Models.AGENT))
        .getVirtualHosts(0)
        .getRoutes(0);
  }

  private static double constraint(Cluster cluster, String name) {
    Struct ours = cluster.getMetadata().getFilterMetadataOrThrow("endomesh");
    return ours.getFieldsOrThrow("retry_constraint")
        .getStructValue()
        .getFieldsOrThrow(name)
        .getNumberValue();
  }

  private static String session(Route route) throws Exception {
    return route
        .getTypedPerFilterConfigOrThrow("envoy.filters.http.stateful_session")
        .unpack(StatefulSessionPerRoute.class)
        .getStatefulSession()
        .getSessionState()
        .getTypedConfig()
        .unpack(HeaderBasedSessionState.class)
        .getName();
  }
}
