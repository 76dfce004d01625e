package io.endomesh.xds.http2;

import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.handler.codec.http2.DefaultHttp2PingFrame;
import io.netty.handler.codec.http2.Http2FrameCodecBuilder;
import io.netty.handler.codec.http2.Http2GoAwayFrame;
import io.netty.handler.codec.http2.Http2MultiplexHandler;
import io.netty.handler.codec.http2.Http2PingFrame;
import io.netty.handler.codec.http2.Http2Settings;
import io.netty.handler.ssl.SslHandler;
import io.netty.handler.ssl.SslHandshakeCompletionEvent;
import io.netty.util.ReferenceCountUtil;
import java.io.IOException;
import java.util.concurrent.Executor;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/** The life of one connection: handshake, pings, end. Used by the event loop only. */
final class ConnectionHandler extends ChannelInboundHandlerAdapter {

  /**
   * A peer that vanished without a FIN is noticed within two of these. Istio's agents ping their
   * control plane every 30 s; ours hold a lease of seconds.
   */
  private static final long PING_SECONDS = 5;

  /** Lets one large answer arrive in few round trips; HTTP/2's default is 64 KB. */
  private static final int STREAM_WINDOW_BYTES = 1 << 20;

  private final String scheme;
  private final String authority;
  private final boolean pings;
  private final Executor callbacks;
  private final Http2Connection.Listener listener;

  private @Nullable Throwable cause;
  private boolean pingUnanswered;
  private boolean closed;

  /**
   * @param scheme {@code https} after a TLS handshake, {@code http} without one
   * @param pings whether the peer is asked now and then if it is still there
   */
  ConnectionHandler(
      String scheme,
      String authority,
      boolean pings,
      Executor callbacks,
      Http2Connection.Listener listener) {
    this.scheme = scheme;
    this.authority = authority;
    this.pings = pings;
    this.callbacks = callbacks;
    this.listener = listener;
  }

  @Override
  public void channelActive(ChannelHandlerContext context) {
    if (scheme.equals("http")) {
      speakHttp2(context);
    }
    context.fireChannelActive();
  }

  @Override
  public void userEventTriggered(ChannelHandlerContext context, Object event) {
    if (event instanceof SslHandshakeCompletionEvent handshake) {
      if (!handshake.isSuccess()) {
        cause = handshake.cause();
        context.close();
      } else if (!"h2"
          .equals(context.pipeline().get(SslHandler.class).engine().getApplicationProtocol())) {
        cause = new IOException("the server does not speak HTTP/2 on this port (ALPN h2)");
        context.close();
      } else {
        speakHttp2(context);
      }
    }
    context.fireUserEventTriggered(event);
  }

  private void speakHttp2(ChannelHandlerContext context) {
    Http2Settings settings =
        Http2Settings.defaultSettings().initialWindowSize(STREAM_WINDOW_BYTES).pushEnabled(false);
    context
        .pipeline()
        .addBefore(
            context.name(),
            null,
            Http2FrameCodecBuilder.forClient().initialSettings(settings).build())
        .addBefore(
            context.name(), null, new Http2MultiplexHandler(new ChannelInboundHandlerAdapter()));
    if (pings) {
      pingLater(context);
    }
    Http2Connection connection =
        new Http2Connection(context.channel(), scheme, authority, callbacks);
    callbacks.execute(() -> listener.ready(connection));
  }

  private void pingLater(ChannelHandlerContext context) {
    context.executor().schedule(() -> ping(context), PING_SECONDS, TimeUnit.SECONDS);
  }

  private void ping(ChannelHandlerContext context) {
    if (closed) {
      return;
    }
    if (pingUnanswered) {
      cause = new IOException("no answer to a ping for " + PING_SECONDS + " s");
      context.close();
      return;
    }
    pingUnanswered = true;
    context.writeAndFlush(new DefaultHttp2PingFrame(0));
    pingLater(context);
  }

  @Override
  public void channelRead(ChannelHandlerContext context, Object frame) {
    try {
      if (frame instanceof Http2PingFrame ping && ping.ack()) {
        pingUnanswered = false;
      } else if (frame instanceof Http2GoAwayFrame) {
        // The server shuts down or sheds load: streams begin anew elsewhere, or later.
        context.close();
      }
    } finally {
      ReferenceCountUtil.release(frame);
    }
  }

  @Override
  public void exceptionCaught(ChannelHandlerContext context, Throwable error) {
    if (cause == null) {
      cause = error;
    }
    context.close();
  }

  @Override
  public void channelInactive(ChannelHandlerContext context) {
    closed(cause);
  }

  void closed(@Nullable Throwable why) {
    if (!closed) {
      closed = true;
      callbacks.execute(() -> listener.closed(why));
    }
  }
}
