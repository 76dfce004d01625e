package io.endomesh.dataplane.conformance;

import static org.assertj.core.api.Assertions.assertThat;

import io.endomesh.dataplane.Reply;
import io.endomesh.dataplane.TestMesh;
import io.endomesh.dataplane.TestRequest;
import io.endomesh.dataplane.cluster.Cluster;
import io.endomesh.dataplane.cluster.Endpoint;
import io.endomesh.dataplane.cluster.Load;
import io.endomesh.dataplane.cluster.Locality;
import io.endomesh.dataplane.identity.OriginatedTls;
import io.endomesh.dataplane.identity.PeerName;
import io.endomesh.dataplane.route.Route;
import io.endomesh.dataplane.route.RouteAction;
import io.endomesh.dataplane.route.RouteMatch;
import io.endomesh.dataplane.route.RoutePolicy;
import java.net.InetSocketAddress;
import java.security.GeneralSecurityException;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

@DisplayName("Egress")
class EgressTest extends Conformance {

  @Test
  @DisplayName("a host that nothing is said about passes as without a mesh (Istio ALLOW_ANY)")
  void unknown() {
    assertThat(begin()).isNull();
  }

  @Test
  @DisplayName(
      "a call of a host outside the registry is answered with 502, UNAVAILABLE for gRPC, and names"
          + " its Sidecar (Istio REGISTRY_ONLY, block_all)")
  void blocked() {
    publish(
        new Route(
            "Sidecar/shop/default",
            RouteMatch.ANY,
            new RouteAction.Respond(502, "orders may not be called"),
            RoutePolicy.DEFAULT));
    Reply reply = reply(begin());
    assertThat(reply.status()).isEqualTo(502);
    assertThat(reply.grpcStatus()).isEqualTo(Reply.GRPC_UNAVAILABLE);
    assertThat(reply.decidedBy()).isEqualTo("Sidecar/shop/default");
    assertThat(reply.mayPass()).isFalse();
  }

  @Test
  @DisplayName(
      "plaintext to a host outside the mesh becomes TLS where a policy says so, without a"
          + " certificate of ours (Istio SIMPLE, BackendTLSPolicy)")
  void originated() throws Exception {
    OriginatedTls tls = partnerTls();
    publish(TestMesh.route(partner(tls), RoutePolicy.DEFAULT));
    assertThat(attempt(begin()).tls()).isSameAs(tls.with(null)).isNotNull();
  }

  @Test
  @DisplayName("a server that asks who the workload is, is not asked without a certificate to show")
  void originated_ownCertificate() throws Exception {
    publish(TestMesh.route(partner(tls(/* ownCertificate= */ true)), RoutePolicy.DEFAULT));
    assertThat(reply(begin()).message())
        .isEqualTo("no certificate yet for a call to api.partner.example, which needs mutual TLS");
  }

  @Test
  @DisplayName("an application that writes https speaks its own TLS, whatever a policy says")
  void originated_https() throws Exception {
    publish(TestMesh.route(partner(partnerTls()), RoutePolicy.DEFAULT));
    TestRequest request = TestRequest.get("orders", "/").scheme("https");
    assertThat(attempt(call(request)).tls()).isNull();
  }

  private static OriginatedTls partnerTls() throws GeneralSecurityException {
    return tls(/* ownCertificate= */ false);
  }

  private static OriginatedTls tls(boolean ownCertificate) throws GeneralSecurityException {
    return new OriginatedTls(
        List.of(),
        null,
        List.of(new PeerName(PeerName.Kind.DNS, "api.partner.example")),
        ownCertificate);
  }

  private static Cluster partner(OriginatedTls tls) {
    return TestMesh.cluster(
        "partner",
        new Endpoint(
            new InetSocketAddress("127.0.0.1", 1),
            null,
            Map.of(),
            1,
            0,
            Locality.NONE,
            1,
            tls,
            new Load()));
  }
}
