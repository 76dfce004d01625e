package io.endomesh.controller.translate;

import static org.assertj.core.api.Assertions.assertThat;

import io.envoyproxy.envoy.config.route.v3.Route;
import io.envoyproxy.envoy.config.route.v3.RouteAction;
import io.envoyproxy.envoy.config.route.v3.RouteConfiguration;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.junit.jupiter.api.Test;

class RouteTableTest {

  private static final String ORDERS = "orders.shop:8080";

  private final Models mesh =
      new Models()
          .workload("orders", "orders-1", "v1", 8080)
          .workload("orders", "orders-2", "v2", 8081);

  @Test
  void of_noRoute_leadsToTheServiceWithoutTimeout() throws Exception {
    assertThat(routes(Models.AGENT).get(0).toString())
        .isEqualTo(
            """
            match {
              prefix: "/"
            }
            route {
              cluster: "outbound|8080||orders.shop"
              timeout {
              }
            }
            name: "Service/shop/orders"
            """);
  }

  @Test
  void of_httpRoute_isTranslatedInFull() throws Exception {
    mesh.apply(
        """
        apiVersion: v1
        kind: Service
        metadata: {name: orders-v2, namespace: shop}
        spec: {selector: {app: orders, version: v2}}
        ---
        apiVersion: gateway.networking.k8s.io/v1
        kind: HTTPRoute
        metadata: {name: split, namespace: shop}
        spec:
          parentRefs: [{kind: Service, group: "", name: orders}]
          rules:
          - matches:
            - path: {type: PathPrefix, value: /cart/}
              method: POST
              headers: [{name: X-Beta, value: "yes"}]
              queryParams: [{name: q, type: RegularExpression, value: "a+"}]
            backendRefs: [{name: orders, weight: 9}, {name: orders-v2, weight: 1}]
            timeouts: {request: 2s, backendRequest: 500ms}
            retry: {codes: [503, 502], attempts: 4, backoff: 10ms}
        """);

    assertThat(routes(Models.AGENT)).hasSize(1);
    assertThat(routes(Models.AGENT).get(0).toString())
        .isEqualTo(
            """
            match {
              headers {
                name: ":method"
                string_match {
                  exact: "POST"
                }
              }
              headers {
                name: "x-beta"
                string_match {
                  exact: "yes"
                }
              }
              query_parameters {
                name: "q"
                string_match {
                  safe_regex {
                    regex: "a+"
                  }
                }
              }
              path_separated_prefix: "/cart"
            }
            route {
              weighted_clusters {
                clusters {
                  name: "outbound|8080||orders.shop"
                  weight {
                    value: 9
                  }
                }
                clusters {
                  name: "outbound|8080||orders-v2.shop"
                  weight {
                    value: 1
                  }
                }
              }
              timeout {
                seconds: 2
              }
              retry_policy {
                retry_on: "connect-failure,refused-stream,reset-before-request,retriable-status-codes,unavailable"
                num_retries {
                  value: 4
                }
                per_try_timeout {
                  nanos: 500000000
                }
                retriable_status_codes: 503
                retriable_status_codes: 502
                retry_back_off {
                  base_interval {
                    nanos: 10000000
                  }
                  max_interval {
                    nanos: 100000000
                  }
                }
              }
              max_stream_duration {
                max_stream_duration {
                  seconds: 2
                }
              }
            }
            name: "HTTPRoute/shop/split rule 0"
            """);
  }

  @Test
  void of_severalMatches_areOrderedAsGatewayApiDemands() throws Exception {
    mesh.apply(
        """
        apiVersion: gateway.networking.k8s.io/v1
        kind: HTTPRoute
        metadata: {name: b-old, namespace: shop}
        spec:
          parentRefs: [{kind: Service, group: "", name: orders}]
          rules:
          - {backendRefs: [{name: orders}]}
          - {matches: [{path: {value: /a}}], backendRefs: [{name: orders}]}
          - {matches: [{path: {value: /a}, headers: [{name: h, value: v}]}], backendRefs: [{name: orders}]}
          - {matches: [{path: {value: /a}, method: GET}], backendRefs: [{name: orders}]}
          - {matches: [{path: {value: /a/b}}], backendRefs: [{name: orders}]}
          - {matches: [{path: {type: Exact, value: /a}}], backendRefs: [{name: orders}]}
        ---
        apiVersion: gateway.networking.k8s.io/v1
        kind: HTTPRoute
        metadata: {name: a-young, namespace: shop}
        spec:
          parentRefs: [{kind: Service, group: "", name: orders}]
          rules:
          - {matches: [{path: {value: /a}}], backendRefs: [{name: orders}]}
        """);

    assertThat(routes(Models.AGENT))
        .extracting(Route::getName)
        .containsExactly(
            "HTTPRoute/shop/b-old rule 5",
            "HTTPRoute/shop/b-old rule 4",
            "HTTPRoute/shop/b-old rule 3",
            "HTTPRoute/shop/b-old rule 2",
            "HTTPRoute/shop/b-old rule 1",
            "HTTPRoute/shop/a-young rule 0",
            "HTTPRoute/shop/b-old rule 0");
  }

