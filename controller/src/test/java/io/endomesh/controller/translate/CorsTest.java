package io.endomesh.controller.translate;

import static org.assertj.core.api.Assertions.assertThat;

import io.endomesh.controller.kinds.ResourceParser;
import io.envoyproxy.envoy.config.listener.v3.FilterChain;
import io.envoyproxy.envoy.config.listener.v3.Listener;
import io.envoyproxy.envoy.config.route.v3.Route;
import io.envoyproxy.envoy.extensions.filters.http.cors.v3.CorsPolicy;
import io.envoyproxy.envoy.extensions.filters.network.http_connection_manager.v3.HttpConnectionManager;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.junit.jupiter.api.Test;

/**
 * What browsers are told: by callers that pass their requests on, and by the servers themselves.
 */
class CorsTest {

  private static final Scope ORDERS =
      new Scope("shop", Map.of("app", "orders", "version", "v1"), Scope.Dialect.AGENT);
  private static final Scope PAYMENTS =
      new Scope("shop", Map.of("app", "payments"), Scope.Dialect.AGENT);

  private final Models mesh =
      new Models()
          .workload("orders", "orders-1", "v1", 8080)
          .workload("payments", "payments-1", "v1", 9090);

  @Test
  void httpRoute_filter_standsAtTheCallersAndAtTheServersOfTheService() throws Exception {
    httpRoute(
        "",
        """
        - matches: [{path: {type: PathPrefix, value: /open}}]
          filters:
          - type: CORS
            cors:
              allowOrigins: ["https://Shop.example:443", "http://*.dev.example:8080"]
              allowMethods: [PUT, DELETE]
              allowHeaders: [x-a, x-b]
              exposeHeaders: [x-id]
              allowCredentials: true
        - backendRefs: [{name: orders}]
        """);

    CorsPolicy policy = cors(called(Models.AGENT).get(0));
    assertThat(policy.getAllowOriginStringMatch(0).getExact()).isEqualTo("https://shop.example");
    assertThat(policy.getAllowOriginStringMatch(1).getSafeRegex().getRegex())
        .isEqualTo("http://[^:/]+\\.dev\\.example:8080");
    assertThat(policy.getAllowMethods()).isEqualTo("PUT,DELETE");
    assertThat(policy.getAllowHeaders()).isEqualTo("x-a,x-b");
    assertThat(policy.getExposeHeaders()).isEqualTo("x-id");
    assertThat(policy.getMaxAge()).as("the default of Gateway API").isEqualTo("5");
    assertThat(policy.getAllowCredentials().getValue()).isTrue();
    assertThat(policy.getForwardNotMatchingPreflights().getValue()).isFalse();

    List<Route> served = served(ORDERS, 8080);
    assertThat(served)
        .extracting(Route::getName)
        .containsExactly("HTTPRoute/shop/r rule 0", "HTTPRoute/shop/r rule 1", "");
    assertThat(cors(served.get(0))).isEqualTo(policy);
    assertThat(served.get(0).hasNonForwardingAction()).isTrue();
    assertThat(served.get(1).getTypedPerFilterConfigMap()).isEmpty();
  }

  @Test
  void httpRoute_ofAnotherServiceOrNamespace_changesNothingWhereCallsArrive() throws Exception {
    httpRoute("", "- filters: [{type: CORS, cors: {allowOrigins: ['*']}}]\n");
    assertThat(served(PAYMENTS, 9090)).hasSize(1);

    Models consumer = new Models().workload("orders", "orders-1", "v1", 8080);
    consumer.apply(
        """
        apiVersion: gateway.networking.k8s.io/v1
        kind: HTTPRoute
        metadata: {name: theirs, namespace: web}
        spec:
          parentRefs: [{group: "", kind: Service, name: orders, namespace: shop}]
          rules: [{filters: [{type: CORS, cors: {allowOrigins: ['*']}}]}]
        """);
    assertThat(served(consumer.model(), ORDERS, 8080)).hasSize(1);
  }

