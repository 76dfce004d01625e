package io.endomesh.controller.translate;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.endomesh.controller.kinds.InvalidResourceException;
import io.endomesh.controller.kinds.ResourceParser;
import io.endomesh.dataplane.cluster.Locality;
import io.envoyproxy.envoy.config.endpoint.v3.ClusterLoadAssignment;
import io.envoyproxy.envoy.config.endpoint.v3.LbEndpoint;
import io.envoyproxy.envoy.config.endpoint.v3.LocalityLbEndpoints;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Whose endpoints come first, by Istio's rules. */
class LocalityRuleTest {

  private static final String CLUSTER = "outbound|8081||orders.shop";
  private static final String OUTLIERS = "outlierDetection: {consecutive5xxErrors: 3}";

  private final Models mesh =
      new Models()
          .workloadAt("orders", "a", at("eu/eu-1/r1"), 8081)
          .workloadAt("orders", "b", at("eu/eu-1/r2"), 8082)
          .workloadAt("orders", "c", at("eu/eu-2"), 8083)
          .workloadAt("orders", "d", at("us/us-1"), 8084)
          .workloadAt("orders", "e", at("asia/asia-1"), 8085);

  @Test
  void failover_withOutlierDetection_prefersTheNearest() throws Exception {
    policy(OUTLIERS);

    assertThat(order("eu/eu-1/r1"))
        .containsExactly("0 eu/eu-1/r1", "1 eu/eu-1/r2", "2 eu/eu-2", "3 asia/asia-1", "3 us/us-1");
    assertThat(order("us/us-1"))
        .containsExactly("0 us/us-1", "1 asia/asia-1", "1 eu/eu-1/r1", "1 eu/eu-1/r2", "1 eu/eu-2");
  }

  @Test
  void failover_withoutOutlierDetection_isNone() throws Exception {
    policy("loadBalancer: {localityLbSetting: {enabled: true}}");

    assertThat(order("eu/eu-1/r1")).allMatch(place -> place.startsWith("0 ")).hasSize(5);
  }

  @Test
  void failover_switchedOff_isNone() throws Exception {
    policy(OUTLIERS + "\nloadBalancer: {localityLbSetting: {enabled: false}}");

    assertThat(order("eu/eu-1/r1")).allMatch(place -> place.startsWith("0 ")).hasSize(5);
  }

  @Test
  void failover_callerWithoutLocality_prefersNobody() throws Exception {
    policy(OUTLIERS);

    assertThat(order("")).allMatch(place -> place.startsWith("0 ")).hasSize(5);
  }

  @Test
  void failover_ofARegion_comesBeforeOthers() throws Exception {
    policy(
        OUTLIERS
            + "\n"
            + "loadBalancer: {localityLbSetting: {failover: [{from: eu, to: us}, {from: us, to:"
            + " asia}]}}");

    assertThat(order("eu/eu-2"))
        .containsExactly("0 eu/eu-2", "1 eu/eu-1/r1", "1 eu/eu-1/r2", "2 us/us-1", "3 asia/asia-1");
  }

  @Test
  void failoverPriority_countsLabelsFromTheFirstOn() throws Exception {
    policy(
        OUTLIERS
            + "\n"
            + "loadBalancer: {localityLbSetting: {failoverPriority: [topology.kubernetes.io/region,"
            + " version=v2]}}");
    mesh.workloadAt("orders", "f", with(at("eu/eu-2"), "version", "v2"), 8086)
        .workloadAt("orders", "g", with(at("us/us-1"), "version", "v2"), 8087);

    assertThat(order("eu/eu-1/r1"))
        .containsExactly(
            "0 eu/eu-2", // both labels
            "1 eu/eu-1/r1",
            "1 eu/eu-1/r2",
            "1 eu/eu-2",
            "2 asia/asia-1", // of another region, version=v2 no longer counts
            "2 us/us-1",
            "2 us/us-1");
  }

  @Test
  void distribute_sharesOutByTheCallersLocality() throws Exception {
    policy(
        """
        loadBalancer:
          localityLbSetting:
            distribute:
            - {from: us/*, to: {us/us-1: 100}}
            - {from: eu/eu-1/*, to: {eu/eu-1/*: 80, eu/eu-2: 20}}
        """);

    assertThat(weights("eu/eu-1/r1"))
        .containsExactly("eu/eu-1/r1 40000", "eu/eu-1/r2 40000", "eu/eu-2 20000");
    assertThat(weights("us/us-2")).containsExactly("us/us-1 100000");
    assertThat(weights("asia/asia-1")).hasSize(5).allMatch(place -> place.endsWith(" 1"));
    assertThat(
            Objects.requireNonNull(
                    ClusterTranslator.cluster(mesh.model(), CLUSTER, Scope.Dialect.AGENT))
                .getCommonLbConfig()
                .hasLocalityWeightedLbConfig())
        .isTrue();
  }

