package io.endomesh.instrumentation.httpclient;

import io.endomesh.dataplane.AsyncCall;
import io.endomesh.dataplane.BlockingCall;
import io.endomesh.dataplane.Call;
import io.endomesh.weaving.CallDepth;
import io.endomesh.weaving.Weaving;
import java.io.IOException;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandler;
import java.net.http.HttpResponse.PushPromiseHandler;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/**
 * The call hook: runs a call through the mesh, or says by null that the JDK is to go on by itself.
 * Thread-safe.
 */
final class MeshSend {

  /** Inside while this thread starts the handshake of a web socket. */
  static final CallDepth WEB_SOCKET = new CallDepth();

  private MeshSend() {}

  static @Nullable Sent send(HttpClient client, HttpRequest request, BodyHandler<?> handler) {
    RequestView view = view(client, request);
    Call call = view == null ? null : Weaving.mesh().call(view);
    return view == null || call == null ? null : run(call, client, request, view, handler);
  }

  private static <T> Sent run(
      Call call, HttpClient client, HttpRequest request, RequestView view, BodyHandler<T> handler) {
    HttpCall<T> http = new HttpCall<>(client, request, view, handler, null);
    try {
      HttpResponse<T> response = BlockingCall.run(call, new BlockingExchange<>(http));
      RedirectedRequest next = http.redirect();
      return new Sent(next == null ? response : next.answeredBy(client.send(next, handler)), null);
    } catch (IOException
        | InterruptedException
        | IllegalArgumentException
        | SecurityException
        | Error e) {
      // All that HttpClient.send throws. Anything else is a fault of ours: the agent keeps it from
      // the application, which then sends without the mesh.
      return new Sent(null, e);
    }
  }

  static <T> @Nullable CompletableFuture<HttpResponse<T>> sendAsync(
      HttpClient client,
      HttpRequest request,
      BodyHandler<T> handler,
      @Nullable PushPromiseHandler<T> pushes) {
    RequestView view = view(client, request);
    Call call = view == null ? null : Weaving.mesh().call(view);
    if (view == null || call == null) {
      return null;
    }
    HttpCall<T> http = new HttpCall<>(client, request, view, handler, pushes);
    CompletableFuture<HttpResponse<T>> done = AsyncCall.start(call, http.async());
    return http.mayRedirect() ? FollowedRedirects.of(http, done) : done;
  }

  private static @Nullable RequestView view(HttpClient client, HttpRequest request) {
    return request instanceof AttemptRequest || WEB_SOCKET.isInside() || Weaving.onAgentThread()
        ? null
        : RequestView.of(request, client.cookieHandler().orElse(null));
  }
}
