package io.endomesh.controller.translate;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.endomesh.controller.kinds.InvalidResourceException;
import io.envoyproxy.envoy.config.cluster.v3.Cluster;
import io.envoyproxy.envoy.config.endpoint.v3.ClusterLoadAssignment;
import io.envoyproxy.envoy.config.route.v3.HeaderMatcher;
import io.envoyproxy.envoy.config.route.v3.Route;
import io.envoyproxy.envoy.config.route.v3.RouteMatch.PathSpecifierCase;
import io.envoyproxy.envoy.extensions.filters.http.fault.v3.HTTPFault;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** VirtualService and DestinationRule of Istio. */
class IstioTrafficTest {

  private static final String V2 = "outbound|8080|v2|orders.shop";

  private final Models mesh =
      new Models()
          .workload("orders", "orders-1", "v1", 8080)
          .workload("orders", "orders-2", "v2", 8081);

  @Test
  void virtualService_routesStandInTheirOwnOrder() throws Exception {
    virtualService(
        """
        - match:
          - {uri: {prefix: /}, headers: {X-User: {exact: tester}}, withoutHeaders: {x-bot: {}}}
          route: [{destination: {host: orders, subset: v2}}]
        - match: [{uri: {exact: /health}, method: {exact: GET}}]
          directResponse: {status: 204}
        - route: [{destination: {host: orders}, weight: 90}, {destination: {host: orders, subset: v2}, weight: 10}]
          timeout: 2s
          retries: {attempts: 3, perTryTimeout: 500ms, retryOn: "5xx,reset,429"}
        """);

    List<Route> routes = routes();
    assertThat(routes)
        .extracting(Route::getName)
        .containsExactly(
            "VirtualService/shop/orders rule 0",
            "VirtualService/shop/orders rule 1",
            "VirtualService/shop/orders rule 2");
    assertThat(routes.get(0).getRoute().getCluster()).isEqualTo(V2);
    assertThat(routes.get(0).getMatch().getHeadersList())
        .extracting(h -> h.getName() + " " + h.getInvertMatch())
        .containsExactly("x-user false", "x-bot true");
    assertThat(routes.get(1).getDirectResponse().getStatus()).isEqualTo(204);
    assertThat(routes.get(1).getMatch().getPathSpecifierCase()).isEqualTo(PathSpecifierCase.PATH);
    assertThat(routes.get(2).getRoute().getWeightedClusters().getClustersCount()).isEqualTo(2);
    assertThat(routes.get(2).getRoute().getRetryPolicy().getRetryOn())
        .isEqualTo(
            "connect-failure,refused-stream,reset-before-request,retriable-status-codes,5xx,reset,resource-exhausted");
    assertThat(routes.get(2).getRoute().getRetryPolicy().getRetriableStatusCodesList())
        .containsExactly(429);
  }

  @Test
  void virtualService_sourceLabels_matchForCallersThatCarryThem() throws Exception {
    virtualService(
        """
        - match: [{sourceLabels: {app: storefront}, method: {regex: "GET|HEAD"}, authority: {prefix: orders}}]
          route: [{destination: {host: orders, subset: v2}}]
        - route: [{destination: {host: orders}}]
        """);

    Route first = routes().get(0);
    assertThat(first.getRoute().getCluster()).isEqualTo(V2);
    assertThat(first.getMatch().getHeadersList())
        .extracting(HeaderMatcher::getName)
        .containsExactly(":method", ":authority");
    XdsView view = new XdsView(mesh.model());
    Scope other = new Scope("shop", Map.of("app", "admin"), Scope.Dialect.AGENT);
    Scope more = new Scope("shop", Map.of("app", "storefront", "a", "b"), Scope.Dialect.AGENT);
    String name = "orders.shop:8080";
    assertThat(RouteTable.of(mesh.model(), name, other).getVirtualHosts(0).getRoutesCount())
        .isEqualTo(1);
    XdsResource ofStorefront = view.resource(ResourceType.ROUTE, name, Models.AGENT);
    assertThat(view.resource(ResourceType.ROUTE, name, other)).isNotEqualTo(ofStorefront);
    assertThat(view.resource(ResourceType.ROUTE, name, more)).isSameAs(ofStorefront);
  }

