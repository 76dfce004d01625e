package io.endomesh.controller.translate;

import static org.assertj.core.api.Assertions.assertThat;

import io.envoyproxy.envoy.config.cluster.v3.Cluster;
import io.envoyproxy.envoy.config.endpoint.v3.ClusterLoadAssignment;
import io.envoyproxy.envoy.config.endpoint.v3.LbEndpoint;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.junit.jupiter.api.Test;

/** ServiceEntry and WorkloadEntry of Istio. */
class EntryEndpointsTest {

  private static final String LEDGER = "outbound|5432||ledger-db";
  private static final String PARTNER = "outbound|80||api.partner.example";

  private final Models mesh = new Models().workload("ledger", "ledger-1", "v1", 5432);

  @Test
  void endpoints_workloadSelector_areTheEntriesOfItsNamespaceWithItsLabels() throws Exception {
    ledger("location: MESH_INTERNAL, workloadSelector: {labels: {tier: db}}");
    workload("one", "shop", "{address: 10.1.1.1, labels: {tier: db}, weight: 3}");
    workload("two", "shop", "{address: 10.1.1.2, labels: {tier: db}, ports: {sql: 7000}}");
    workload("other", "shop", "{address: 10.1.1.3, labels: {tier: web}}");
    workload("foreign", "finance", "{address: 10.1.1.4, labels: {tier: db}}");
    workload("named", "shop", "{address: db.example, labels: {tier: db}}");

    assertThat(endpoints(LEDGER))
        .extracting(EntryEndpointsTest::text)
        .containsExactly("10.1.1.1:5432 weight 3", "10.1.1.2:7000 weight 1");
  }

  @Test
  void endpoints_workloadSelector_areTheWorkloadsThatJoinedToo() throws Exception {
    ledger("location: MESH_INTERNAL, workloadSelector: {labels: {app: ledger}}");
    assertThat(endpoints(LEDGER).get(0).getMetadata().toString())
        .contains("spiffe://endomesh.local/ns/shop/sa/ledger");
    assertThat(tls(LEDGER)).contains("spiffe://endomesh.local/ns/shop/sa/ledger");
  }

  @Test
  void endpoints_workloadThatOnlySaysTheLabelsItself_isNone() throws Exception {
    mesh.workloadOfServiceToken("thief", "thief-1", Map.of("tier", "db"), Map.of())
        .workloadOfServiceToken("vault", "vault-1", Map.of(), Map.of("tier", "db"));
    mesh.apply(
        """
        apiVersion: networking.istio.io/v1
        kind: ServiceEntry
        metadata: {name: ledger, namespace: shop}
        spec:
          hosts: [ledger-db]
          ports: [{number: 5432, name: sql, targetPort: 8080}]
          resolution: STATIC
          location: MESH_INTERNAL
          workloadSelector: {labels: {tier: db}}
        """);

    assertThat(endpoints(LEDGER)).hasSize(1);
    assertThat(tls(LEDGER)).contains("sa/vault").doesNotContain("sa/thief");
  }

  @Test
  void endpoints_workloadSelectorThatNobodyCarries_areNone() throws Exception {
    ledger("workloadSelector: {labels: {app: nobody}}");
    assertThat(endpoints(LEDGER)).isEmpty();
    assertThat(OutboundListener.of(mesh.model(), "ledger-db", Models.AGENT)).isNotNull();
  }

  @Test
  void endpoints_labelledForMeshTls_proveTheirServiceAccount() throws Exception {
    String labels = "labels: {tier: db, security.istio.io/tlsMode: istio}";
    ledger("location: MESH_INTERNAL, workloadSelector: {labels: {tier: db}}");
    workload("one", "shop", "{address: 10.1.1.1, serviceAccount: ledger-vm, " + labels + "}");
    workload("two", "shop", "{address: 10.1.1.2, labels: {tier: db}}");

    assertThat(endpoints(LEDGER).get(0).getMetadata().toString())
        .contains("spiffe://endomesh.local/ns/shop/sa/ledger-vm");
    assertThat(endpoints(LEDGER).get(1).getMetadata().toString()).doesNotContain("spiffe");
    assertThat(tls(LEDGER)).contains("spiffe://endomesh.local/ns/shop/sa/ledger-vm");
  }

  @Test
  void endpoints_outsideTheMesh_proveNothing() throws Exception {
    ledger("workloadSelector: {labels: {tier: db}}");
    workload(
        "one", "shop", "{address: 10.1.1.1, labels: {tier: db, security.istio.io/tlsMode: istio}}");
    assertThat(endpoints(LEDGER).get(0).getMetadata().toString()).doesNotContain("spiffe");
    assertThat(cluster(LEDGER).hasTransportSocket()).isFalse();
  }

