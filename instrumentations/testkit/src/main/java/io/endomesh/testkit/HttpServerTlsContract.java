package io.endomesh.testkit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.endomesh.dataplane.Inbound.TlsMode;
import io.endomesh.dataplane.authorize.Authorization;
import io.endomesh.dataplane.authorize.Condition;
import io.endomesh.dataplane.authorize.Policy;
import io.endomesh.dataplane.identity.ServerTls;
import io.endomesh.dataplane.route.PathMatch;
import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import java.net.http.HttpClient;
import java.net.http.HttpClient.Version;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.security.KeyStore;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashSet;
import java.util.HexFormat;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
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
    Await.until("both ends", () -> endedWith(200, 200));
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

  /**
   * A server that has HTTP/2 without TLS has it over the mesh's as well. One connection carries all
   * of this, and each of its streams is decided about.
   */
  @Test
  void http2_overMeshTls_isServedWithIdentity() throws Exception {
    mode(TlsMode.STRICT, allowing(CALLER));
    HttpClient http2 = client(CALLER, Version.HTTP_2);
    HttpResponse<String> served = get(http2, "https", "/context");
    List<CompletableFuture<HttpResponse<String>>> more = new ArrayList<>();
    for (int i = 0; i < 20; i++) {
      HttpRequest next = HttpRequest.newBuilder(uri("https", "/context")).build();
      more.add(http2.sendAsync(next, BodyHandlers.ofString()));
    }
    byte[] large = new byte[500_000];
    new Random(7).nextBytes(large);

    assertThat(served.version()).isEqualTo(Version.HTTP_2);
    assertThat(served.body()).isEqualTo(CALLER);
    for (CompletableFuture<HttpResponse<String>> each : more) {
      assertThat(each.get(10, TimeUnit.SECONDS).body()).isEqualTo(CALLER);
    }
    assertThat(post(http2, "https", large).body()).isEqualTo(large);

    mode(TlsMode.STRICT, allowing(TestRoutes.spiffeId("orders")));
    HttpResponse<String> refused = get(http2, "https", "/echo");
    assertThat(refused.version()).isEqualTo(Version.HTTP_2);
    assertThat(refused.statusCode()).isEqualTo(403);
    assertThat(refused.headers().firstValue("x-path")).as("the application was asked").isEmpty();
    assertThat(post(http2, "https", large).statusCode()).isEqualTo(403);

    Condition admin = new Condition.Path(new PathMatch.SegmentPrefix("/admin"));
    Policy deny = new Policy(POLICY, List.of(new Policy.Rule(Condition.ANY, admin)));
    mode(TlsMode.STRICT, new Authorization(List.of(deny), List.of()));
    assertThat(get(http2, "https", "/admin/x").statusCode()).isEqualTo(403);
    assertThat(get(http2, "https", "/adm%69n/x").statusCode()).isEqualTo(403);
    assertThat(get(http2, "https", "/echo").statusCode()).isEqualTo(200);
    Await.until("all ends", () -> ended.size() == 27);
    assertThat(Collections.frequency(ended, 200)).isEqualTo(23);
  }
}