  @Test
  void of_grpcRoute_mapsMethodsAndStatuses() throws Exception {
    mesh.apply(
        """
        apiVersion: gateway.networking.k8s.io/v1
        kind: GRPCRoute
        metadata: {name: stock, namespace: shop}
        spec:
          parentRefs: [{kind: Service, group: "", name: orders}]
          rules:
          - matches: [{method: {service: shop.Stock}}]
            backendRefs: [{name: orders}]
          - matches: [{method: {service: shop.Stock, method: Take}}]
            backendRefs: [{name: orders}]
            retry: {codes: [503, 504, 429, 500], attempts: 1}
          - matches: [{method: {method: Health}}]
            backendRefs: [{name: orders}]
        """);

    List<Route> routes = routes(Models.AGENT);

    assertThat(routes.get(0).getMatch().getPath()).isEqualTo("/shop.Stock/Take");
    assertThat(routes.get(0).getRoute().getRetryPolicy().getRetryOn())
        .endsWith("unavailable,deadline-exceeded,resource-exhausted,internal");
    assertThat(routes.get(1).getMatch().getPrefix()).isEqualTo("/shop.Stock/");
    assertThat(routes.get(2).getMatch().getSafeRegex().getRegex()).isEqualTo("/[^/]+/Health");
  }

  @Test
  void of_consumerRoute_countsForItsNamespaceOnly() throws Exception {
    mesh.apply(
        """
        apiVersion: gateway.networking.k8s.io/v1
        kind: HTTPRoute
        metadata: {name: mine, namespace: finance}
        spec:
          parentRefs: [{kind: Service, group: "", name: orders, namespace: shop}]
          rules: [{backendRefs: [{name: orders, namespace: shop}], timeouts: {request: 1s}}]
        """);

    assertThat(routes(Models.AGENT).get(0).getName()).isEqualTo("Service/shop/orders");
    assertThat(
            routes(new Scope("finance", Models.AGENT.labels(), Scope.Dialect.AGENT))
                .get(0)
                .getName())
        .isEqualTo("HTTPRoute/finance/mine rule 0");
  }

  /** A route of shop that sends the callers of orders to a service of finance. */
  private static final String ACROSS =
      """
      apiVersion: gateway.networking.k8s.io/v1
      kind: HTTPRoute
      metadata: {name: across, namespace: shop}
      spec:
        parentRefs: [{kind: Service, group: "", name: orders}]
        rules:
        - backendRefs: [{name: ledger, namespace: finance, port: 80}]
      """;

  private static String grant(String namespace, String kind, String to) {
    return """
    apiVersion: gateway.networking.k8s.io/v1beta1
    kind: ReferenceGrant
    metadata: {name: from-shop, namespace: %s}
    spec:
      from: [{group: gateway.networking.k8s.io, kind: %s, namespace: shop}]
      to: [{group: "", kind: Service%s}]
    """
        .formatted(namespace, kind, to);
  }

  private String ledger() {
    return routes(Models.AGENT).get(0).getRoute().getCluster();
  }

  @Test
  void of_backendOfAnotherNamespace_needsAGrantThere() throws Exception {
    mesh.apply(ACROSS);
    assertThat(ledger()).isEqualTo("not-permitted|80||ledger.finance");

    mesh.apply(grant("finance", "HTTPRoute", ""));
    assertThat(ledger()).isEqualTo("not-found|80||ledger.finance");
  }

  @Test
  void of_grantForOthers_permitsNothing() throws Exception {
    mesh.apply(ACROSS);
    for (String other :
        List.of(
            grant("shop", "HTTPRoute", ""),
            grant("finance", "GRPCRoute", ""),
            grant("finance", "HTTPRoute", ", name: payments"))) {
      mesh.apply(other);
      assertThat(ledger()).as(other).startsWith("not-permitted|");
    }
    mesh.apply(grant("finance", "HTTPRoute", ", name: ledger"));
    assertThat(ledger()).isEqualTo("not-found|80||ledger.finance");
  }

