package io.endomesh.controller.translate;

import static org.assertj.core.api.Assertions.assertThat;

import io.endomesh.controller.kinds.RouteFilters;
import io.envoyproxy.envoy.config.route.v3.Route;
import io.envoyproxy.envoy.extensions.filters.http.fault.v3.HTTPFault;
import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class InjectedFaultTest {

  private static final Instant END = Instant.parse("2026-11-27T10:05:00Z");

  private static final String ROUTE =
      """
      apiVersion: gateway.networking.k8s.io/v1
      kind: HTTPRoute
      metadata: {name: orders, namespace: shop}
      spec:
        parentRefs: [{group: "", kind: Service, name: orders}]
        rules:
        - matches: [{path: {value: /cart}}]
          backendRefs: [{name: orders}]
        - backendRefs: [{name: orders}]
      """;

  private final Models mesh = new Models().workload("orders", "orders-1", "v1", 8080);

  @Test
  void put_onAServiceWithoutRoutes_isOnAllItsCalls_withEndAndName() throws Exception {
    List<Route> routes = routes(fault("orders", null), Models.AGENT);

    assertThat(routes).hasSize(1);
    HTTPFault filter =
        routes
            .get(0)
            .getTypedPerFilterConfigOrThrow(FilterTranslator.FAULT)
            .unpack(HTTPFault.class);
    assertThat(filter.getAbort().getHttpStatus()).isEqualTo(503);
    assertThat(filter.getAbort().getPercentage().getNumerator()).isEqualTo(100_000);
    assertThat(filter.hasDelay()).isFalse();
    assertThat(routes.get(0).getMetadata().toString())
        .contains("2026-11-27T10:05:00Z", "FaultTest/shop/1");
  }

  @Test
  void put_onOneRule_leavesTheOthers_andOnTheRouteHitsAll() throws Exception {
    mesh.apply(ROUTE);

    assertThat(hit(fault("orders", "HTTPRoute/shop/orders rule 0"))).containsExactly(true, false);
    assertThat(hit(fault("orders", "HTTPRoute/shop/orders"))).containsExactly(true, true);
    assertThat(hit(fault("orders", "HTTPRoute/shop/order"))).containsExactly(false, false);
    assertThat(hit(fault("orders", null))).containsExactly(true, true);
  }

  @Test
  void put_onAnotherService_leavesThisOne() throws Exception {
    assertThat(hit(fault("carts", null))).containsExactly(false);
  }

  @Test
  void put_forGrpcsOwnClients_isNotTold() throws Exception {
    Route route = routes(fault("orders", null), Models.GRPC).get(0);

    assertThat(route.containsTypedPerFilterConfig(FilterTranslator.FAULT)).isFalse();
  }

  @Test
  void put_whereTheRouteHasAFault_takesItsPlaceForTheTime() throws Exception {
    mesh.apply(
        """
        apiVersion: networking.istio.io/v1
        kind: VirtualService
        metadata:
          name: orders
          namespace: shop
          annotations: {endomesh.io/faults-until: "2026-12-01T18:00:00Z"}
        spec:
          hosts: [orders]
          http:
          - fault: {delay: {fixedDelay: 1s, percentage: {value: 100}}}
            route: [{destination: {host: orders}}]
        """);

    Route route = routes(fault("orders", null), Models.AGENT).get(0);

    assertThat(
            route
                .getTypedPerFilterConfigOrThrow(FilterTranslator.FAULT)
                .unpack(HTTPFault.class)
                .hasDelay())
        .isFalse();
    assertThat(route.getMetadata().toString())
        .contains("2026-11-27T10:05:00Z")
        .doesNotContain("2026-12-01");
  }

  @Test
  void put_drafts_areExplainedUnderTheFaultsOfNow() throws Exception {
    MeshModel draft = Drafts.over(mesh.model(List.of(fault("orders", null))), List.of());

    assertThat(
            RouteTable.of(draft, "orders.shop:8080", Models.AGENT)
                .getVirtualHosts(0)
                .getRoutes(0)
                .containsTypedPerFilterConfig(FilterTranslator.FAULT))
        .isTrue();
  }

  private List<Boolean> hit(InjectedFault fault) {
    return routes(fault, Models.AGENT).stream()
        .map(route -> route.containsTypedPerFilterConfig(FilterTranslator.FAULT))
        .toList();
  }

  private List<Route> routes(InjectedFault fault, Scope scope) {
    return RouteTable.of(mesh.model(List.of(fault)), "orders.shop:8080", scope)
        .getVirtualHosts(0)
        .getRoutesList();
  }

  private static InjectedFault fault(String service, @Nullable String route) {
    return new InjectedFault(
        "FaultTest/shop/1",
        new ServiceKey("shop", service),
        route,
        new RouteFilters.Fault(0, 0, 503, -1, 100_000, END));
  }
}
