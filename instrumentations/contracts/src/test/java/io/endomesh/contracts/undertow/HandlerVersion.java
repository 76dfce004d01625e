package io.endomesh.contracts.undertow;

import static org.assertj.core.api.Assertions.assertThat;

import io.endomesh.dataplane.Inbound.TlsMode;
import io.endomesh.dataplane.authorize.Authorization;
import io.endomesh.testkit.Await;
import io.endomesh.testkit.ServerUnderTest;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.WebSocket;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

/** The contract on handlers of one version of Undertow. */
abstract class HandlerVersion extends UndertowVersion {

  @Override
  protected ServerUnderTest start() throws Exception {
    return loader.handlers("UndertowServer");
  }

  @Test
  void webSocket_isACallThatEndsWithTheUpgrade_andGoesOnByItself() throws Exception {
    // No policy of who may call; whose certificate it is, SpiffeTrust checks all the same.
    mode(TlsMode.PERMISSIVE, Authorization.ALLOW_ALL);

    assertThat(told(HttpClient.newHttpClient(), "ws")).isEqualTo("hello");
    assertThat(told(mutual(CALLER), "wss")).isEqualTo("hello");
    Await.until("both ends", () -> endedWith(101, 101));
  }

  private String told(HttpClient client, String scheme) throws Exception {
    CompletableFuture<String> told = new CompletableFuture<>();
    WebSocket socket =
        client
            .newWebSocketBuilder()
            .buildAsync(
                URI.create(scheme + "://127.0.0.1:" + server.port() + "/websocket"),
                new Listening(told))
            .get(10, TimeUnit.SECONDS);
    socket.sendText("hello", /* last= */ true);
    try {
      return told.get(10, TimeUnit.SECONDS);
    } finally {
      socket.abort();
    }
  }

  private record Listening(CompletableFuture<String> told) implements WebSocket.Listener {
    @Override
    public CompletionStage<?> onText(WebSocket socket, CharSequence data, boolean last) {
      told.complete(data.toString());
      return WebSocket.Listener.super.onText(socket, data, last);
    }
  }
}