  @Test
  void virtualService_weights_areIstios() throws Exception {
    virtualService(
        """
        - match: [{uri: {prefix: /one}}]
          route: [{destination: {host: orders, subset: v2}, weight: 0}]
        - route: [{destination: {host: orders}}, {destination: {host: orders, subset: v2}, weight: 7}]
        """);

    assertThat(routes())
        .extracting(route -> route.getRoute().getCluster())
        .as("one destination gets all calls, and of several one without a weight none")
        .containsExactly(V2, V2);
  }

  @Test
  void virtualService_destinationWithoutPort_isThePortThatIsCalled() throws Exception {
    mesh.apply(
        """
        apiVersion: v1
        kind: Service
        metadata: {name: orders, namespace: shop}
        spec: {selector: {app: orders}, ports: [{port: 80, targetPort: 8080}, {port: 7070}]}
        """);
    virtualService("- route: [{destination: {host: orders}}]");

    for (String port : List.of("80", "7070")) {
      assertThat(RouteTable.of(mesh.model(), "orders.shop:" + port, Models.AGENT))
          .extracting(table -> table.getVirtualHosts(0).getRoutes(0).getRoute().getCluster())
          .isEqualTo("outbound|" + port + "||orders.shop");
    }
  }

  @Test
  void virtualService_faultsUntil_travelWithTheRoute() throws Exception {
    mesh.apply(
        """
        apiVersion: networking.istio.io/v1
        kind: VirtualService
        metadata:
          name: orders
          namespace: shop
          annotations: {endomesh.io/faults-until: "2026-12-01T19:00:00+01:00"}
        spec:
          hosts: [orders]
          http:
            - fault: {abort: {httpStatus: 503, percentage: {value: 100}}}
              route: [{destination: {host: orders}}]
        """);

    assertThat(
            routes()
                .get(0)
                .getMetadata()
                .getFilterMetadataOrThrow("endomesh")
                .getFieldsOrThrow("faults_until")
                .getStringValue())
        .isEqualTo("2026-12-01T18:00:00Z");
    assertThat(
            RouteTable.of(mesh.model(), "orders.shop:8080", Models.GRPC)
                .getVirtualHosts(0)
                .getRoutes(0)
                .containsTypedPerFilterConfig(FilterTranslator.FAULT))
        .as("gRPC's clients would not know when to stop")
        .isFalse();
  }

  @Test
  void destinationRule_cookieWithALifetime_isMadeByTheMesh() throws Exception {
    destinationRule(
        "trafficPolicy: {loadBalancer: {consistentHash: {httpCookie: {name: sid, ttl: 1h}}}}\n");

    assertThat(routes().get(0).getRoute().getHashPolicy(0).getCookie().getTtl().getSeconds())
        .isEqualTo(3_600);
  }

  @Test
  void virtualService_fault_becomesEnvoysFilter() throws Exception {
    virtualService(
        """
        - fault:
            delay: {fixedDelay: 2s, percentage: {value: 0.5}}
            abort: {grpcStatus: UNAVAILABLE, percentage: {value: 10}}
          route: [{destination: {host: orders}}]
        """);

    HTTPFault fault =
        routes()
            .get(0)
            .getTypedPerFilterConfigOrThrow("envoy.filters.http.fault")
            .unpack(HTTPFault.class);
    assertThat(fault.getDelay().getFixedDelay().getSeconds()).isEqualTo(2);
    assertThat(fault.getDelay().getPercentage().getNumerator()).isEqualTo(5_000);
    assertThat(fault.getAbort().getGrpcStatus()).isEqualTo(14);
    assertThat(fault.getAbort().getPercentage().getNumerator()).isEqualTo(100_000);
  }

