package io.endomesh.controller.translate;

import static org.assertj.core.api.Assertions.assertThat;

import io.envoyproxy.envoy.config.cluster.v3.Cluster;
import io.envoyproxy.envoy.config.endpoint.v3.ClusterLoadAssignment;
import io.envoyproxy.envoy.config.endpoint.v3.LbEndpoint;
import java.util.List;
import org.junit.jupiter.api.Test;

class DatabaseRolesTest {

  private static final String ENTRY =
      """
      apiVersion: networking.istio.io/v1
      kind: ServiceEntry
      metadata: {name: orders-db, namespace: shop}
      spec:
        hosts: [orders-db, orders-db-ro]
        ports: [{number: 5432}]
        resolution: STATIC
        endpoints:
        - {address: 10.0.0.1, labels: {role: primary}}
        - {address: 10.0.0.2, labels: {role: replica}}
        - {address: 10.0.0.3, labels: {role: primary}}
        - {address: 10.0.0.4, labels: {role: replica}}
        - {address: 10.0.0.5, labels: {role: witness}}
      """;

  private static final String POLICY =
      """
      apiVersion: endomesh.io/v1
      kind: DatabasePolicy
      metadata: {name: db, namespace: shop}
      spec:
        hosts: [orders-db]
        %s
        replicas: {matchLabels: {role: replica}, hosts: [orders-db-ro]}
      """;

  private static final String PRIMARY = "primary: {matchLabels: {role: primary}}";

  private final Models mesh = new Models();

  @Test
  void connections_ofAHost_goToThePrimaryAndReadOnlyOnesToReplicas() throws Exception {
    mesh.apply(ENTRY).apply(POLICY.formatted(PRIMARY));
    assertThat(routes("orders-db:5432"))
        .containsExactly(
            "endomesh-read-only=true -> outbound|5432|replicas|orders-db",
            " -> outbound|5432|primary|orders-db");
  }

  @Test
  void connections_ofAReadersHost_goToReplicas() throws Exception {
    mesh.apply(ENTRY).apply(POLICY.formatted(PRIMARY));
    assertThat(routes("orders-db-ro:5432"))
        .containsExactly(" -> outbound|5432|replicas|orders-db-ro");
  }

  @Test
  void connections_withoutRoles_goToAllEndpoints() throws Exception {
    mesh.apply(ENTRY);
    assertThat(routes("orders-db:5432")).containsExactly(" -> outbound|5432||orders-db");
    assertThat(priorities("outbound|5432||orders-db"))
        .containsExactly(List.of("10.0.0.1", "10.0.0.2", "10.0.0.3", "10.0.0.4", "10.0.0.5"));
  }

  @Test
  void endpoints_ofThePrimary_areThoseInTheirOrder() throws Exception {
    mesh.apply(ENTRY).apply(POLICY.formatted(PRIMARY));
    assertThat(priorities("outbound|5432|primary|orders-db"))
        .containsExactly(List.of("10.0.0.1"), List.of("10.0.0.3"));
  }

  @Test
  void endpoints_ofReplicas_areAllOfThemAndThePrimaryBehind() throws Exception {
    mesh.apply(ENTRY).apply(POLICY.formatted(PRIMARY));
    assertThat(priorities("outbound|5432|replicas|orders-db-ro"))
        .containsExactly(List.of("10.0.0.2", "10.0.0.4"), List.of("10.0.0.1"), List.of("10.0.0.3"));
  }

  @Test
  void primary_notSaid_isWhatIsNoReplica() throws Exception {
    mesh.apply(ENTRY).apply(POLICY.formatted(""));
    assertThat(priorities("outbound|5432|primary|orders-db"))
        .containsExactly(List.of("10.0.0.1"), List.of("10.0.0.3"), List.of("10.0.0.5"));
  }

  @Test
  void cluster_ofARole_failsOverAfterOneConnection() throws Exception {
    mesh.apply(ENTRY).apply(POLICY.formatted(PRIMARY));
    Cluster cluster = cluster("outbound|5432|primary|orders-db");
    assertThat(cluster.getOutlierDetection().getConsecutiveLocalOriginFailure().getValue())
        .isEqualTo(1);
    assertThat(cluster("outbound|5432||orders-db").hasOutlierDetection()).isFalse();
  }

  @Test
  void cluster_withADestinationRule_hasItsOutlierDetection() throws Exception {
    mesh.apply(ENTRY).apply(POLICY.formatted(PRIMARY));
    mesh.apply(
        """
        apiVersion: networking.istio.io/v1
        kind: DestinationRule
        metadata: {name: db, namespace: shop}
        spec:
          host: orders-db.example.com
          trafficPolicy: {outlierDetection: {consecutive5xxErrors: 7}}
        """);
    mesh.apply(ENTRY.replace("orders-db-ro]", "orders-db-ro, orders-db.example.com]"));
    mesh.apply(POLICY.formatted(PRIMARY).replace("[orders-db]", "[orders-db.example.com]"));
    Cluster cluster = cluster("outbound|5432|primary|orders-db.example.com");
    assertThat(cluster.getOutlierDetection().getConsecutive5Xx().getValue()).isEqualTo(7);
  }

  private List<String> routes(String name) throws Exception {
    return RouteTable.of(mesh.model(), name, Models.AGENT)
        .getVirtualHosts(0)
        .getRoutesList()
        .stream()
        .map(
            route ->
                route.getMatch().getHeadersList().stream()
                        .map(each -> each.getName() + "=" + each.getStringMatch().getExact())
                        .findFirst()
                        .orElse("")
                    + " -> "
                    + route.getRoute().getCluster())
        .toList();
  }

  private Cluster cluster(String name) throws Exception {
    return ClusterTranslator.cluster(mesh.model(), name, Scope.Dialect.AGENT);
  }

  private List<List<String>> priorities(String name) throws Exception {
    ClusterLoadAssignment endpoints = ClusterTranslator.endpoints(mesh.model(), name, Models.AGENT);
    return endpoints.getEndpointsList().stream()
        .map(each -> each.getLbEndpointsList().stream().map(DatabaseRolesTest::address).toList())
        .toList();
  }

  private static String address(LbEndpoint endpoint) {
    return endpoint.getEndpoint().getAddress().getSocketAddress().getAddress();
  }
}
