package io.endomesh.testkit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.endomesh.dataplane.Inbound.TlsMode;
import io.endomesh.dataplane.authorize.Authorization;
import io.endomesh.dataplane.identity.ServerTls;
import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import java.net.http.HttpClient;
import java.net.http.HttpClient.Version;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.security.KeyStore;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.HexFormat;
import java.util.List;
import java.util.Set;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLSession;
import javax.net.ssl.TrustManagerFactory;
import org.junit.jupiter.api.Test;

/** Mutual TLS and plaintext on one port, and what a connection of the mesh keeps. */
abstract class HttpServerTlsContract extends HttpServerFixture {

  @Test
  void mutualTls_onTheSamePort_isServedToo() throws Exception {
    mode(TlsMode.PERMISSIVE, Authorization.ALLOW_ALL);

    assertThat(get(plain(), "http", "/context").body()).isEqualTo("null");
    assertThat(get(mutual(CALLER), "https", "/context").body()).isEqualTo(CALLER);
  }

  @Test
  void strict_refusesPlaintext_andServesMutualTls() throws Exception {
    mode(TlsMode.STRICT, Authorization.ALLOW_ALL);

    assertThatThrownBy(() -> get(plain(), "http", "/echo")).isInstanceOf(IOException.class);
    assertThat(get(mutual(CALLER), "https", "/echo").statusCode()).isEqualTo(200);
  }

  @Test
  void strict_refusesClientsWithoutCertificate() throws Exception {
    mode(TlsMode.STRICT, Authorization.ALLOW_ALL);
    SSLContext withoutCertificate = SSLContext.getInstance("TLS");
    KeyStore roots = KeyStore.getInstance("PKCS12");
    roots.load(null, null);
    roots.setCertificateEntry("root", TestRoutes.AUTHORITY.root());
    TrustManagerFactory trust = TrustManagerFactory.getInstance("PKIX");
    trust.init(roots);
    withoutCertificate.init(null, trust.getTrustManagers(), null);
    HttpClient client =
        HttpClient.newBuilder().version(Version.HTTP_1_1).sslContext(withoutCertificate).build();

    assertThatThrownBy(() -> get(client, "https", "/echo")).isInstanceOf(IOException.class);
    assertThat(ended).isEmpty();
  }

  @Test
  void policy_changesToStrict_nextPlaintextConnectionIsRefused() throws Exception {
    mode(TlsMode.PERMISSIVE, Authorization.ALLOW_ALL);
    get(plain(), "http", "/echo");

    mode(TlsMode.STRICT, Authorization.ALLOW_ALL);

    assertThatThrownBy(() -> get(plain(), "http", "/echo")).isInstanceOf(IOException.class);
  }

  @Test
  void handshakesThatStall_andBytesOfNoProtocol_keepNobodyWaiting() throws Exception {
    mode(TlsMode.PERMISSIVE, Authorization.ALLOW_ALL);
    List<Socket> strangers = new ArrayList<>();
    try {
      // More than a server has threads for at the beginning (Tomcat 10, Jetty 8).
      for (int i = 0; i < 50; i++) {
        Socket stranger = new Socket(InetAddress.getLoopbackAddress(), server.port());
        strangers.add(stranger);
        stranger.getOutputStream().write(ServerTls.TLS_FIRST_BYTE);
        if (i % 2 == 0) {
          stranger.getOutputStream().write("of no protocol".getBytes(StandardCharsets.US_ASCII));
        }
      }

      assertThat(get(plain(), "http", "/context").body()).isEqualTo("null");
      assertThat(get(mutual(CALLER), "https", "/context").body()).isEqualTo(CALLER);
    } finally {
      for (Socket stranger : strangers) {
        stranger.close();
      }
    }
    Await.until("both ends", () -> ended.equals(List.of(200, 200)));
  }

  @Test
  void application_seesTheCallersCertificate_andItsOwnScheme() throws Exception {
    mode(TlsMode.PERMISSIVE, Authorization.ALLOW_ALL);

    assertThat(get(plain(), "http", "/certificate").body()).isEqualTo("http none");
    assertThat(get(mutual(CALLER), "https", "/certificate").body()).isEqualTo("http CN=workload");
  }

  @Test
  void connections_areKeptAndServeManyRequests() throws Exception {
    mode(TlsMode.PERMISSIVE, Authorization.ALLOW_ALL);
    HttpClient secured = mutual(CALLER);
    HttpClient plain = plain();

    for (int i = 0; i < 50; i++) {
      assertThat(get(secured, "https", "/context").body()).isEqualTo(CALLER);
      assertThat(get(plain, "http", "/context").body()).isEqualTo("null");
    }
    Await.until("end of all calls", () -> ended.size() == 100);
  }

  @Test
  void connection_ofTheMesh_isKeptForAsManyRequestsAsItsClientWants() throws Exception {
    mode(TlsMode.PERMISSIVE, Authorization.ALLOW_ALL);
    HttpClient secured = mutual(CALLER);
    Set<String> handshakes = new HashSet<>();

    // Tomcat closes plain connections after 100.
    for (int i = 0; i < 150; i++) {
      SSLSession session = get(secured, "https", "/context").sslSession().orElseThrow();
      handshakes.add(HexFormat.of().formatHex(session.getId()));
    }

    assertThat(handshakes).hasSize(1);
  }

  @Test
  void clientThatPrefersHttp2_isServedWithTheSamePromises() throws Exception {
    mode(TlsMode.PERMISSIVE, allowing(CALLER));
    HttpClient http2 = client(CALLER, Version.HTTP_2);

    HttpResponse<String> served = get(http2, "https", "/certificate");

    assertThat(served.body()).isEqualTo("http CN=workload");
    assertThat(get(http2, "https", "/context").body()).isEqualTo(CALLER);
    assertThat(get(client(TestRoutes.spiffeId("x"), Version.HTTP_2), "https", "/echo").statusCode())
        .isEqualTo(403);
  }
}
