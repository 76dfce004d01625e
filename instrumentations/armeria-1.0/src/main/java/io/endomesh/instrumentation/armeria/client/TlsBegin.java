package io.endomesh.instrumentation.armeria.client;

import io.endomesh.dataplane.identity.ClientTls;
import io.netty.channel.Channel;
import io.netty.channel.ChannelDuplexHandler;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelPipeline;
import io.netty.channel.ChannelPromise;
import io.netty.handler.ssl.SslHandler;
import io.netty.handler.ssl.SslHandshakeCompletionEvent;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.SSLParameters;
import org.jspecify.annotations.Nullable;

/**
 * Behind the mesh's TLS of a connection, in front of the library, which takes it for plaintext: the
 * library hears of a connection when the handshake is done, and that it has none if it fails. So
 * nothing is sent before. Used by the connection's event loop.
 */
final class TlsBegin extends ChannelDuplexHandler {

  private @Nullable ChannelPromise connected;

  private TlsBegin() {}

  /**
   * Nothing comes of the connection if its TLS is not known any more.
   *
   * @param address whose name says which TLS
   */
  static void on(Channel channel, InetSocketAddress address) {
    ChannelPipeline pipeline = channel.pipeline();
    pipeline.addFirst(new TlsBegin());
    ClientTls tls = PooledHost.tls(address.getHostString());
    if (tls != null) {
      // Whose certificate is right its context says by itself: an identity, or a host's name.
      SSLEngine engine =
          tls.context().createSSLEngine(address.getAddress().getHostAddress(), address.getPort());
      engine.setUseClientMode(true);
      if (PooledHost.speaksHttp2(address.getHostString())) {
        SSLParameters parameters = engine.getSSLParameters();
        // Servers of gRPC want to hear of it; others say that they take it in any case.
        parameters.setApplicationProtocols(new String[] {"h2", "http/1.1"});
        engine.setSSLParameters(parameters);
      }
      pipeline.addFirst(new SslHandler(engine));
    }
  }

  @Override
  public void connect(
      ChannelHandlerContext ctx,
      SocketAddress remote,
      SocketAddress local,
      ChannelPromise promise) {
    if (ctx.pipeline().get(SslHandler.class) == null) {
      promise.tryFailure(new IOException("TLS of the endpoint is not known any more"));
      ctx.close();
      return;
    }
    connected = promise;
    ctx.connect(remote, local)
        .addListener(
            done -> {
              if (!done.isSuccess()) {
                fail(done.cause());
              }
            });
  }

  /** Not yet. */
  @Override
  public void channelActive(ChannelHandlerContext ctx) {}

  @Override
  public void userEventTriggered(ChannelHandlerContext ctx, Object event) {
    if (!(event instanceof SslHandshakeCompletionEvent end)) {
      ctx.fireUserEventTriggered(event);
    } else if (end.isSuccess()) {
      ChannelPromise promise = connected;
      connected = null;
      // The library expects to hear of the connection first, and then that it is active.
      if (promise != null && promise.trySuccess()) {
        ctx.fireChannelActive();
      }
      ctx.pipeline().remove(this);
    } else {
      fail(end.cause());
      ctx.close();
    }
  }

  @Override
  public void exceptionCaught(ChannelHandlerContext ctx, Throwable failure) {
    fail(failure);
    ctx.close();
  }

  @Override
  public void channelInactive(ChannelHandlerContext ctx) {
    fail(new IOException("closed before its TLS handshake was done"));
  }

  private void fail(Throwable cause) {
    ChannelPromise promise = connected;
    if (promise != null) {
      connected = null;
      promise.tryFailure(cause);
    }
  }
}
