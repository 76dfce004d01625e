package io.endomesh.contracts.helidon;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.endomesh.dataplane.Inbound.TlsMode;
import io.endomesh.dataplane.authorize.Authorization;
import io.endomesh.dataplane.authorize.Condition;
import io.endomesh.dataplane.authorize.Policy;
import io.endomesh.dataplane.route.PathMatch;
import io.endomesh.testkit.Await;
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
import java.net.http.HttpResponse;
import java.net.http.WebSocket;
import java.net.http.WebSocketHandshakeException;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

/** The contract on one version of Helidon, and what is Helidon's alone. */
abstract class HelidonVersion extends StagedHttpServerContract {

  private static final String HALF_A_REQUEST =
      "POST /echo HTTP/1.1\r\nHost: localhost\r\nContent-Length: 2\r\n\r\nx";

  @Override
  protected final Staged start() {
    return StagedCode.make(
        getClass(), Staged.class, "io.endomesh.contracts.helidon.server.HelidonServer");
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
  void webSocket_isDecidedAboutOnce_andLeftAlone() throws Exception {
    mode(TlsMode.PERMISSIVE, Authorization.ALLOW_ALL);
    try (Said plain = open(plain(), "ws");
        Said secured = open(mutual(CALLER), "wss")) {
      assertThat(plain.answer("hey")).isEqualTo("heyhey");
      assertThat(secured.answer("ho")).isEqualTo("hoho");

      Await.until("both decisions", () -> begun.get() == 2);
    }
    assertThat(begun).hasValue(2);
    assertThat(ended).containsExactly(101, 101);
  }

  @Test
  void webSocket_ofACallerThatMayNot_isRefused_andSoIsOneOnAPathThatIsDenied() throws Exception {
    mode(TlsMode.PERMISSIVE, allowing(CALLER));
    assertThat(refusal(plain(), "ws")).isEqualTo(403);
    try (Said secured = open(mutual(CALLER), "wss")) {
      assertThat(secured.answer("ho")).isEqualTo("hoho");
    }

    Condition socket = new Condition.Path(new PathMatch.Exact("/socket"));
    Policy deny = new Policy(POLICY, List.of(new Policy.Rule(Condition.ANY, socket)));
    mode(TlsMode.PERMISSIVE, new Authorization(List.of(deny), List.of()));
    assertThat(refusal(mutual(CALLER), "wss")).isEqualTo(403);
    Await.until("all ends", () -> endedWith(403, 101, 403));
  }

  @Test
  void upgradeToNothing_isDecidedAboutOnce_asTheRequestItIs() throws Exception {
    mode(TlsMode.PERMISSIVE, Authorization.ALLOW_ALL);

    assertThat(get(plain(), "http", "/echo").statusCode()).isEqualTo(200);
    assertThatThrownBy(
            () -> plain().newWebSocketBuilder().buildAsync(socket("ws", "/echo"), nobody()).join())
        .cause()
        .isInstanceOfSatisfying(
            WebSocketHandshakeException.class,
            e -> assertThat(e.getResponse().statusCode()).isEqualTo(200));

    Await.until("both ends", () -> endedWith(200, 200));
    assertThat(begun).hasValue(2);
  }

  @Test
  void callerThatGoesAway_endsItsCall() throws Exception {
    try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), server.port())) {
      socket.getOutputStream().write(HALF_A_REQUEST.getBytes(US_ASCII));
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
      socket.close();
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

  private URI socket(String scheme, String path) {
    return URI.create(scheme + "://127.0.0.1:" + server.port() + path);
  }

  private int refusal(HttpClient client, String scheme) {
    CompletableFuture<WebSocket> opening =
        client.newWebSocketBuilder().buildAsync(socket(scheme, "/socket"), nobody());
    return opening
        .handle(
            (opened, failure) ->
                failure instanceof WebSocketHandshakeException refused
                        || (failure != null
                            && failure.getCause() instanceof WebSocketHandshakeException)
                    ? status(failure)
                    : 0)
        .join();
  }

  private static int status(Throwable failure) {
    Throwable refused =
        failure instanceof WebSocketHandshakeException ? failure : failure.getCause();
    return ((WebSocketHandshakeException) refused).getResponse().statusCode();
  }

  private static WebSocket.Listener nobody() {
    return new WebSocket.Listener() {};
  }

  private Said open(HttpClient client, String scheme) throws Exception {
    Said said = new Said();
    said.socket =
        client
            .newWebSocketBuilder()
            .buildAsync(socket(scheme, "/socket"), said)
            .get(10, TimeUnit.SECONDS);
    return said;
  }

  /** One question and its answer. */
  private static final class Said implements WebSocket.Listener, AutoCloseable {

    private final CompletableFuture<String> answer = new CompletableFuture<>();
    private WebSocket socket;

    String answer(String question) throws Exception {
      socket.sendText(question, /* last= */ true);
      return answer.get(10, TimeUnit.SECONDS);
    }

    @Override
    public CompletionStage<?> onText(WebSocket from, CharSequence text, boolean last) {
      answer.complete(text.toString());
      return null;
    }

    @Override
    public void close() {
      socket.abort();
    }
  }
}