  @Test
  void of_mirrorOfAnotherNamespace_needsAGrantThere() throws Exception {
    String route =
        """
        apiVersion: gateway.networking.k8s.io/v1
        kind: HTTPRoute
        metadata: {name: copy, namespace: shop}
        spec:
          parentRefs: [{kind: Service, group: "", name: orders}]
          rules:
          - filters:
            - type: RequestMirror
              requestMirror: {backendRef: {name: ledger, namespace: finance, port: 80}}
        """;
    mesh.apply(route);
    assertThat(routes(Models.AGENT).get(0).getRoute().getRequestMirrorPolicies(0).getCluster())
        .startsWith("not-permitted|");
  }

  @Test
  void of_backendNobodyKnows_isAnsweredWith500_andUnavailableByGrpc() throws Exception {
    mesh.apply(ACROSS.replace("name: ledger, namespace: finance", "name: nobody"));

    RouteAction action = routes(Models.AGENT).get(0).getRoute();
    assertThat(action.getCluster()).isEqualTo("not-found|80||nobody.shop");
    assertThat(action.getClusterNotFoundResponseCode())
        .isEqualTo(RouteAction.ClusterNotFoundResponseCode.INTERNAL_SERVER_ERROR);
    assertThat(ClusterTranslator.cluster(mesh.model(), action.getCluster(), Scope.Dialect.AGENT))
        .as("such a cluster")
        .isNull();
    String forGrpc = routes(Models.GRPC).get(0).getRoute().getCluster();
    assertThat(forGrpc).isEqualTo("outbound|80||nobody.shop.not-found");
    assertThat(ClusterTranslator.cluster(mesh.model(), forGrpc, Scope.Dialect.GRPC)).isNotNull();
    assertThat(
            Objects.requireNonNull(
                    ClusterTranslator.endpoints(
                        mesh.model(), forGrpc, new Scope("shop", Map.of(), Scope.Dialect.GRPC)))
                .getEndpointsList())
        .isEmpty();
  }

  @Test
  void of_backendsWhoseWeightsAreAllZero_leadNowhere() throws Exception {
    mesh.apply(
        ACROSS.replace(
            "{name: ledger, namespace: finance, port: 80}", "{name: orders, weight: 0}"));

    RouteAction action = routes(Models.AGENT).get(0).getRoute();
    assertThat(action.getCluster()).isEqualTo("no-backend|8080||orders.shop");
    assertThat(action.getClusterNotFoundResponseCode())
        .isEqualTo(RouteAction.ClusterNotFoundResponseCode.INTERNAL_SERVER_ERROR);
  }

  @Test
  void of_ruleWithoutBackends_leadsToTheServiceItself() throws Exception {
    mesh.apply(
        """
        apiVersion: gateway.networking.k8s.io/v1
        kind: HTTPRoute
        metadata: {name: header, namespace: shop}
        spec:
          parentRefs: [{kind: Service, group: "", name: orders}]
          rules:
          - filters:
            - type: ResponseHeaderModifier
              responseHeaderModifier: {set: [{name: X-Set, value: yes-it-is}]}
        """);

    Route route = routes(Models.AGENT).get(0);
    assertThat(route.getRoute().getCluster()).isEqualTo("outbound|8080||orders.shop");
    assertThat(route.getResponseHeadersToAdd(0).getHeader().getKey()).isEqualTo("x-set");
  }

  @Test
  void of_grpcDialect_hasOnlyWhatGrpcClientsTake() throws Exception {
    mesh.apply(
        """
        apiVersion: gateway.networking.k8s.io/v1
        kind: HTTPRoute
        metadata: {name: split, namespace: shop}
        spec:
          parentRefs: [{kind: Service, group: "", name: orders}]
          rules:
          - matches: [{path: {value: /shop.Stock}}]
            backendRefs: [{name: orders}]
            timeouts: {backendRequest: 1s}
        """);

    Route route = routes(Models.GRPC).get(0);
    assertThat(route.getMatch().getSafeRegex().getRegex()).isEqualTo("/shop\\.Stock(/.*)?");
    assertThat(route.getRoute().hasRetryPolicy()).isFalse();
  }

  private List<Route> routes(Scope scope) {
    RouteConfiguration table = Objects.requireNonNull(RouteTable.of(mesh.model(), ORDERS, scope));
    return table.getVirtualHosts(0).getRoutesList();
  }
}
