package io.endomesh.testkit;

import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.WebSocket;
import java.net.http.WebSocketHandshakeException;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/** The caller's side of a WebSocket that echoes. Thread-safe where the JDK tells it of messages. */
final class WebSocketCaller implements WebSocket.Listener, AutoCloseable {

  /** Longer than any answer takes. */
  private static final int PATIENCE_SECONDS = 20;

  private final BlockingQueue<String> messages = new LinkedBlockingQueue<>();
  private final CompletableFuture<Integer> closed = new CompletableFuture<>();
  private final StringBuilder message = new StringBuilder();
  private final WebSocket socket;

  /**
   * @throws ExecutionException of a {@link WebSocketHandshakeException} if it is refused
   */
  WebSocketCaller(HttpClient client, URI uri) throws Exception {
    socket =
        client.newWebSocketBuilder().buildAsync(uri, this).get(PATIENCE_SECONDS, TimeUnit.SECONDS);
  }

  /** Status with which an upgrade was answered; 101 if it was made. */
  static int status(HttpClient client, URI uri) throws Exception {
    try {
      new WebSocketCaller(client, uri).close();
      return 101;
    } catch (ExecutionException e) {
      if (e.getCause() instanceof WebSocketHandshakeException refused) {
        return refused.getResponse().statusCode();
      }
      throw e;
    }
  }

  void say(CharSequence text, boolean last) throws Exception {
    socket.sendText(text, last).get(PATIENCE_SECONDS, TimeUnit.SECONDS);
  }

  /** The next message, however many frames it came in. */
  String hear() throws InterruptedException {
    String heard = messages.poll(PATIENCE_SECONDS, TimeUnit.SECONDS);
    if (heard == null) {
      throw new AssertionError("silent; closed: " + closed + "; of a message: " + message.length());
    }
    return heard;
  }

  /** Says that it will say no more. What the server closed with then. */
  int bye() throws Exception {
    socket.sendClose(WebSocket.NORMAL_CLOSURE, "").get(PATIENCE_SECONDS, TimeUnit.SECONDS);
    return closed.get(PATIENCE_SECONDS, TimeUnit.SECONDS);
  }

  @Override
  public @Nullable CompletionStage<?> onText(WebSocket from, CharSequence text, boolean last) {
    message.append(text);
    if (last) {
      messages.add(message.toString());
      message.setLength(0);
    }
    from.request(1);
    return null;
  }

  @Override
  public @Nullable CompletionStage<?> onClose(WebSocket from, int code, String reason) {
    closed.complete(code);
    return null;
  }

  @Override
  public void onError(WebSocket from, Throwable failure) {
    closed.completeExceptionally(failure);
  }

  @Override
  public void close() {
    socket.abort();
  }
}
