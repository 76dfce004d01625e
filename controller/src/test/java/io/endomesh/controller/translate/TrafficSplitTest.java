package io.endomesh.controller.translate;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.endomesh.controller.kinds.InvalidResourceException;
import io.endomesh.controller.kinds.MeshResource;
import io.endomesh.controller.kinds.ResourceParser;
import io.envoyproxy.envoy.config.route.v3.HeaderMatcher;
import io.envoyproxy.envoy.config.route.v3.Route;
import io.envoyproxy.envoy.config.route.v3.WeightedCluster;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** TrafficSplit and HTTPRouteGroup of SMI. */
class TrafficSplitTest {

  private static final String GROUP =
      """
      apiVersion: specs.smi-spec.io/v1alpha4
      kind: HTTPRouteGroup
      metadata: {name: testers, namespace: shop}
      spec:
        matches:
        - name: phones
          pathRegex: /api
          methods: [GET, HEAD]
          headers: {User-Agent: ".*Phone.*"}
        - {name: insiders, methods: ["*"], headers: {cookie: "type=insider"}}
      """;

  private final Models mesh =
      new Models()
          .workload("website", "website-1", "v1", 8080)
          .workload("website-v1", "v1-1", "v1", 8081)
          .workload("website-v2", "v2-1", "v2", 8082);

  @ParameterizedTest
  @ValueSource(strings = {"v1alpha2", "v1alpha4"})
  void split_leadsAllCallsToItsBackends(String version) throws Exception {
    mesh.apply(split("canary", "").replace("v1alpha4", version));

    Route route = only(routes("shop"));
    assertThat(route.getName()).isEqualTo("TrafficSplit/shop/canary");
    assertThat(route.getRoute().getWeightedClusters().getClustersList())
        .extracting(WeightedCluster.ClusterWeight::getName, c -> c.getWeight().getValue())
        .containsExactly(
            org.assertj.core.groups.Tuple.tuple("outbound|8081||website-v1.shop", 90),
            org.assertj.core.groups.Tuple.tuple("outbound|8082||website-v2.shop", 10));
    assertThat(routes("elsewhere")).as("for all callers").isEqualTo(routes("shop"));
  }

  @Test
  void split_withMatches_leadsTheRestToTheRoot() throws Exception {
    mesh.apply(GROUP).apply(split("ab", "matches: [{kind: HTTPRouteGroup, name: testers}]"));

    List<Route> routes = routes("shop");
    assertThat(routes)
        .extracting(Route::getName)
        .containsExactly(
            "TrafficSplit/shop/ab testers/phones",
            "TrafficSplit/shop/ab testers/phones",
            "TrafficSplit/shop/ab testers/insiders",
            "Service/shop/website");
    assertThat(routes.get(0).getMatch().getSafeRegex().getRegex()).isEqualTo("(?:/api).*");
    assertThat(routes.get(0).getMatch().getHeadersList())
        .extracting(HeaderMatcher::getName, TrafficSplitTest::value)
        .containsExactly(
            org.assertj.core.groups.Tuple.tuple("user-agent", ".*Phone.*"),
            org.assertj.core.groups.Tuple.tuple(":method", "GET"));
    assertThat(routes.get(1).getMatch().getHeaders(1).getStringMatch().getExact())
        .isEqualTo("HEAD");
    assertThat(routes.get(2).getMatch().getPrefix()).isEqualTo("/");
    assertThat(routes.get(2).getMatch().getHeadersCount()).isEqualTo(1);
    assertThat(routes.get(3).getRoute().getCluster()).isEqualTo("outbound|8080||website.shop");
  }

  private static String value(HeaderMatcher header) {
    return header.getStringMatch().getExact() + header.getStringMatch().getSafeRegex().getRegex();
  }

  @Test
  void split_whoseGroupIsMissing_matchesNoCall() throws Exception {
    mesh.apply(split("ab", "matches: [{kind: HTTPRouteGroup, name: nobody}]"));

    assertThat(only(routes("shop")).getName()).isEqualTo("Service/shop/website");
  }

  @Test
  void backend_thatDeclaresOtherPorts_getsNoCalls() throws Exception {
    service("website", 80).service("website-v1", 80).service("website-v2", 1024);
    mesh.apply(split("canary", ""));

    assertThat(only(routes("shop", 80)).getRoute().getCluster())
        .isEqualTo("outbound|80||website-v1.shop");
  }

  @Test
  void allBackends_declareOtherPorts_callsLeadNowhere() throws Exception {
    service("website", 80).service("website-v1", 81).service("website-v2", 82);
    mesh.apply(split("canary", ""));

    assertThat(only(routes("shop", 80)).getRoute().getCluster())
        .isEqualTo("no-backend|80||website.shop");
  }

  @Test
  void twoSplits_theOlderHasTheService() throws Exception {
    mesh.apply(split("older", "")).apply(split("a-younger", ""));

    assertThat(only(routes("shop")).getName()).isEqualTo("TrafficSplit/shop/older");
  }

  @Test
  void split_besideOtherRoutes_doesNotCount() throws Exception {
    mesh.apply(split("canary", ""));
    mesh.apply(
        """
        apiVersion: networking.istio.io/v1
        kind: VirtualService
        metadata: {name: v, namespace: shop}
        spec: {hosts: [website], http: [{route: [{destination: {host: website}}]}]}
        """);

    assertThat(only(routes("shop")).getName()).startsWith("VirtualService/shop/v");
  }

