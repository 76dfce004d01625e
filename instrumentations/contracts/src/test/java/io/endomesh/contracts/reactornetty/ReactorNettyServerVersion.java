package io.endomesh.contracts.reactornetty;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.assertj.core.api.Assertions.assertThat;

import io.endomesh.dataplane.Inbound.TlsMode;
import io.endomesh.dataplane.authorize.Authorization;
import io.endomesh.dataplane.authorize.Condition;
import io.endomesh.dataplane.authorize.Policy;
import io.endomesh.dataplane.route.PathMatch;
import io.endomesh.testkit.Await;
import io.endomesh.testkit.NotApplicable;
import io.endomesh.testkit.StagedCode;
import io.endomesh.testkit.StagedHttpServerContract;
import io.endomesh.testkit.TestRoutes;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.Socket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpClient.Version;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** The contract on one version of the server, and what is its alone. */
@NotApplicable(
    promise = "policyOnAPath_seesItDecodedAndNormalized",
    reason = "Reactor Netty does not normalize paths: `..` is a segment like others")
abstract class ReactorNettyServerVersion extends StagedHttpServerContract {

  @Override
  protected final ReactorNettyServer start() {
    return StagedCode.make(
        getClass(),
        ReactorNettyServer.class,
        "io.endomesh.contracts.reactornetty.library.ReactiveServer");
  }

  @Test
  void policyOnAPath_seesItAsWritten_andDecoded() throws Exception {
    Condition admin = new Condition.Path(new PathMatch.SegmentPrefix("/admin"));
    Policy deny = new Policy("deny", List.of(new Policy.Rule(Condition.ANY, admin)));
    mode(TlsMode.DISABLE, new Authorization(List.of(deny), List.of()));
    HttpClient plain = HttpClient.newBuilder().version(Version.HTTP_1_1).build();

    assertThat(get(plain, "http", "/admin/x").statusCode()).isEqualTo(403);
    assertThat(get(plain, "http", "/adm%69n/x").statusCode()).isEqualTo(403);
    assertThat(get(plain, "http", "/admin;a=b/x").statusCode()).isEqualTo(403);
    assertThat(get(plain, "http", "/admin/../echo").statusCode()).isEqualTo(403);
    assertThat(get(plain, "http", "/echo/../admin/x").headers().firstValue("x-path"))
        .hasValue("/echo/../admin/x");
  }

  @Test
  void http2_onAPlaintextConnection_isServedWithTheSamePromises() throws Exception {
    HttpClient http2 = HttpClient.newBuilder().version(Version.HTTP_2).build();

    HttpResponse<String> served = get(http2, "http", "/context");
    mode(TlsMode.PERMISSIVE, allowing(CALLER));
    HttpResponse<String> refused = get(http2, "http", "/context");

    assertThat(served.version()).isEqualTo(Version.HTTP_2);
    assertThat(served.body()).isEqualTo("null");
    assertThat(refused.version()).isEqualTo(Version.HTTP_2);
    assertThat(refused.statusCode()).isEqualTo(403);
    Await.until("both ends", () -> endedWith(200, 403));
  }

  @Test
  void http2_callerRefusedWhileItSends_readsTheRefusal_andIsServedOnTheSameConnection()
      throws Exception {
    HttpClient http2 = HttpClient.newBuilder().version(Version.HTTP_2).build();
    get(http2, "http", "/echo");
    byte[] large = new byte[1_000_000];

    mode(TlsMode.PERMISSIVE, allowing(CALLER));
    for (int i = 0; i < 5; i++) {
      HttpResponse<byte[]> refused = post(http2, large);
      assertThat(refused.statusCode()).isEqualTo(403);
      assertThat(refused.version()).isEqualTo(Version.HTTP_2);
    }
    // No policy of who may call; whose certificate it is, SpiffeTrust checks all the same.
    mode(TlsMode.PERMISSIVE, Authorization.ALLOW_ALL);

    assertThat(post(http2, large).body()).isEqualTo(large);
  }

