package io.endomesh.controller.translate;

import static org.assertj.core.api.Assertions.assertThat;

import io.endomesh.controller.kinds.BackendTlsPolicy;
import io.envoyproxy.envoy.config.cluster.v3.Cluster;
import io.envoyproxy.envoy.extensions.transport_sockets.tls.v3.CertificateValidationContext;
import io.envoyproxy.envoy.extensions.transport_sockets.tls.v3.TlsCertificate;
import io.envoyproxy.envoy.extensions.transport_sockets.tls.v3.UpstreamTlsContext;
import java.util.List;
import java.util.Objects;
import org.junit.jupiter.api.Test;

/** TLS that callers begin: DestinationRule of Istio, BackendTLSPolicy of Gateway API. */
class UpstreamTlsTest {

  private static final String PARTNER = "outbound|80||api.partner.example";
  private static final String ORDERS = "outbound|8080||orders.shop";

  private final Models mesh = new Models().workload("orders", "orders-1", "v1", 8080);

  @Test
  void destinationRule_simple_leadsToTheHostAsDnsHasItByTls() throws Exception {
    partner("");
    assertThat(OutboundListener.of(mesh.model(), "api.partner.example", Models.AGENT)).isNull();
    rule("api.partner.example", "{mode: SIMPLE}");

    assertThat(OutboundListener.of(mesh.model(), "api.partner.example", Models.AGENT)).isNotNull();
    Cluster cluster = cluster(PARTNER);
    assertThat(cluster.getType()).isEqualTo(Cluster.DiscoveryType.STRICT_DNS);
    assertThat(cluster.getLoadAssignment().toString())
        .contains("address: \"api.partner.example\"", "port_value: 443");
    UpstreamTlsContext tls = tls(cluster);
    assertThat(tls.getSni()).isEqualTo("api.partner.example");
    assertThat(validation(tls).hasSystemRootCerts()).isTrue();
    assertThat(names(tls)).containsExactly("DNS api.partner.example");
    assertThat(tls.getCommonTlsContext().hasTlsCertificateProviderInstance()).isFalse();
  }

  @Test
  void destinationRule_sniRootsAndNames_areSent() throws Exception {
    partner("");
    String pem = "-----BEGIN CERTIFICATE-----\\nAAAA\\n-----END CERTIFICATE-----";
    rule(
        "api.partner.example",
        "{mode: SIMPLE, sni: edge.partner.example, subjectAltNames: [one.example,"
            + " 'spiffe://partner/api'], caCertificates: \""
            + pem
            + "\"}");
    UpstreamTlsContext tls = tls(cluster(PARTNER));
    assertThat(tls.getSni()).isEqualTo("edge.partner.example");
    assertThat(validation(tls).getTrustedCa().getInlineString())
        .isEqualTo("-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----");
    assertThat(names(tls)).containsExactly("DNS one.example", "URI spiffe://partner/api");
  }

  @Test
  void destinationRule_mutual_namesFilesThatTheWorkloadReads() throws Exception {
    partner("");
    rule(
        "api.partner.example",
        "{mode: MUTUAL, clientCertificate: /etc/certs/client.pem, privateKey: /etc/certs/key.pem,"
            + " caCertificates: /etc/certs/ca.pem, caCrl: /etc/certs/crl.pem}");
    UpstreamTlsContext tls = tls(cluster(PARTNER));
    TlsCertificate own = tls.getCommonTlsContext().getTlsCertificates(0);
    assertThat(own.getCertificateChain().getFilename()).isEqualTo("/etc/certs/client.pem");
    assertThat(own.getPrivateKey().getFilename()).isEqualTo("/etc/certs/key.pem");
    assertThat(validation(tls).getTrustedCa().getFilename()).isEqualTo("/etc/certs/ca.pem");
    assertThat(validation(tls).getCrl().getFilename()).isEqualTo("/etc/certs/crl.pem");
    assertThat(validation(tls).hasSystemRootCerts()).isFalse();
    assertThat(names(tls)).containsExactly("DNS api.partner.example");
    assertThat(tls.getCommonTlsContext().hasTlsCertificateProviderInstance()).isFalse();
  }