  @Test
  void cluster_subjectAltNames_areWhatServersMustProve() throws Exception {
    ledger(
        "location: MESH_INTERNAL, subjectAltNames: ['spiffe://endomesh.local/ns/vm/sa/db'],"
            + " endpoints: [{address: 10.1.1.1, labels: {security.istio.io/tlsMode: istio}}]");
    assertThat(tls(LEDGER))
        .contains("spiffe://endomesh.local/ns/vm/sa/db")
        .doesNotContain("/sa/default");
  }

  @Test
  void cluster_subjectAltNamesOfAnotherTrustDomain_areCalledByMeshTls_whateverElseIsSaid()
      throws Exception {
    ledger(
        "subjectAltNames: ['spiffe://partner.example/ns/a/sa/db',"
            + " 'spiffe://partner.example/ns/b/sa/spare'],"
            + " endpoints: [{address: 10.1.1.1}, {address: 10.1.1.2, serviceAccount: spare}]");

    assertThat(endpoints(LEDGER).get(0).getMetadata().toString())
        .contains("spiffe://partner.example/ns/a/sa/db");
    assertThat(endpoints(LEDGER).get(1).getMetadata().toString())
        .contains("spiffe://partner.example/ns/b/sa/spare");
    assertThat(tls(LEDGER))
        .contains("partner.example/ns/a/sa/db", "partner.example/ns/b/sa/spare")
        .doesNotContain("endomesh.local");
  }

  @Test
  void cluster_hostOfAnotherTrustDomainThatDnsKnows_isCalledByMeshTls() throws Exception {
    mesh.apply(
        """
        apiVersion: networking.istio.io/v1
        kind: ServiceEntry
        metadata: {name: partner, namespace: shop}
        spec:
          hosts: [api.partner.example]
          ports: [{number: 80, name: http, targetPort: 8080}]
          resolution: DNS
          subjectAltNames: ['spiffe://partner.example/ns/a/sa/api']
        """);

    assertThat(OutboundListener.of(mesh.model(), "api.partner.example", Models.AGENT)).isNotNull();
    assertThat(tls(PARTNER)).contains("spiffe://partner.example/ns/a/sa/api");
  }

  @Test
  void cluster_endpointsWithNames_areAskedOfDnsByTheClient() throws Exception {
    mesh.apply(
        """
        apiVersion: networking.istio.io/v1
        kind: ServiceEntry
        metadata: {name: partner, namespace: shop}
        spec:
          hosts: [api.partner.example]
          ports: [{number: 80, name: http, targetPort: 8080}]
          resolution: DNS
          endpoints:
          - {address: EU.partner.example, locality: eu/west, weight: 2}
          - {address: us.partner.example, locality: us/east/1a, ports: {http: 9090}}
        """);

    Cluster cluster = cluster(PARTNER);
    assertThat(cluster.getType()).isEqualTo(Cluster.DiscoveryType.STRICT_DNS);
    assertThat(cluster.getLoadAssignment().getEndpointsList())
        .extracting(
            group ->
                group.getLocality().getRegion()
                    + "/"
                    + group.getLocality().getZone()
                    + "/"
                    + group.getLocality().getSubZone()
                    + " "
                    + text(group.getLbEndpoints(0)))
        .containsExactly(
            "eu/west/ eu.partner.example:8080 weight 2",
            "us/east/1a us.partner.example:9090 weight 1");
  }

  private void ledger(String fields) throws Exception {
    mesh.apply(
        """
        apiVersion: networking.istio.io/v1
        kind: ServiceEntry
        metadata: {name: ledger, namespace: shop}
        spec: {hosts: [ledger-db], ports: [{number: 5432, name: sql}], resolution: STATIC, %s}
        """
            .formatted(fields));
  }

  private void workload(String name, String namespace, String spec) throws Exception {
    mesh.apply(
        """
        apiVersion: networking.istio.io/v1
        kind: WorkloadEntry
        metadata: {name: %s, namespace: %s}
        spec: %s
        """
            .formatted(name, namespace, spec));
  }

  private Cluster cluster(String name) {
    return Objects.requireNonNull(
        ClusterTranslator.cluster(mesh.model(), name, Scope.Dialect.AGENT));
  }

  private String tls(String name) {
    return cluster(name).getTransportSocket().getTypedConfig().getValue().toStringUtf8();
  }

  private List<LbEndpoint> endpoints(String name) {
    ClusterLoadAssignment assignment =
        Objects.requireNonNull(ClusterTranslator.endpoints(mesh.model(), name, Models.AGENT));
    return assignment.getEndpointsList().stream()
        .flatMap(group -> group.getLbEndpointsList().stream())
        .toList();
  }

  private static String text(LbEndpoint endpoint) {
    var address = endpoint.getEndpoint().getAddress().getSocketAddress();
    return address.getAddress()
        + ":"
        + address.getPortValue()
        + " weight "
        + endpoint.getLoadBalancingWeight().getValue();
  }
}
