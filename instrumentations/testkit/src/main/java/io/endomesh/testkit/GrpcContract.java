package io.endomesh.testkit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.endomesh.dataplane.Inbound;
import io.endomesh.dataplane.authorize.Authorization;
import io.endomesh.dataplane.identity.TestAuthority;
import io.endomesh.testkit.GrpcUnderTest.Client;
import io.endomesh.testkit.TestRoutes.Rules;
import java.security.cert.X509Certificate;
import java.util.List;
import org.junit.jupiter.api.Test;

/** What a user of gRPC gets from the mesh, whatever version and transport; each test a promise. */
@Contract("gRPC")
public abstract class GrpcContract extends GrpcFailureContract {

  @Test
  void call_hostOfTheMesh_reachesItWithoutDnsAndKeepsTheAuthority() {
    routes.host(TARGET, plaintext(one));
    assertThat(client.unary("hello").text()).isEqualTo("one|null|inventory:9090|app");
  }

  @Test
  void trail_thatIsAskedFor_goesFromCallToCallAndBackInTrailers() throws Exception {
    routes.host(TARGET, mutualTls(one));
    TrailPromises.grpc(routes, () -> client.unary("hello").headers());
  }

  @Test
  void call_hostUnknownToTheMesh_goesWhereItWent() {
    try (Client direct = grpc().connect("127.0.0.1:" + one.port())) {
      assertThat(direct.unary("hello").status()).isEqualTo(OK);
    }
    assertThat(client.unary("hello").status()).isEqualTo(UNAVAILABLE);
  }

  @Test
  void call_hostThatJoinsLater_reachesItOnTheSameChannel() {
    assertThat(client.unary("hello").status()).isEqualTo(UNAVAILABLE);
    routes.host(TARGET, plaintext(one));
    Await.until("the channel followed", () -> client.unary("hello").status() == OK);
  }

  @Test
  void call_weightedSplit_isDividedByWeight() {
    routes.split(
        TARGET,
        Rules.DEFAULT,
        List.of(TestRoutes.cluster("v1", plaintext(one)), TestRoutes.cluster("v2", plaintext(two))),
        List.of(90, 10));
    int toTwo = 0;
    for (int i = 0; i < 1_000; i++) {
      toTwo += client.unary("hello").text().startsWith("two") ? 1 : 0;
    }
    // Four standard deviations of a binomial with n = 1000 and p = 0.1.
    assertThat(toTwo).isCloseTo(100, within(38));
  }

  @Test
  void call_streams_carryAllMessages() {
    routes.host(TARGET, plaintext(one));
    assertThat(client.serverStreaming("hello").text().split(",")).hasSize(3);
    assertThat(client.clientStreaming(List.of("a", "b", "c")).text()).endsWith("|a+b+c");
    assertThat(client.bidirectional(List.of("a", "b", "c")).text().split(",")).hasSize(3);
  }

  @Test
  void call_endpointWithIdentity_isMutualTlsAndTellsTheCaller() {
    inbound(Inbound.TlsMode.PERMISSIVE, Authorization.ALLOW_ALL);
    routes.host(TARGET, mutualTls(one));
    assertThat(client.unary("hello").text()).startsWith("one|" + TestRoutes.US + "|inventory");
  }

  @Test
  void call_endpointProvesAnotherIdentity_isRefused() {
    inbound(Inbound.TlsMode.PERMISSIVE, Authorization.ALLOW_ALL);
    String other = TestRoutes.spiffeId("payments");
    routes.host(TARGET, TestRoutes.endpoint(one.port(), other));
    assertThat(client.unary("hello").status()).isEqualTo(UNAVAILABLE);
  }

  @Test
  void hostOutsideTheMesh_originatedTls_isCalledByTlsIfItProvesItsName() {
    try (TlsFront front = new TlsFront("api.partner.example", one.port(), "h2")) {
      routes.host(TARGET, front.endpoint("api.partner.example"));
      assertThat(client.unary("hello").text()).startsWith("one|null|inventory:9090");
      assertThat(front.askedFor()).containsExactly("api.partner.example");

      routes.host(TARGET, front.endpoint("other.partner.example"));
      assertThat(client.unary("hello").status()).isEqualTo(UNAVAILABLE);
    }
  }

  @Test
  void hostOutsideTheMesh_demandsACertificate_isShownTheOneInTheFilesAsTheyAreNow() {
    TestAuthority clients = new TestAuthority("CN=partner");
    try (TlsFront front = new TlsFront("api.partner.example", one.port(), "h2", clients)) {
      ClientPair files = new ClientPair();
      X509Certificate first = files.replace(clients);
      routes.host(TARGET, front.endpoint("api.partner.example", files));
      assertThat(client.unary("hello").text()).startsWith("one|null|inventory:9090");
      assertThat(front.shown()).containsExactly(first);

      files.damage();
      assertThat(client.unary("hello").status()).isEqualTo(UNAVAILABLE);
    }
  }

  @Test
  void endpoints_change_takesTrafficToTheNewAndFromTheOld() {
    routes.host(TARGET, plaintext(one));
    assertThat(client.unary("hello").text()).startsWith("one");
    routes.host(TARGET, plaintext(two));
    for (int i = 0; i < 20; i++) {
      assertThat(client.unary("hello").text()).startsWith("two");
    }
  }
}