  private HttpResponse<byte[]> post(HttpClient client, byte[] body) throws Exception {
    URI uri = URI.create("http://127.0.0.1:" + server.port() + "/echo");
    return client.send(
        HttpRequest.newBuilder(uri).POST(BodyPublishers.ofByteArray(body)).build(),
        BodyHandlers.ofByteArray());
  }

  @Test
  void http2_ofWhichNobodyWasAsked_isServed_inPlaintextAndOverMutualTls() throws Exception {
    // No policy of who may call; whose certificate it is, SpiffeTrust checks all the same.
    mode(TlsMode.PERMISSIVE, Authorization.ALLOW_ALL);

    assertThat(settings(new Socket(InetAddress.getLoopbackAddress(), server.port())))
        .isEqualTo(SETTINGS_FRAME);
    Socket secured =
        TestRoutes.AUTHORITY
            .identity(CALLER)
            .clientTls(TestRoutes.US)
            .context()
            .getSocketFactory()
            .createSocket(InetAddress.getLoopbackAddress(), server.port());
    assertThat(settings(secured)).isEqualTo(SETTINGS_FRAME);
  }

  /** RFC 9113, 3.4 and 6.5: what either side begins with. */
  private static final int SETTINGS_FRAME = 4;

  private static int settings(Socket socket) throws IOException {
    try (socket) {
      socket.setSoTimeout(10_000);
      OutputStream out = socket.getOutputStream();
      out.write("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n".getBytes(US_ASCII));
      out.write(new byte[] {0, 0, 0, SETTINGS_FRAME, 0, 0, 0, 0, 0});
      out.flush();
      return socket.getInputStream().readNBytes(4)[3];
    }
  }

  @Test
  void requestsThatDoNotWait_areDecidedAndAnsweredInTheirOrder() throws Exception {
    Condition context = new Condition.Path(new PathMatch.Exact("/context"));
    Policy deny = new Policy("deny", List.of(new Policy.Rule(Condition.ANY, context)));
    mode(TlsMode.PERMISSIVE, new Authorization(List.of(deny), List.of()));
    StringBuilder requests = new StringBuilder();
    for (String path : List.of("/async", "/context", "/async", "/echo", "/context")) {
      requests.append("GET " + path + " HTTP/1.1\r\nHost: localhost\r\n\r\n");
    }

    List<String> statuses = new ArrayList<>();
    try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), server.port())) {
      socket.setSoTimeout(10_000);
      socket.getOutputStream().write(requests.toString().getBytes(US_ASCII));
      BufferedReader in =
          new BufferedReader(new InputStreamReader(socket.getInputStream(), US_ASCII));
      while (statuses.size() < 5) {
        String line = in.readLine();
        assertThat(line).as("answers to %s", statuses).isNotNull();
        int at = line.indexOf("HTTP/1.1 ");
        if (at >= 0) {
          statuses.add(line.substring(at + 9, at + 12));
        }
      }
    }

    assertThat(statuses).containsExactly("200", "403", "200", "200", "403");
    Await.until("all ends", () -> endedWith(200, 403, 200, 200, 403));
  }

  @Test
  void callerThatGoesAway_endsItsCall() throws Exception {
    try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), server.port())) {
      socket
          .getOutputStream()
          .write(
              "POST /echo HTTP/1.1\r\nHost: localhost\r\nContent-Length: 2\r\n\r\nx"
                  .getBytes(US_ASCII));
      Await.until("begin of the call", () -> begun.get() == 1);
    }

    Await.until("end of the call", () -> ended.size() == 1);
  }

  @Test
  void gracefulShutdown_takesThePortBack_andServesWhatIsUnderWay() throws Exception {
    int port = server.port();
    try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), port)) {
      socket.setSoTimeout(10_000);
      OutputStream out = socket.getOutputStream();
      out.write(
          "POST /echo HTTP/1.1\r\nHost: localhost\r\nContent-Length: 2\r\n\r\nx"
              .getBytes(US_ASCII));
      Await.until("begin of the call", () -> begun.get() == 1);

      Thread stopping = new Thread(() -> ((ReactorNettyServer) server).shutDown(), "stopping");
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
}