  @Test
  void httpRoute_forOnePort_holdsAtThatPort() throws Exception {
    mesh.apply(
        """
        apiVersion: v1
        kind: Service
        metadata: {name: orders, namespace: shop}
        spec:
          selector: {app: orders}
          ports: [{name: http, port: 80, targetPort: 8080}, {name: admin, port: 81, targetPort: 8081}]
        """);
    httpRoute(", port: 81", "- filters: [{type: CORS, cors: {allowOrigins: ['*']}}]\n");

    assertThat(served(ORDERS, 8081)).hasSize(2);
    assertThat(served(ORDERS, 8080)).hasSize(1);
  }

  @Test
  void virtualService_corsPolicy_hasIstiosDefaults() throws Exception {
    mesh.apply(
        """
        apiVersion: networking.istio.io/v1
        kind: VirtualService
        metadata: {name: orders, namespace: shop}
        spec:
          hosts: [orders]
          http:
          - corsPolicy:
              allowOrigins: [{exact: "*"}, {prefix: "https://a"}, {regex: "https://b.*"}]
              allowMethods: [GET]
              maxAge: 24h
            route: [{destination: {host: orders}}]
        """);

    CorsPolicy policy = cors(served(ORDERS, 8080).get(0));
    assertThat(policy.getAllowOriginStringMatchList())
        .extracting(m -> m.getExact() + m.getPrefix() + m.getSafeRegex().getRegex())
        .containsExactly("*", "https://a", "https://b.*");
    assertThat(policy.getMaxAge()).isEqualTo("86400");
    assertThat(policy.getForwardNotMatchingPreflights().getValue()).isTrue();
    assertThat(policy.getAllowCredentials().getValue()).isFalse();
  }

  @Test
  void grpcClients_areNotSentAFilterTheyReject() throws Exception {
    httpRoute("", "- filters: [{type: CORS, cors: {allowOrigins: ['*']}}]\n");

    assertThat(called(Models.GRPC).get(0).getTypedPerFilterConfigMap()).isEmpty();
    assertThat(served(new Scope("shop", ORDERS.labels(), Scope.Dialect.GRPC), 8080)).hasSize(1);
  }

  @Test
  void rule_thatNoPreflightCanMatch_isWarnedOf() throws Exception {
    String rule =
        "- {matches: [{method: PUT}], filters: [{type: CORS, cors: {allowOrigins: ['*']}}]}\n";
    assertThat(ResourceParser.parse(ResourceParser.documents(yaml("", rule)).get(0)).warnings())
        .singleElement()
        .asString()
        .startsWith("spec.rules[0].matches: browsers ask by OPTIONS");
  }

  private void httpRoute(String parent, String rules) throws Exception {
    mesh.apply(yaml(parent, rules));
  }

  private static String yaml(String parent, String rules) {
    return """
        apiVersion: gateway.networking.k8s.io/v1
        kind: HTTPRoute
        metadata: {name: r, namespace: shop}
        spec:
          parentRefs: [{kind: Service, group: "", name: orders%s}]
          rules:
        """
            .formatted(parent)
        + rules.indent(2);
  }

  private List<Route> called(Scope scope) {
    return Objects.requireNonNull(RouteTable.of(mesh.model(), "orders.shop:8080", scope))
        .getVirtualHosts(0)
        .getRoutesList();
  }

  private List<Route> served(Scope scope, int port) throws Exception {
    return served(mesh.model(), scope, port);
  }

  private static List<Route> served(MeshModel model, Scope scope, int port) throws Exception {
    Listener listener =
        Objects.requireNonNull(
            InboundTranslator.listener(model, "endomesh/inbound/" + port, scope));
    FilterChain chain = listener.getFilterChains(0);
    return chain
        .getFilters(0)
        .getTypedConfig()
        .unpack(HttpConnectionManager.class)
        .getRouteConfig()
        .getVirtualHosts(0)
        .getRoutesList();
  }

  private static CorsPolicy cors(Route route) throws Exception {
    return route.getTypedPerFilterConfigOrThrow("envoy.filters.http.cors").unpack(CorsPolicy.class);
  }
}
