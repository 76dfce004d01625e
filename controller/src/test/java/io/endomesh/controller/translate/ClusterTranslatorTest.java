package io.endomesh.controller.translate;

import static org.assertj.core.api.Assertions.assertThat;

import io.envoyproxy.envoy.config.cluster.v3.Cluster;
import io.envoyproxy.envoy.config.endpoint.v3.ClusterLoadAssignment;
import io.envoyproxy.envoy.config.endpoint.v3.LbEndpoint;
import java.util.List;
import java.util.Objects;
import org.junit.jupiter.api.Test;

class ClusterTranslatorTest {

  private final Models mesh =
      new Models()
          .workload("orders", "orders-1", "v1", 8080)
          .workload("orders", "orders-2", "v2", 8081);

  @Test
  void endpoints_instancesOnOneMachine_areAllAtTheirOwnPrimaryPort() {
    assertThat(ports("outbound|8080||orders.shop")).containsExactly(8080, 8081);
  }

  @Test
  void endpoints_selectorOfAVersion_haveOnlyThat() throws Exception {
    mesh.apply(
        """
        apiVersion: v1
        kind: Service
        metadata: {name: orders-v2, namespace: shop}
        spec: {selector: {app: orders, version: v2}, ports: [{port: 80, targetPort: 8080}]}
        """);

    assertThat(ports("outbound|80||orders-v2.shop")).containsExactly(8081);
  }

  @Test
  void endpoints_twoPortsWithOneTarget_areAtOnePortOfAnInstanceThatBoundOthers() throws Exception {
    mesh.workload("echo", "echo-1", "v1", 41001, 41002)
        .apply(
            """
            apiVersion: v1
            kind: Service
            metadata: {name: echo, namespace: shop}
            spec:
              selector: {app: echo}
              ports: [{port: 80, targetPort: 8080}, {port: 8080}, {port: 7070}]
            """);

    assertThat(ports("outbound|80||echo.shop")).containsExactly(41001);
    assertThat(ports("outbound|8080||echo.shop")).containsExactly(41001);
    assertThat(ports("outbound|7070||echo.shop")).containsExactly(41002);
  }

  @Test
  void endpoints_identityAndLabels_areInTheMetadata() {
    LbEndpoint endpoint = endpoints("outbound|8080||orders.shop").get(0);

    assertThat(endpoint.getMetadata().toString())
        .contains("spiffe://endomesh.local/ns/shop/sa/orders", "\"version\"", "\"v1\"");
  }

  @Test
  void endpoints_mtlsDisabled_haveNoIdentity() throws Exception {
    mesh.apply(
        """
        apiVersion: security.istio.io/v1
        kind: PeerAuthentication
        metadata: {name: plain, namespace: endomesh-system}
        spec: {mtls: {mode: DISABLE}}
        """);

    assertThat(endpoints("outbound|8080||orders.shop").get(0).getMetadata().toString())
        .doesNotContain("spiffe");
  }

  @Test
  void cluster_agent_mustProveTheIdentityOfTheService() {
    Cluster cluster =
        Objects.requireNonNull(
            ClusterTranslator.cluster(
                mesh.model(), "outbound|8080||orders.shop", Scope.Dialect.AGENT));

    assertThat(cluster.getTransportSocket().getTypedConfig().getValue().toStringUtf8())
        .contains("spiffe://endomesh.local/ns/shop/sa/orders");
  }

  @Test
  void cluster_unknownService_isThereWithoutEndpoints() {
    assertThat(
            ClusterTranslator.cluster(
                mesh.model(), "outbound|80||nobody.shop", Scope.Dialect.AGENT))
        .isNotNull();
    assertThat(endpoints("outbound|80||nobody.shop")).isEmpty();
  }

  @Test
  void listener_everySpelling_meansTheService() {
    for (String authority :
        List.of("orders", "orders:8080", "orders.shop", "orders.shop.svc.cluster.local:80")) {
      assertThat(OutboundListener.of(mesh.model(), authority, Models.AGENT))
          .as(authority)
          .isNotNull();
    }
    for (String authority :
        List.of("nobody", "orders.other", "www.example.com", "127.0.0.1:8080")) {
      assertThat(OutboundListener.of(mesh.model(), authority, Models.AGENT)).as(authority).isNull();
    }
  }

  @Test
  void serviceEntry_database_leadsToItsAddresses() throws Exception {
    mesh.apply(
        """
        apiVersion: networking.istio.io/v1
        kind: ServiceEntry
        metadata: {name: db, namespace: shop}
        spec:
          hosts: [ordersdb]
          ports: [{number: 5432, name: pg}]
          resolution: STATIC
          endpoints: [{address: 10.1.1.1, ports: {pg: 6432}}, {address: 10.1.1.2}]
        """);

    assertThat(OutboundListener.of(mesh.model(), "ordersdb:5432", Models.AGENT)).isNotNull();
    assertThat(ports("outbound|5432||ordersdb")).containsExactly(6432, 5432);
  }

  @Test
  void serviceEntry_withoutEndpoints_leavesTheHostToTheApplication() throws Exception {
    mesh.apply(
        """
        apiVersion: networking.istio.io/v1
        kind: ServiceEntry
        metadata: {name: api, namespace: shop}
        spec: {hosts: [api.example.com], ports: [{number: 443}], resolution: DNS}
        """);

    assertThat(OutboundListener.of(mesh.model(), "api.example.com", Models.AGENT)).isNull();
  }

  private List<Integer> ports(String cluster) {
    return endpoints(cluster).stream()
        .map(e -> e.getEndpoint().getAddress().getSocketAddress().getPortValue())
        .toList();
  }

  private List<LbEndpoint> endpoints(String cluster) {
    ClusterLoadAssignment assignment =
        Objects.requireNonNull(ClusterTranslator.endpoints(mesh.model(), cluster, Models.AGENT));
    return assignment.getEndpointsList().stream()
        .flatMap(locality -> locality.getLbEndpointsList().stream())
        .toList();
  }
}
