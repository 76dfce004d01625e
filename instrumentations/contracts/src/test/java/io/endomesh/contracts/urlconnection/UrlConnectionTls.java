package io.endomesh.contracts.urlconnection;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.endomesh.dataplane.identity.PeerIdentities;
import io.endomesh.testkit.Backend;
import io.endomesh.testkit.TestRoutes;
import io.endomesh.testkit.TestRoutes.Rules;
import io.endomesh.testkit.TlsFront;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.HttpURLConnection;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.security.cert.X509Certificate;
import java.util.concurrent.atomic.AtomicInteger;
import javax.net.ssl.HttpsURLConnection;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLException;
import javax.net.ssl.SSLSocketFactory;
import javax.net.ssl.TrustManagerFactory;
import org.junit.jupiter.api.Test;

/** The contract on {@code HttpsURLConnection}: whose TLS it is, and what the application sees. */
abstract class UrlConnectionTls extends UrlConnectionMessages {

  private static final String PARTNER = "https://api.partner.example/x";

  /** Of the application: trusts the partner's authority. */
  private static SSLSocketFactory trusting() throws GeneralSecurityException, IOException {
    KeyStore roots = KeyStore.getInstance("PKCS12");
    roots.load(null, null);
    roots.setCertificateEntry("root", TestRoutes.AUTHORITY.root());
    TrustManagerFactory trust = TrustManagerFactory.getInstance("PKIX");
    trust.init(roots);
    SSLContext context = SSLContext.getInstance("TLS");
    context.init(null, trust.getTrustManagers(), null);
    return context.getSocketFactory();
  }

  private static HttpsURLConnection secured(String url, SSLSocketFactory sockets)
      throws IOException {
    HttpsURLConnection connection = (HttpsURLConnection) URI.create(url).toURL().openConnection();
    connection.setSSLSocketFactory(sockets);
    return connection;
  }

  private TlsFront partner(String name, Backend behind) {
    TlsFront front = open(new TlsFront(name, behind.port(), "http/1.1"));
    routes.host("api.partner.example", TestRoutes.endpoint(front.port(), null));
    return front;
  }

  @Test
  void tlsOfTheMesh_isSeenByTheApplication_onlyIfItAskedForTls() throws Exception {
    Backend orders = open(Backend.mutualTls("orders", "orders"));
    routes.host("orders", orders.endpoint());
    HttpsURLConnection connection =
        (HttpsURLConnection) URI.create("https://orders/").toURL().openConnection();
    assertThatThrownBy(connection::getCipherSuite)
        .isInstanceOf(IllegalStateException.class)
        .hasMessage("connection not yet open");

    // As without the mesh, until the body is closed.
    InputStream body = connection.getInputStream();
    assertThat(connection.getServerCertificates()[0]).isInstanceOf(X509Certificate.class);
    assertThat(PeerIdentities.of(connection.getSSLSession().orElseThrow()))
        .containsExactly(TestRoutes.spiffeId("orders"));
    assertThat(body).hasContent("orders");
    assertThat(URI.create("http://orders/").toURL().openConnection())
        .isNotInstanceOf(HttpsURLConnection.class);
  }

  @Test
  void answerOfTheMesh_hasNoTls() throws Exception {
    routes.host("orders");
    HttpsURLConnection connection =
        (HttpsURLConnection) URI.create("https://orders/").toURL().openConnection();

    assertThat(connection.getResponseCode()).isEqualTo(503);
    assertThat(connection.getErrorStream())
        .asString(StandardCharsets.UTF_8)
        .contains("no endpoint of orders");
    assertThatThrownBy(connection::getCipherSuite).isInstanceOf(IllegalStateException.class);
  }

  @Test
  void tlsOfTheApplication_isItsOwnWhereTheMeshHasNone() throws Exception {
    Backend behind = open(Backend.plaintext("partner"));
    TlsFront front = partner("*.partner.example", behind);
    HttpsURLConnection connection = secured(PARTNER, trusting());
    connection.setDoOutput(true);
    try (OutputStream out = connection.getOutputStream()) {
      out.write('1');
    }

    InputStream body = connection.getInputStream();
    assertThat(connection.getCipherSuite()).startsWith("TLS_");
    assertThat(body).hasContent("1");
    assertThat(front.askedFor()).containsExactly("api.partner.example");
    assertThat(behind.only().header("host")).isEqualTo("api.partner.example");
  }

  @Test
  void tlsOfTheApplication_isHeldToItsRoots_andToTheNameOfTheUrl() throws Exception {
    Backend behind = open(Backend.plaintext("partner"));
    partner("impostor.example", behind);

    assertThatThrownBy(() -> secured(PARTNER, trusting()).getInputStream())
        .isInstanceOf(SSLException.class);
    assertThatThrownBy(() -> open(PARTNER).getInputStream()).isInstanceOf(SSLException.class);
    assertThat(behind.received()).isEmpty();

    AtomicInteger asked = new AtomicInteger();
    // The application's own choice, which the mesh leaves as it is; its roots still count.
    HttpsURLConnection lenient = secured(PARTNER, trusting());
    lenient.setHostnameVerifier((host, session) -> asked.incrementAndGet() > 0);
    assertThat(lenient.getInputStream()).hasContent("partner");
    assertThat(asked).hasValue(1);
  }

  @Test
  void connections_ofTwoSocketFactories_areNotShared() throws Exception {
    Backend behind = open(Backend.plaintext("partner"));
    partner("*.partner.example", behind);
    SSLSocketFactory one = trusting();
    SSLSocketFactory two = trusting();

    for (SSLSocketFactory sockets : new SSLSocketFactory[] {one, two, one, two}) {
      assertThat(secured(PARTNER, sockets).getInputStream()).hasContent("partner");
    }

    assertThat(behind.connections()).isEqualTo(2);
  }

  @Test
  void policies_holdForHttpsUrls() throws Exception {
    Backend tired = open(Backend.plaintext("tired").answering(503));
    Backend awake = open(Backend.plaintext("awake"));
    TlsFront one = open(new TlsFront("*.partner.example", tired.port(), "http/1.1"));
    TlsFront two = open(new TlsFront("*.partner.example", awake.port(), "http/1.1"));
    routes.host(
        "api.partner.example",
        Rules.retrying(503),
        TestRoutes.endpoint(one.port(), null),
        TestRoutes.endpoint(two.port(), null));

    SSLSocketFactory sockets = trusting();
    // Each has an even chance to go to the tired one first; 2^-30 that none does.
    for (int i = 0; i < 30 && tired.received().isEmpty(); i++) {
      HttpURLConnection connection = secured(PARTNER, sockets);
      assertThat(connection.getInputStream()).hasContent("awake");
    }
    assertThat(tired.received()).isNotEmpty();
  }
}
