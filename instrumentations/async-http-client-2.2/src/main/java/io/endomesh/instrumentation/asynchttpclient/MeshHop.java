package io.endomesh.instrumentation.asynchttpclient;

import io.endomesh.dataplane.Call;
import io.endomesh.weaving.Weaving;
import org.asynchttpclient.AsyncHandler;
import org.asynchttpclient.ListenableFuture;
import org.asynchttpclient.Request;
import org.asynchttpclient.netty.NettyResponseFuture;
import org.asynchttpclient.netty.request.NettyRequestSender;
import org.jspecify.annotations.Nullable;

/**
 * The call hook: begins a call through the mesh, or says by null that the library is to go on by
 * itself. Stateless.
 */
final class MeshHop {

  /** Of 2.x only: reads its answer from the connection, with the library's own back-pressure. */
  private static final String STREAMED = "org.asynchttpclient.handler.StreamedAsyncHandler";

  private MeshHop() {}

  /**
   * Begins a call, null if the library is to go on.
   *
   * @param future of the hop before, whose redirect led here; null for the first
   * @return what the application gets
   */
  static <T> @Nullable ListenableFuture<T> begin(
      NettyRequestSender sender,
      Request request,
      AsyncHandler<T> handler,
      @Nullable NettyResponseFuture<?> future) {
    if (handler instanceof AttemptHandler
        || request.getUri().isWebSocket()
        || isStreamed(handler.getClass())
        || Weaving.onAgentThread()) {
      return null;
    }
    RequestView view =
        new RequestView(request, Internals.timeoutMillis(request, Internals.config(sender)));
    Call call = Weaving.mesh().call(view);
    if (call == null) {
      return null;
    }
    NettyResponseFuture<T> answered =
        future == null ? future(request, handler) : sameHandler(future);
    new Attempts(sender, request, view, call, new Application(handler, answered, call)).start();
    return answered;
  }

  @SuppressWarnings("unchecked") // It is the future of this handler.
  private static <T> NettyResponseFuture<T> sameHandler(NettyResponseFuture<?> future) {
    return (NettyResponseFuture<T>) future;
  }

  /** Of the library's own class: it knows what handlers are told, and when. */
  private static <T> NettyResponseFuture<T> future(Request request, AsyncHandler<T> handler) {
    return new NettyResponseFuture<>(
        request,
        handler,
        /* nettyRequest= */ null,
        /* maxRetry= */ 0,
        request.getChannelPoolPartitioning(),
        /* connectionSemaphore= */ null,
        /* proxyServer= */ null);
  }

  private static boolean isStreamed(@Nullable Class<?> type) {
    if (type == null) {
      return false;
    }
    for (Class<?> each : type.getInterfaces()) {
      if (each.getName().equals(STREAMED) || isStreamed(each)) {
        return true;
      }
    }
    return isStreamed(type.getSuperclass());
  }
}