  @Test
  void virtualService_besideAnHttpRoute_doesNotCount() throws Exception {
    virtualService("- route: [{destination: {host: orders, subset: v2}}]\n");
    mesh.apply(
        """
        apiVersion: gateway.networking.k8s.io/v1
        kind: HTTPRoute
        metadata: {name: r, namespace: shop}
        spec:
          parentRefs: [{kind: Service, group: "", name: orders}]
          rules: [{backendRefs: [{name: orders}]}]
        """);

    assertThat(routes()).extracting(Route::getName).containsExactly("HTTPRoute/shop/r rule 0");
  }

  @Test
  void destinationRule_saysHowEndpointsAreChosenAndProtected() throws Exception {
    destinationRule(
        """
        trafficPolicy:
          loadBalancer: {simple: ROUND_ROBIN, warmupDurationSecs: 30s}
          connectionPool:
            tcp: {maxConnections: 10}
            http: {http1MaxPendingRequests: 5, http2MaxRequests: 100, maxRetries: 2}
          outlierDetection:
            consecutive5xxErrors: 3
            interval: 5s
            baseEjectionTime: 1m
            maxEjectionPercent: 50
        subsets:
        - {name: v2, labels: {version: v2}, trafficPolicy: {loadBalancer: {simple: RANDOM}}}
        """);

    Cluster all = cluster("outbound|8080||orders.shop");
    assertThat(all.getLbPolicy()).isEqualTo(Cluster.LbPolicy.ROUND_ROBIN);
    assertThat(all.getRoundRobinLbConfig().getSlowStartConfig().getSlowStartWindow().getSeconds())
        .isEqualTo(30);
    assertThat(all.getCircuitBreakers().getThresholds(0).getMaxRequests().getValue())
        .isEqualTo(100);
    assertThat(all.getCircuitBreakers().getThresholds(0).getMaxRetries().getValue()).isEqualTo(2);
    assertThat(all.getOutlierDetection().getConsecutive5Xx().getValue()).isEqualTo(3);
    assertThat(all.getOutlierDetection().getInterval().getSeconds()).isEqualTo(5);
    assertThat(all.getOutlierDetection().getMaxEjectionPercent().getValue()).isEqualTo(50);
    assertThat(all.getCommonLbConfig().getHealthyPanicThreshold().getValue()).isZero();
    assertThat(
            all.getMetadata()
                .getFilterMetadataOrThrow("endomesh")
                .getFieldsOrThrow("policy")
                .getStringValue())
        .isEqualTo("DestinationRule/shop/orders");
    Cluster v2 = cluster(V2);
    assertThat(v2.getLbPolicy()).isEqualTo(Cluster.LbPolicy.RANDOM);
    assertThat(v2.hasOutlierDetection()).isTrue();
  }

  @Test
  void destinationRule_subset_hasTheWorkloadsWithItsLabels() throws Exception {
    destinationRule("subsets: [{name: v2, labels: {version: v2}}]\n");

    ClusterLoadAssignment v2 =
        Objects.requireNonNull(ClusterTranslator.endpoints(mesh.model(), V2, Models.AGENT));
    assertThat(v2.getEndpoints(0).getLbEndpointsList())
        .extracting(e -> e.getEndpoint().getAddress().getSocketAddress().getPortValue())
        .containsExactly(8081);
    ClusterLoadAssignment unknown =
        Objects.requireNonNull(
            ClusterTranslator.endpoints(
                mesh.model(), "outbound|8080|v3|orders.shop", Models.AGENT));
    assertThat(unknown.getEndpointsList()).isEmpty();
  }

