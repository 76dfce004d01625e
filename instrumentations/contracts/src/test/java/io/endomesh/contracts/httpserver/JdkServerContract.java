package io.endomesh.contracts.httpserver;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.sun.net.httpserver.HttpsConfigurator;
import com.sun.net.httpserver.HttpsServer;
import io.endomesh.dataplane.Inbound;
import io.endomesh.dataplane.Inbound.TlsMode;
import io.endomesh.dataplane.authorize.Authorization;
import io.endomesh.dataplane.authorize.Condition;
import io.endomesh.dataplane.authorize.Policy;
import io.endomesh.dataplane.identity.Identity;
import io.endomesh.dataplane.route.PathMatch;
import io.endomesh.testkit.Await;
import io.endomesh.testkit.HttpServerContract;
import io.endomesh.testkit.NotApplicable;
import io.endomesh.testkit.ServerUnderTest;
import io.endomesh.testkit.TestRoutes;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpClient.Version;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import javax.net.ssl.SSLSocket;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** The contract, and what is this server's alone. */
@NotApplicable(
    promise = "application_seesTheCallersCertificate_andItsOwnScheme",
    reason = "`HttpExchange` shows neither a certificate nor a scheme")
@NotApplicable(
    promise = "http2_overMeshTls_isServedWithIdentity",
    reason = "the server has no HTTP/2; such a client is served by HTTP/1.1")
@NotApplicable(
    promise = "clientThatPrefersHttp2_isServedWithTheSamePromises",
    reason = "the server has no HTTP/2; such a client is served by HTTP/1.1")
@NotApplicable(
    promise = "handler_throws_endsTheCallWith500",
    reason = "the server gives no answer for a handler that throws, it closes the connection")
@NotApplicable(
    promise = "policyOnAPath_seesItDecodedAndNormalized",
    reason = "the server decodes paths and does not normalize them: `..` is a segment like others")
@NotApplicable(
    promise =
        "certificate_wasRenewedLongAgo_http2ConnectionOfBeforeEndsInItsNextPause_andNoCallByIt",
    reason = "the server has no HTTP/2")
@NotApplicable(
    promise = "certificate_wasRenewedLongAgo_callsOfTheJdksClientThatRun_areAnswered",
    reason = "the server has no HTTP/2")
@NotApplicable(
    promise = "http2_rapidResetsEndlessHeadsAndHeaderBombs_callersAreServed_andNothingIsLeft",
    reason = "the server has no HTTP/2")
@NotApplicable(
    promise = "webSocket_isACallThatEndsWithTheUpgrade_andGoesOnByItself",
    reason = JdkServerContract.NO_UPGRADES)
@NotApplicable(
    promise = "webSocket_messageOfAMegabyteInParts_comesBackWhole",
    reason = JdkServerContract.NO_UPGRADES)
@NotApplicable(
    promise = "webSocket_ofACallerThatMayNot_isRefusedBeforeTheUpgrade",
    reason = JdkServerContract.NO_UPGRADES)
@NotApplicable(
    promise = "webSocket_onAConnectionWhoseCertificateWasRenewedLongAgo_goesOn",
    reason = JdkServerContract.NO_UPGRADES)
abstract class JdkServerContract extends HttpServerContract {

  static final String NO_UPGRADES = "the server has no upgrades";

  private static final int PATIENCE_MILLIS = 10_000;

  private final boolean pooled;

  JdkServerContract(boolean pooled) {
    this.pooled = pooled;
  }

  @BeforeAll
  static void awaitWeaving() {
    WovenServer.await();
  }

  @Override
  protected ServerUnderTest start() throws IOException {
    return new JdkServer(pooled);
  }

  @Test
  void policyOnAPath_seesItDecoded_asTheServerDoes() throws Exception {
    Condition admin = new Condition.Path(new PathMatch.SegmentPrefix("/admin"));
    Policy deny = new Policy("deny", List.of(new Policy.Rule(Condition.ANY, admin)));
    mode(TlsMode.DISABLE, new Authorization(List.of(deny), List.of()));
    HttpClient plain = HttpClient.newBuilder().version(Version.HTTP_1_1).build();

    assertThat(get(plain, "http", "/admin/x").statusCode()).isEqualTo(403);
    assertThat(get(plain, "http", "/adm%69n/x").statusCode()).isEqualTo(403);
    assertThat(get(plain, "http", "/admin/../echo").statusCode()).isEqualTo(403);
    assertThat(get(plain, "http", "/echo/../admin/x").headers().firstValue("x-path"))
        .hasValue("/echo/../admin/x");
  }

  @Test
  void clientThatPrefersHttp2_isServedByHttp1() throws Exception {
    mode(TlsMode.PERMISSIVE, allowing(CALLER));

    HttpResponse<String> served = get(client(CALLER, Version.HTTP_2), "https", "/context");
    HttpResponse<String> refused =
        get(client(TestRoutes.spiffeId("x"), Version.HTTP_2), "https", "/context");

    assertThat(served.version()).isEqualTo(Version.HTTP_1_1);
    assertThat(served.body()).isEqualTo(CALLER);
    assertThat(refused.statusCode()).isEqualTo(403);
  }

  @Test
  void handlerThatThrows_endsTheCall_asItEndsTheConnection() throws Exception {
    // No policy of who may call; whose certificate it is, SpiffeTrust checks all the same.
    mode(TlsMode.PERMISSIVE, Authorization.ALLOW_ALL);

    assertThatThrownBy(() -> get(mutual(CALLER), "https", "/breaks"))
        .isInstanceOf(IOException.class);

    // The JDK's client sends a GET again whose connection was closed without an answer.
    Await.until("end of the call", () -> !ended.isEmpty() && ended.size() == begun.get());
    assertThat(ended).containsOnly(0);
  }