  @Test
  void view_sharesResourcesOfCallersThatPreferTheSame() throws Exception {
    XdsView plain = new XdsView(mesh.model());
    assertThat(resource(plain, "eu/eu-1/r1", "x")).isSameAs(resource(plain, "us/us-1", "y"));

    policy(OUTLIERS);
    XdsView view = new XdsView(mesh.model());
    assertThat(resource(view, "eu/eu-1/r1", "x")).isSameAs(resource(view, "eu/eu-1/r1", "y"));
    assertThat(resource(view, "eu/eu-1/r1", "x")).isNotEqualTo(resource(view, "us/us-1", "x"));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      value = {
        "distribute: [{from: eu, to: {us: 60}}] | shares sum to 60 (expected: 100)",
        "distribute: [{from: '*/a', to: {us: 100}}] | '*/a' (expected: region/zone/subzone",
        "distribute: [{from: eu, to: {us//a: 100}}] | 'us//a' (expected: region/zone/subzone",
        "failover: [{from: eu, to: eu}] | 'eu' (expected: another region than from)",
        "failover: [{from: eu/a, to: us}] | 'eu/a' (expected: a region, without zones)",
        "distribute: [{from: eu, to: {us: 100}}], failoverPriority: [a] | beside failover",
        "failoverPriority: [a, a] | 'a' twice (expected: once)",
        "failover: [{from: eu, to: us}], failoverPriority: [topology.kubernetes.io/zone] | beside"
            + " failover",
        "zone: a | unknown field",
      })
  void setting_thatMakesNoSense_isRefused(String setting, String why) {
    assertThatThrownBy(() -> policy("loadBalancer: {localityLbSetting: {" + setting + "}}"))
        .isInstanceOf(InvalidResourceException.class)
        .hasMessageContaining(why);
  }

  @Test
  void setting_withoutOutlierDetection_isWarnedOf() throws Exception {
    String yaml = rule("loadBalancer: {localityLbSetting: {failover: [{from: eu, to: us}]}}");

    assertThat(ResourceParser.parse(ResourceParser.documents(yaml).get(0)).warnings())
        .containsExactly(
            "spec.trafficPolicy.loadBalancer.localityLbSetting: has no effect without"
                + " outlierDetection, as in Istio");
  }

  private void policy(String policy) throws Exception {
    mesh.apply(rule(policy));
  }

  private static String rule(String policy) {
    return "apiVersion: networking.istio.io/v1\nkind: DestinationRule\n"
        + "metadata: {name: orders, namespace: shop}\nspec:\n  host: orders\n  trafficPolicy:\n"
        + policy.indent(4);
  }

  private static Map<String, String> at(String locality) {
    Locality parsed = Locality.parse(locality);
    return parsed == null ? Map.of() : parsed.labels();
  }

  private static Map<String, String> with(Map<String, String> labels, String name, String value) {
    Map<String, String> all = new HashMap<>(labels);
    all.put(name, value);
    return all;
  }

  private static Scope caller(String locality, String app) {
    return new Scope("shop", with(at(locality), "app", app), Scope.Dialect.AGENT);
  }

  private static XdsResource resource(XdsView view, String locality, String app) {
    return Objects.requireNonNull(
        view.resource(ResourceType.ENDPOINTS, CLUSTER, caller(locality, app)));
  }

  private List<LocalityLbEndpoints> endpoints(String caller) {
    ClusterLoadAssignment assignment =
        ClusterTranslator.endpoints(mesh.model(), CLUSTER, caller(caller, "storefront"));
    return Objects.requireNonNull(assignment).getEndpointsList();
  }

  /** Priority and locality of each endpoint. */
  private List<String> order(String caller) {
    List<String> order = new ArrayList<>();
    for (LocalityLbEndpoints group : endpoints(caller)) {
      for (LbEndpoint endpoint : group.getLbEndpointsList()) {
        assertThat(endpoint.hasEndpoint()).isTrue();
        order.add(group.getPriority() + " " + name(group));
      }
    }
    return order;
  }

  private List<String> weights(String caller) {
    return endpoints(caller).stream()
        .map(group -> name(group) + " " + group.getLoadBalancingWeight().getValue())
        .toList();
  }

  private static String name(LocalityLbEndpoints group) {
    return new Locality(
            group.getLocality().getRegion(),
            group.getLocality().getZone(),
            group.getLocality().getSubZone())
        .toString();
  }
}