  @Test
  void destinationRule_consistentHash_isSaidByClusterAndRoute() throws Exception {
    destinationRule(
        "trafficPolicy: {loadBalancer: {consistentHash: {httpHeaderName: X-User, maglev:"
            + " {tableSize: 65537}}}}\n");

    Cluster cluster = cluster("outbound|8080||orders.shop");
    assertThat(cluster.getLbPolicy()).isEqualTo(Cluster.LbPolicy.MAGLEV);
    assertThat(routes().get(0).getRoute().getHashPolicy(0).getHeader().getHeaderName())
        .isEqualTo("x-user");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      value = {
        "host: orders.finance.svc.cluster.local | (expected: a host of namespace shop",
        "host: '*.shop' | no wildcard",
        "{host: orders, trafficPolicy: {loadBalancer: {simple: FASTEST}}} | 'FASTEST' (expected",
        "{host: orders, trafficPolicy: {tls: {mode: MUTUALLY}}} | 'MUTUALLY' (expected: DISABLE,"
            + " SIMPLE, MUTUAL or ISTIO_MUTUAL",
        "{host: orders, trafficPolicy: {portLevelSettings: [{}]}} | port: absent",
        "{host: orders, trafficPolicy: {portLevelSettings: [{port: {number: 0}}]}} | number: 0",
        "{host: orders, trafficPolicy: {portLevelSettings: [{port: {number: 1}}, {port: {number:"
            + " 1}}]}} | 1 twice (expected: once)",
        "{host: orders, trafficPolicy: {portLevelSettings: [{port: {number: 1}, tunnel: {}}]}} |"
            + " unknown field",
        "{host: orders, subsets: [{name: a}]} | labels that tell its workloads",
        "{host: orders, trafficPolicy: {loadBalancer: {consistentHash: {}}}} | 0 things to hash",
      })
  void destinationRule_thatMakesNoSense_isRefused(String spec, String why) {
    String yaml =
        "apiVersion: networking.istio.io/v1\nkind: DestinationRule\n"
            + "metadata: {name: orders, namespace: shop}\nspec:\n"
            + spec.indent(2);
    assertThatThrownBy(() -> mesh.apply(yaml))
        .isInstanceOf(InvalidResourceException.class)
        .hasMessageContaining(why);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      value = {
        "[{}] | absent (expected: a destination, a redirect, a directResponse or a delegate)",
        "[{route: [{destination: {host: orders}}], retries: {retryOn: 5xy}}] | '5xy' (expected",
        "[{route: [{destination: {host: orders}}], fault: {}}] | neither delay nor abort",
        "[{route: [{destination: {host: orders}}], fault: {abort: {grpcStatus: NOPE}}}] | 'NOPE'",
        "[{route: [{destination: {host: orders}}], corsPolicy: {allowedOrigins: []}}] | unknown"
            + " field",
        "[{route: [{destination: {host: orders}}], corsPolicy: {unmatchedPreflights: NO}}] | 'NO'",
        "[{route: [{destination: {host: a}}, {destination: {host: b}}]}] | weights sum to 0",
        "[{match: [{uri: {regex: '('}}], route: [{destination: {host: orders}}]}] | regular",
      })
  void virtualService_thatMakesNoSense_isRefused(String http, String why) {
    assertThatThrownBy(() -> virtualService(http + "\n"))
        .isInstanceOf(InvalidResourceException.class)
        .hasMessageContaining(why);
  }

  private void virtualService(String http) throws Exception {
    mesh.apply(
        "apiVersion: networking.istio.io/v1\nkind: VirtualService\n"
            + "metadata: {name: orders, namespace: shop}\nspec:\n  hosts: [orders]\n  http:\n"
            + http.indent(4));
  }

  private void destinationRule(String spec) throws Exception {
    mesh.apply(
        "apiVersion: networking.istio.io/v1\nkind: DestinationRule\n"
            + "metadata: {name: orders, namespace: shop}\nspec:\n  host: orders\n"
            + spec.indent(2));
  }

  private List<Route> routes() {
    return Objects.requireNonNull(RouteTable.of(mesh.model(), "orders.shop:8080", Models.AGENT))
        .getVirtualHosts(0)
        .getRoutesList();
  }

  private Cluster cluster(String name) {
    return Objects.requireNonNull(
        ClusterTranslator.cluster(mesh.model(), name, Scope.Dialect.AGENT));
  }
}
