package io.endomesh.contracts.armeria;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.assertj.core.api.Assertions.assertThat;

import io.endomesh.dataplane.Inbound.TlsMode;
import io.endomesh.dataplane.authorize.Authorization;
import io.endomesh.dataplane.authorize.Condition;
import io.endomesh.dataplane.authorize.Policy;
import io.endomesh.dataplane.route.PathMatch;
import io.endomesh.testkit.Await;
import io.endomesh.testkit.Backend;
import io.endomesh.testkit.NotApplicable;
import io.endomesh.testkit.StagedCode;
import io.endomesh.testkit.StagedHttpServerContract;
import java.io.BufferedReader;
import java.io.InputStreamReader;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.Socket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpClient.Version;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.util.List;
import org.junit.jupiter.api.Test;

/** The contract on one version of the server, and what is its alone. */
@NotApplicable(
    promise = "policyOnAPath_seesItDecodedAndNormalized",
    reason = ArmeriaServerVersion.NO_DOTS)
@NotApplicable(
    promise = "certificate_wasRenewedLongAgo_answerOnAConnectionOfBeforeIsItsLast",
    reason = ArmeriaServerVersion.NO_LAST_ANSWER)
abstract class ArmeriaServerVersion extends StagedHttpServerContract {

  static final String NO_DOTS =
      "Armeria answers a path with `..` in it by 400 itself, before anybody is asked";

  static final String NO_LAST_ANSWER =
      "Armeria takes `Connection` out of what services answer, and closing without it would fail"
          + " the request that is on its way";

  @Override
  protected final Staged start() {
    return StagedCode.make(
        getClass(), Staged.class, "io.endomesh.contracts.armeria.library.ArmeriaServer");
  }

  @Test
  void policyOnAPath_seesItDecoded_asArmeriaDoes() throws Exception {
    Condition admin = new Condition.Path(new PathMatch.SegmentPrefix("/admin"));
    Policy deny = new Policy("deny", List.of(new Policy.Rule(Condition.ANY, admin)));
    mode(TlsMode.DISABLE, new Authorization(List.of(deny), List.of()));
    HttpClient plain = HttpClient.newBuilder().version(Version.HTTP_1_1).build();

    assertThat(get(plain, "http", "/admin/x").statusCode()).isEqualTo(403);
    assertThat(get(plain, "http", "/adm%69n/x").statusCode()).isEqualTo(403);
    assertThat(get(plain, "http", "//admin//x").statusCode()).isEqualTo(403);
    assertThat(get(plain, "http", "/echo/../admin/x").statusCode()).isEqualTo(400);
    assertThat(get(plain, "http", "/echo").statusCode()).isEqualTo(200);
  }

  @Test
  void service_goesOnWithItsContextOnAnotherThread_forTheSameCaller() throws Exception {
    // No policy of who may call; whose certificate it is, SpiffeTrust checks all the same.
    mode(TlsMode.PERMISSIVE, Authorization.ALLOW_ALL);

    assertThat(get(mutual(CALLER), "https", "/context/later").body()).isEqualTo(CALLER);
    Await.until("end of the call", () -> ended.equals(List.of(200)));
  }

  @Test
  void callOfAService_belongsToTheServedCall_whereverItsRequestIs() throws Exception {
    try (Backend orders = Backend.plaintext("orders")) {
      routes.host("orders", orders.endpoint());

      HttpResponse<String> answer =
          HttpClient.newHttpClient()
              .send(
                  HttpRequest.newBuilder(
                          URI.create("http://127.0.0.1:" + server.port() + "/outgoing"))
                      .header(WAITS, "60000")
                      .build(),
                  BodyHandlers.ofString());

      assertThat(answer.body()).isEqualTo("orders");
      assertThat(orders.only().header(WAITS)).isNotNull();
    }
  }

  private static final String WAITS = "x-envoy-expected-rq-timeout-ms";

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
  void http2_ofWhichNobodyWasAsked_isServed_inPlaintextAndOverMutualTls() throws Exception {
    // No policy of who may call; whose certificate it is, SpiffeTrust checks all the same.
    mode(TlsMode.PERMISSIVE, Authorization.ALLOW_ALL);

    assertThat(Http2Preface.answerTo(new Socket(InetAddress.getLoopbackAddress(), server.port())))
        .isEqualTo(Http2Preface.SETTINGS_FRAME);
    assertThat(Http2Preface.answerTo(Http2Preface.secured(CALLER, server.port())))
        .isEqualTo(Http2Preface.SETTINGS_FRAME);
    // As the clients of gRPC.
    assertThat(Http2Preface.answerTo(Http2Preface.secured(CALLER, server.port(), "h2")))
        .isEqualTo(Http2Preface.SETTINGS_FRAME);
  }

  @Test
  void callerThatGoesAway_endsItsCall() throws Exception {
    try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), server.port())) {
      socket.getOutputStream().write(HALF_A_REQUEST.getBytes(US_ASCII));
      Await.until("begin of the call", () -> begun.get() == 1);
    }

    Await.until("end of the call", () -> ended.size() == 1);
  }

  private static final String HALF_A_REQUEST =
      "POST /echo HTTP/1.1\r\nHost: localhost\r\nContent-Length: 2\r\n\r\nx";

  @Test
  void gracefulShutdown_takesThePortBack_andServesWhatIsUnderWay() throws Exception {
    int port = server.port();
    try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), port)) {
      socket.setSoTimeout(10_000);
      OutputStream out = socket.getOutputStream();
      out.write(HALF_A_REQUEST.getBytes(US_ASCII));
      Await.until("begin of the call", () -> begun.get() == 1);

      Thread stopping = new Thread(this::stop, "stopping");
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

  private void stop() {
    try {
      server.close();
    } catch (Exception e) {
      throw new IllegalStateException(e);
    }
  }
}