  @Test
  void destinationRule_istioMutualWithNames_isTheMeshsTlsToTheseIdentities() throws Exception {
    rule("orders", "{mode: ISTIO_MUTUAL, subjectAltNames: ['spiffe://endomesh.local/ns/a/sa/b']}");
    assertThat(tls(cluster(ORDERS)).getCommonTlsContext().getValidationContext().toString())
        .contains("spiffe://endomesh.local/ns/a/sa/b")
        .doesNotContain("sa/orders");
  }

  @Test
  void destinationRule_portsAndSubsets_haveTlsOfTheirOwn() throws Exception {
    mesh.apply(
        """
        apiVersion: networking.istio.io/v1
        kind: DestinationRule
        metadata: {name: rule, namespace: shop}
        spec:
          host: orders
          trafficPolicy:
            tls: {mode: DISABLE}
            loadBalancer: {simple: RANDOM}
            portLevelSettings:
              - {port: {number: 8080}, tls: {mode: SIMPLE, sni: port.example}}
          subsets:
            - {name: plain, labels: {version: v1}, trafficPolicy: {tls: {mode: DISABLE}}}
            - {name: as-all, labels: {version: v1}}
            - name: port
              labels: {version: v1}
              trafficPolicy:
                portLevelSettings:
                  - {port: {number: 8080}, tls: {mode: SIMPLE, sni: subset.example}}
        """);
    // As Istio: what is said of a port inherits nothing.
    assertThat(tls(cluster(ORDERS)).getSni()).isEqualTo("port.example");
    assertThat(cluster(ORDERS).getLbPolicy()).isEqualTo(Cluster.LbPolicy.LEAST_REQUEST);
    Cluster other = cluster("outbound|9090||orders.shop");
    assertThat(other.hasTransportSocket()).isFalse();
    assertThat(other.getLbPolicy()).isEqualTo(Cluster.LbPolicy.RANDOM);
    assertThat(cluster("outbound|8080|plain|orders.shop").hasTransportSocket()).isFalse();
    assertThat(tls(cluster("outbound|8080|as-all|orders.shop")).getSni()).isEqualTo("port.example");
    assertThat(tls(cluster("outbound|8080|port|orders.shop")).getSni()).isEqualTo("subset.example");
    assertThat(cluster("outbound|9090|port|orders.shop").hasTransportSocket()).isFalse();
  }

  @Test
  void destinationRule_tlsOfOnePortOnly_leadsToTheHost() throws Exception {
    partner("");
    mesh.apply(
        """
        apiVersion: networking.istio.io/v1
        kind: DestinationRule
        metadata: {name: rule, namespace: shop}
        spec:
          host: api.partner.example
          trafficPolicy:
            portLevelSettings: [{port: {number: 80}, tls: {mode: SIMPLE}}]
        """);
    assertThat(OutboundListener.of(mesh.model(), "api.partner.example", Models.AGENT)).isNotNull();
    assertThat(tls(cluster(PARTNER)).getSni()).isEqualTo("api.partner.example");
  }

  @Test
  void serviceEntry_subjectAltNames_areThoseOfARuleThatGivesNone() throws Exception {
    partner("subjectAltNames: [www.partner.example],");
    rule("api.partner.example", "{mode: SIMPLE}");
    assertThat(names(tls(cluster(PARTNER)))).containsExactly("DNS www.partner.example");
  }

  @Test
  void destinationRule_disable_callsServicesOfTheMeshInPlaintext() throws Exception {
    assertThat(cluster(ORDERS).hasTransportSocket()).isTrue();
    rule("orders", "{mode: DISABLE}");
    assertThat(cluster(ORDERS).hasTransportSocket()).isFalse();
  }