  @Test
  void answerThatIsNotWrittenToItsEnd_endsTheCallOnce() throws Exception {
    assertThatThrownBy(() -> get(HttpClient.newHttpClient(), "http", "/half"))
        .isInstanceOf(IOException.class);

    // Since JDK 25 the half stays in a buffer, so that the client sees nothing and asks again.
    Await.until("end of the call", () -> !ended.isEmpty() && ended.size() == begun.get());
    assertThat(ended).containsOnly(200);
  }

  @Test
  void connectionsThatOnlyShookHands_keepNobodyWaiting() throws Exception {
    // No policy of who may call; whose certificate it is, SpiffeTrust checks all the same.
    mode(TlsMode.PERMISSIVE, Authorization.ALLOW_ALL);
    List<SSLSocket> idle = new ArrayList<>();
    try {
      for (int i = 0; i < 5; i++) {
        idle.add(shakenHands());
      }

      assertThat(get(mutual(CALLER), "https", "/context").body()).isEqualTo(CALLER);
      for (SSLSocket socket : idle) {
        assertThat(ask(socket, "/context")).isEqualTo("HTTP/1.1 200 OK");
      }
    } finally {
      for (SSLSocket socket : idle) {
        socket.close();
      }
    }
  }

  @Test
  void requestsInARow_areAllAnswered() throws Exception {
    // No policy of who may call; whose certificate it is, SpiffeTrust checks all the same.
    mode(TlsMode.PERMISSIVE, Authorization.ALLOW_ALL);
    try (SSLSocket socket = shakenHands()) {
      // Each a record of TLS of its own; how many come at once is for the network to say.
      for (int i = 0; i < 20; i++) {
        send(socket, "/context");
      }

      BufferedReader in =
          new BufferedReader(new InputStreamReader(socket.getInputStream(), US_ASCII));
      for (int i = 0; i < 20; i++) {
        assertThat(skipTo(in, "HTTP/1.1")).isEqualTo("HTTP/1.1 200 OK");
      }
    }
    Await.until("all ends", () -> ended.size() == 20);
  }

  @Test
  void gracefulStop_takesThePortBack_andServesWhatIsUnderWay() throws Exception {
    int port = server.port();
    try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), port)) {
      socket.setSoTimeout(PATIENCE_MILLIS);
      OutputStream out = socket.getOutputStream();
      out.write("POST /echo HTTP/1.1\r\nContent-Length: 2\r\n\r\nx".getBytes(US_ASCII));
      Await.until("begin of the call", () -> begun.get() == 1);

      Thread stopping = new Thread(() -> ((JdkServer) server).stopGracefully(), "stopping");
      stopping.start();

      Await.until("closed port", () -> ports.contains("closed " + port));
      assertThat(ended).isEmpty();
      out.write('x');
      BufferedReader in =
          new BufferedReader(new InputStreamReader(socket.getInputStream(), US_ASCII));
      assertThat(in.readLine()).isEqualTo("HTTP/1.1 200 OK");
      stopping.join();
    }
    Await.until("end of the call", () -> ended.equals(List.of(200)));
  }

  @Test
  void httpsServer_keepsItsOwnTls_andIsNotOffered() throws Exception {
    Identity itsOwn = TestRoutes.AUTHORITY.identity(TestRoutes.spiffeId("https"));
    // No policy of who may call; whose certificate it is, SpiffeTrust checks all the same.
    routes.inbound(
        new Inbound(Map.of(), new Inbound.Port(TlsMode.STRICT, Authorization.ALLOW_ALL)));
    HttpsServer https =
        HttpsServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    https.setHttpsConfigurator(new HttpsConfigurator(itsOwn.serverContext()));
    https.createContext("/", exchange -> exchange.sendResponseHeaders(204, -1));
    https.start();
    try {
      HttpClient client =
          HttpClient.newBuilder()
              .version(Version.HTTP_1_1)
              .sslContext(
                  TestRoutes.AUTHORITY
                      .identity(CALLER)
                      .clientTls(TestRoutes.spiffeId("https"))
                      .context())
              .build();
      URI uri = URI.create("https://127.0.0.1:" + https.getAddress().getPort() + "/");

      assertThat(
              client
                  .send(HttpRequest.newBuilder(uri).build(), BodyHandlers.discarding())
                  .statusCode())
          .isEqualTo(204);
      assertThat(ports).containsExactly("bound " + server.port() + " HTTP");
      assertThat(begun).hasValue(0);
    } finally {
      https.stop(0);
    }
  }

  private SSLSocket shakenHands() throws IOException {
    SSLSocket socket =
        (SSLSocket)
            TestRoutes.AUTHORITY
                .identity(CALLER)
                .clientTls(TestRoutes.US)
                .context()
                .getSocketFactory()
                .createSocket(InetAddress.getLoopbackAddress(), server.port());
    socket.setSoTimeout(PATIENCE_MILLIS);
    socket.startHandshake();
    return socket;
  }

  private static String ask(SSLSocket socket, String path) throws IOException {
    send(socket, path);
    return skipTo(
        new BufferedReader(new InputStreamReader(socket.getInputStream(), US_ASCII)), "HTTP/1.1");
  }

  private static void send(SSLSocket socket, String path) throws IOException {
    socket
        .getOutputStream()
        .write(("GET " + path + " HTTP/1.1\r\nHost: localhost\r\n\r\n").getBytes(US_ASCII));
  }

  /** The next line with it in it, from there on: bodies here end without a line end. */
  private static String skipTo(BufferedReader in, String start) throws IOException {
    while (true) {
      String line = in.readLine();
      if (line == null) {
        return "";
      }
      int found = line.indexOf(start);
      if (found >= 0) {
        return line.substring(found);
      }
    }
  }
}