  @Test
  void conditions_sayWhatIsMissingAndWhoCounts() throws Exception {
    MeshResource split = parse(split("ab", "matches: [{kind: HTTPRouteGroup, name: testers}]"));
    assertThat(conditions(split))
        .extracting(RouteConditions.Condition::reason)
        .containsExactly("Accepted", "GroupNotFound");

    assertThat(conditions(split, parse(GROUP)))
        .extracting(RouteConditions.Condition::reason)
        .containsExactly("Accepted", "ResolvedRefs");

    MeshResource route =
        parse(
            """
            apiVersion: gateway.networking.k8s.io/v1
            kind: HTTPRoute
            metadata: {name: r, namespace: shop}
            spec:
              parentRefs: [{kind: Service, group: "", name: website}]
              rules: [{backendRefs: [{name: website}]}]
            """);
    assertThat(conditions(split, parse(GROUP), route))
        .extracting(RouteConditions.Condition::reason)
        .containsExactly("Conflicted", "ResolvedRefs");

    MeshResource others = parse(split("canary", "").replace("website-v2", "nobody"));
    assertThat(conditions(others))
        .extracting(RouteConditions.Condition::reason)
        .containsExactly("Accepted", "BackendNotFound");
  }

  @Test
  void conditions_ofBackendsWithOtherPorts_nameThem() throws Exception {
    assertThat(
            conditions(
                parse(split("canary", "")),
                parse(serviceYaml("website", 80)),
                parse(serviceYaml("website-v2", 1024))))
        .filteredOn(condition -> condition.type().equals("ResolvedRefs"))
        .singleElement()
        .satisfies(c -> assertThat(c.reason()).isEqualTo("PortMismatch"))
        .satisfies(c -> assertThat(c.message()).startsWith("backends: website-v2 (expected:"));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      value = {
        "service: website | service: website.other | spec.service: 'website.other' (expected: a host"
            + " of namespace shop",
        "website-v1 | website.shop | spec.backends[0].service: 'website', the root itself",
        "website-v2 | website-v1 | spec.backends[1].service: 'website-v1' twice",
        "weight: 90 | weight: 90m | spec.backends[0].weight: '90m' (expected: a number",
        "weight: 90 | wieght: 90 | spec.backends[0].weight: absent",
        "backends: | matches: [{kind: TCPRoute, name: a}]\\n  backends: | matches[0].kind: 'TCPRoute'",
        "kind: TrafficSplit | kind: TrafficSplits | unknown kind 'TrafficSplits'",
        "v1alpha4 | v1alpha1 | apiVersion: 'split.smi-spec.io/v1alpha1' (expected:",
      })
  void split_thatMakesNoSense_isRefusedByField(String from, String to, String why) {
    assertThatThrownBy(() -> mesh.apply(split("canary", "").replace(from, to.replace("\\n", "\n"))))
        .isInstanceOf(InvalidResourceException.class)
        .hasMessageContaining(why);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      value = {
        "pathRegex: /api | pathRegex: '(' | matches[0].pathRegex: '(' (expected: a regular",
        "[GET, HEAD] | [get] | matches[0].methods[0]: 'get' (expected: *",
        "name: insiders | name: phones | matches[1].name: 'phones' twice",
        "{cookie: \"type=insider\"} | [{cookie: x}] | matches[1].headers: a list (expected: an",
        "pathRegex: | path: | matches[0].path: unknown field",
      })
  void group_thatMakesNoSense_isRefusedByField(String from, String to, String why) {
    assertThatThrownBy(() -> mesh.apply(GROUP.replace(from, to)))
        .isInstanceOf(InvalidResourceException.class)
        .hasMessageContaining(why);
  }

  private static String split(String name, String more) {
    return """
        apiVersion: split.smi-spec.io/v1alpha4
        kind: TrafficSplit
        metadata: {name: %s, namespace: shop}
        spec:
          service: website
          backends:
          - {service: website-v1, weight: 90}
          - {service: website-v2, weight: 10}
          %s
        """
        .formatted(name, more);
  }

  private TrafficSplitTest service(String name, int port) throws Exception {
    mesh.apply(serviceYaml(name, port));
    return this;
  }

  private static String serviceYaml(String name, int port) {
    return """
        apiVersion: v1
        kind: Service
        metadata: {name: %1$s, namespace: shop}
        spec: {selector: {app: %1$s}, ports: [{port: %2$d}]}
        """
        .formatted(name, port);
  }

  private List<Route> routes(String namespace) {
    return routes(namespace, 8080);
  }

  private List<Route> routes(String namespace, int port) {
    Scope scope = new Scope(namespace, Map.of(), Scope.Dialect.AGENT);
    return Objects.requireNonNull(RouteTable.of(mesh.model(), "website.shop:" + port, scope))
        .getVirtualHosts(0)
        .getRoutesList();
  }

  private static Route only(List<Route> routes) {
    assertThat(routes).hasSize(1);
    return routes.get(0);
  }

  private static MeshResource parse(String yaml) throws Exception {
    return ResourceParser.parse(ResourceParser.documents(yaml).get(0)).resource();
  }

  private static List<RouteConditions.Condition> conditions(
      MeshResource resource, MeshResource... others) {
    List<MeshResource> all = new ArrayList<>(List.of(others));
    all.add(resource);
    Set<String> known = Set.of("website.shop", "website-v1.shop", "website-v2.shop");
    return RouteConditions.of(
        resource,
        new Applied(
            service -> known.contains(service.toString()), new ReferenceGrants(List.of()), all));
  }
}
