package io.endomesh.contracts.helidon;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.endomesh.dataplane.Inbound.TlsMode;
import io.endomesh.dataplane.authorize.Authorization;
import io.endomesh.testkit.Await;
import io.endomesh.testkit.StagedCode;
import io.endomesh.testkit.StagedHttpServerContract;
import java.io.BufferedReader;
import java.io.InputStreamReader;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.Socket;
import java.net.http.HttpClient;
import java.net.http.HttpClient.Version;
import java.net.http.HttpResponse;
import java.net.http.WebSocket;
import java.net.http.WebSocketHandshakeException;
import java.util.List;
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

  /** A filter of newer versions, and what older ones ask before, see the same request. */
  @Test
  void webSocket_whereThereIsNone_isDecidedAboutOnce_asTheRequestItIs() throws Exception {
    // No policy of who may call; whose certificate it is, SpiffeTrust checks all the same.
    mode(TlsMode.PERMISSIVE, Authorization.ALLOW_ALL);

    assertThatThrownBy(
            () ->
                plain()
                    .newWebSocketBuilder()
                    .buildAsync(uri("ws", "/echo"), new WebSocket.Listener() {})
                    .join())
        .cause()
        .isInstanceOfSatisfying(
            WebSocketHandshakeException.class,
            e -> assertThat(e.getResponse().statusCode()).isEqualTo(200));

    Await.until("its end", () -> endedWith(200));
    assertThat(begun).hasValue(1);
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
}
