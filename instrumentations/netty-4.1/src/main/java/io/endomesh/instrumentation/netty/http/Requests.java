package io.endomesh.instrumentation.netty.http;

import io.endomesh.dataplane.CallContext;
import io.netty.channel.Channel;
import io.netty.channel.ChannelDuplexHandler;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelPromise;
import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpObject;
import io.netty.handler.codec.http.HttpRequest;
import io.netty.handler.codec.http.HttpResponse;
import io.netty.handler.codec.http.LastHttpContent;
import io.netty.util.ReferenceCountUtil;
import java.util.ArrayDeque;
import java.util.Deque;
import org.jspecify.annotations.Nullable;

/**
 * The requests of a connection of HTTP/1.1, or that of a stream of HTTP/2, as its codec gives them,
 * in front of all that the library and the application do with them. One at a time: what a caller
 * sends before it has its answer waits here. Used by the connection's event loop.
 */
final class Requests extends ChannelDuplexHandler {

  /** The name of Vert.x's handler for requests that ask for HTTP/2. */
  private static final String OF_VERTX = "h2c";

  private final Channel connection;

  /** What came before the answer to what came before it. */
  private final Deque<Object> waiting = new ArrayDeque<>();

  /** The request whose answer has not ended; null if there is none. */
  private @Nullable ServedRequest served;

  /** What a refused caller still sends; null if nothing is. */
  private @Nullable DroppedBody dropped;

  private boolean hasDropped;
  private boolean hasPassed;
  private boolean isReadHeld;

  /**
   * @param connection that the codec is on, or that its stream is on
   */
  Requests(Channel connection) {
    this.connection = connection;
  }

  @Override
  public void channelRead(ChannelHandlerContext ctx, Object message) {
    if (!(message instanceof HttpObject)) {
      hasPassed = true;
      ctx.fireChannelRead(message);
    } else if (!waiting.isEmpty() || message instanceof HttpRequest && served != null) {
      waiting.add(message);
    } else {
      next(ctx, message);
    }
  }

  private void next(ChannelHandlerContext ctx, Object message) {
    if (message instanceof HttpRequest request) {
      begin(ctx, request);
    }
    if (dropped != null) {
      hasDropped = true;
      dropped = dropped.drop(message) ? null : dropped;
    } else {
      pass(ctx, message);
    }
  }

  private void begin(ChannelHandlerContext ctx, HttpRequest request) {
    if (request.headers().contains(HttpHeaderNames.UPGRADE, "h2c", /* ignoreCase= */ true)
        && MeshTls.isOn(connection)
        && ctx.pipeline().get(OF_VERTX) != null) {
      // Vert.x 4 would remove the mesh's TLS too. A server may ignore it (RFC 9110, 7.8).
      request.headers().remove(HttpHeaderNames.UPGRADE);
    }
    ServedRequest begun = ServedRequest.serve(connection, ctx.channel(), request);
    if (begun == null || !begun.isRefused()) {
      served = begun;
      return;
    }
    ChannelPromise written = begun.ending(ctx.newPromise());
    ctx.writeAndFlush(begun.refusal(), written);
    if (begun.endsConnection() && ctx.channel() != connection) {
      written.addListener(done -> connection.close());
    }
    dropped = new DroppedBody(request, written, begun.endsConnection());
  }

  private void pass(ChannelHandlerContext ctx, Object message) {
    hasPassed = true;
    CallContext before = served == null ? null : served.attach();
    try {
      ctx.fireChannelRead(message);
    } finally {
      if (before != null) {
        CallContext.restore(before);
      }
    }
  }

  /** Nobody else asks for more if nobody else was given anything. */
  @Override
  public void channelReadComplete(ChannelHandlerContext ctx) {
    boolean asks = hasDropped && !hasPassed;
    hasDropped = false;
    hasPassed = false;
    ctx.fireChannelReadComplete();
    if (asks) {
      read(ctx);
    }
  }

  /** No more may wait than came at once. */
  @Override
  public void read(ChannelHandlerContext ctx) {
    isReadHeld = !waiting.isEmpty();
    if (!isReadHeld) {
      ctx.read();
    }
  }

  @Override
  public void write(ChannelHandlerContext ctx, Object message, ChannelPromise promise) {
    ServedRequest answered = served;
    if (answered == null
        || !(message instanceof HttpObject)
        || message instanceof HttpResponse response && !answered.answers(response)) {
      ctx.write(message, promise);
    } else if (answered.goesOnAsHttp2()) {
      served = null;
      ctx.write(message, promise);
    } else if (message instanceof LastHttpContent) {
      served = null;
      ctx.write(message, answered.ending(promise));
      if (!waiting.isEmpty()) {
        // Not from here: whoever writes is not through with the last one yet.
        ctx.executor().execute(() -> goOn(ctx));
      }
    } else {
      ctx.write(message, promise);
    }
  }

  private void goOn(ChannelHandlerContext ctx) {
    while (!waiting.isEmpty() && !(waiting.peek() instanceof HttpRequest && served != null)) {
      next(ctx, waiting.remove());
    }
    channelReadComplete(ctx);
    if (isReadHeld) {
      read(ctx);
    }
  }

  @Override
  public void channelInactive(ChannelHandlerContext ctx) {
    breakOff();
    if (ctx.channel() == connection) {
      ServedRequest.breakOffUpgrade(connection);
    }
    ctx.fireChannelInactive();
  }

  @Override
  public void handlerRemoved(ChannelHandlerContext ctx) {
    breakOff();
  }

  private void breakOff() {
    if (served != null) {
      served.breaksOff();
      served = null;
    }
    for (Object message = waiting.poll(); message != null; message = waiting.poll()) {
      ReferenceCountUtil.release(message);
    }
  }
}