  @Test
  void backendTlsPolicy_forAServiceEntry_winsOverTheDestinationRule() throws Exception {
    partner("");
    rule("api.partner.example", "{mode: SIMPLE, sni: other.example}");
    policy("partner", "{group: networking.istio.io, kind: ServiceEntry, name: partner}");
    UpstreamTlsContext tls = tls(cluster(PARTNER));
    assertThat(tls.getSni()).isEqualTo("edge.partner.example");
    assertThat(names(tls)).containsExactly("DNS edge.partner.example");
    assertThat(validation(tls).hasSystemRootCerts()).isTrue();
    assertThat(conditions(0)).containsExactly("true Accepted");
  }

  @Test
  void backendTlsPolicy_forAService_replacesTheMeshsTls() throws Exception {
    policy("orders", "{group: '', kind: Service, name: orders}");
    assertThat(tls(cluster(ORDERS)).getSni()).isEqualTo("edge.partner.example");
  }

  @Test
  void backendTlsPolicy_secondOrWithoutTarget_isNotAccepted() throws Exception {
    policy("first", "{group: '', kind: Service, name: orders}");
    policy("second", "{group: '', kind: Service, name: orders}");
    policy("third", "{group: '', kind: Service, name: nobody}");
    assertThat(conditions(0)).containsExactly("true Accepted");
    assertThat(conditions(1)).containsExactly("false Conflicted");
    assertThat(conditions(2)).containsExactly("false TargetNotFound");
  }

  @Test
  void cluster_grpcClientOfItsOwn_getsNoTls() throws Exception {
    partner("");
    rule("api.partner.example", "{mode: SIMPLE}");
    Cluster cluster =
        Objects.requireNonNull(
            ClusterTranslator.cluster(mesh.model(), PARTNER, Scope.Dialect.GRPC));
    assertThat(cluster.hasTransportSocket()).isFalse();
  }

  private List<String> conditions(int index) {
    MeshModel model = mesh.model();
    BackendTlsPolicy policy = model.catalog().backendTlsPolicies().get(index);
    return OwnershipConditions.of(policy, model).stream()
        .map(condition -> condition.status() + " " + condition.reason())
        .toList();
  }

  private void partner(String more) throws Exception {
    mesh.apply(
        """
        apiVersion: networking.istio.io/v1
        kind: ServiceEntry
        metadata: {name: partner, namespace: shop}
        spec:
          {hosts: [api.partner.example], ports: [{number: 80, targetPort: 443}], %s resolution: DNS}
        """
            .formatted(more));
  }

  private void rule(String host, String tls) throws Exception {
    mesh.apply(
        """
        apiVersion: networking.istio.io/v1
        kind: DestinationRule
        metadata: {name: rule, namespace: shop}
        spec: {host: %s, trafficPolicy: {tls: %s}}
        """
            .formatted(host, tls));
  }

  private void policy(String name, String target) throws Exception {
    mesh.apply(
        """
        apiVersion: gateway.networking.k8s.io/v1
        kind: BackendTLSPolicy
        metadata: {name: %s, namespace: shop}
        spec:
          targetRefs: [%s]
          validation: {hostname: edge.partner.example, wellKnownCACertificates: System}
        """
            .formatted(name, target));
  }

  private Cluster cluster(String name) {
    return Objects.requireNonNull(
        ClusterTranslator.cluster(mesh.model(), name, Scope.Dialect.AGENT));
  }

  private static UpstreamTlsContext tls(Cluster cluster) throws Exception {
    return cluster.getTransportSocket().getTypedConfig().unpack(UpstreamTlsContext.class);
  }

  private static CertificateValidationContext validation(UpstreamTlsContext tls) {
    return tls.getCommonTlsContext().getValidationContext();
  }

  private static List<String> names(UpstreamTlsContext tls) {
    return validation(tls).getMatchTypedSubjectAltNamesList().stream()
        .map(name -> name.getSanType() + " " + name.getMatcher().getExact())
        .toList();
  }
}
