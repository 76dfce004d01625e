package io.endomesh.testkit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.endomesh.dataplane.identity.TestAuthority;
import java.io.IOException;
import java.net.URI;
import java.security.cert.X509Certificate;
import org.junit.jupiter.api.Test;

/** Who is at the other end of a connection, inside the mesh and beyond it. */
abstract class HttpClientIdentityContract extends HttpClientHedgingContract {

  @Test
  void endpointWithIdentity_isCalledOverMutualTls() throws Exception {
    Backend orders = open(Backend.mutualTls("orders", "orders"));
    routes.host("orders:8080", orders.endpoint());

    Answer answer = get("http://orders:8080/x");

    assertThat(answer.text()).isEqualTo("orders");
    assertThat(answer.uri()).isEqualTo(URI.create("http://orders:8080/x"));
    assertThat(orders.only().peerIdentities()).containsExactly(TestRoutes.US);
    assertThat(orders.only().header("host")).isEqualTo("orders:8080");
  }

  @Test
  void httpsUrl_ofAService_isCalledByMutualTlsOfTheMesh() throws Exception {
    Backend orders = open(Backend.mutualTls("orders", "orders"));
    Backend impostor = open(Backend.mutualTls("impostor", "impostor"));
    routes.host("orders", orders.endpoint());
    routes.host("stock:8443", TestRoutes.endpoint(impostor.port(), TestRoutes.spiffeId("stock")));

    Answer answer = get("https://orders/x");

    assertThat(answer.text()).isEqualTo("orders");
    assertThat(answer.uri()).isEqualTo(URI.create("https://orders/x"));
    assertThat(orders.only().peerIdentities()).containsExactly(TestRoutes.US);
    assertThat(orders.only().header("host")).isEqualTo("orders");
    assertThatThrownBy(() -> get("https://stock:8443/")).isInstanceOf(IOException.class);
    assertThat(impostor.received()).isEmpty();
  }

  @Test
  void endpointOfAnotherIdentity_isRefused() {
    Backend impostor = open(Backend.mutualTls("impostor", "impostor"));
    routes.host("orders", TestRoutes.endpoint(impostor.port(), TestRoutes.spiffeId("orders")));

    assertThatThrownBy(() -> get("http://orders/")).isInstanceOf(IOException.class);
    assertThat(impostor.received()).isEmpty();
  }

  @Test
  void hostOutsideTheMesh_originatedTls_isCalledByTlsUnderItsOwnName() throws Exception {
    Backend partner = open(Backend.plaintext("partner"));
    TlsFront front = open(new TlsFront("*.partner.example", partner.port(), "http/1.1"));
    routes.host("api.partner.example", front.endpoint("api.partner.example"));

    Answer answer = get("http://api.partner.example/x");

    assertThat(answer.text()).isEqualTo("partner");
    assertThat(answer.uri()).isEqualTo(URI.create("http://api.partner.example/x"));
    assertThat(partner.only().header("host")).isEqualTo("api.partner.example");
    assertThat(front.askedFor()).containsExactly("api.partner.example");
  }

  @Test
  void hostOutsideTheMesh_provesAnotherName_isRefused() {
    Backend impostor = open(Backend.plaintext("impostor"));
    TlsFront front = open(new TlsFront("impostor.example", impostor.port(), "http/1.1"));
    routes.host("api.partner.example", front.endpoint("api.partner.example"));

    assertThatThrownBy(() -> get("http://api.partner.example/")).isInstanceOf(IOException.class);
    assertThat(impostor.received()).isEmpty();
  }

  @Test
  void hostOutsideTheMesh_demandsACertificate_isShownTheOneInTheFilesAsTheyAreNow()
      throws Exception {
    Backend partner = open(Backend.plaintext("partner"));
    TestAuthority clients = new TestAuthority("CN=partner");
    TlsFront front = open(new TlsFront("api.partner.example", partner.port(), "http/1.1", clients));
    ClientPair files = new ClientPair();
    X509Certificate first = files.replace(clients);
    routes.host("api.partner.example", front.endpoint("api.partner.example", files));

    assertThat(get("http://api.partner.example/x").text()).isEqualTo("partner");
    X509Certificate second = files.replace(clients);
    assertThat(get("http://api.partner.example/x").text()).isEqualTo("partner");

    assertThat(front.shown()).containsExactly(first, second);
    files.damage();
    Answer refused = get("http://api.partner.example/x");
    assertThat(refused.status()).isEqualTo(503);
    assertThat(partner.received()).hasSize(2);
  }

  @Test
  void expectedIdentity_changes_nextCallIsRefused() throws Exception {
    Backend orders = open(Backend.mutualTls("orders", "orders"));
    routes.host("orders", orders.endpoint());
    get("http://orders/");

    routes.host("orders", TestRoutes.endpoint(orders.port(), TestRoutes.spiffeId("other")));

    assertThatThrownBy(() -> get("http://orders/")).isInstanceOf(IOException.class);
    orders.only();
  }

  @Test
  void services_onePlaintextOneMutualTls_neverShareAConnection() throws Exception {
    Backend open = open(Backend.plaintext("open"));
    Backend secured = open(Backend.mutualTls("secured", "secured"));
    routes.host("open", open.endpoint());
    routes.host("secured", secured.endpoint());

    for (int i = 0; i < 5; i++) {
      assertThat(get("http://open/").text()).isEqualTo("open");
      assertThat(get("http://secured/").text()).isEqualTo("secured");
    }
    assertThat(open.connections()).isEqualTo(1);
    assertThat(secured.connections()).isEqualTo(1);
  }
}
