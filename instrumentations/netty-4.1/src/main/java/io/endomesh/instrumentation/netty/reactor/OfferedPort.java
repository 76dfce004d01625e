package io.endomesh.instrumentation.netty.reactor;

import io.endomesh.weaving.OfferedPorts;
import io.endomesh.weaving.Suppressed;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelOutboundHandlerAdapter;
import io.netty.channel.ChannelPromise;
import java.net.InetSocketAddress;
import java.net.SocketAddress;

/**
 * In the pipeline of a server's own channel: its port is offered before the application hears that
 * it is bound, and taken back before it is closed. Used by the channel's event loop.
 */
final class OfferedPort extends ChannelOutboundHandlerAdapter {

  private static final OfferedPorts<Channel> PORTS = new OfferedPorts<>();

  @Override
  public void bind(ChannelHandlerContext ctx, SocketAddress address, ChannelPromise promise) {
    ctx.bind(address)
        .addListener(
            bound -> {
              if (bound.isSuccess()) {
                offer(ctx.channel());
                promise.trySuccess();
              } else {
                promise.tryFailure(bound.cause());
              }
            });
  }

  private static void offer(Channel server) {
    try {
      if (server.localAddress() instanceof InetSocketAddress address) {
        PORTS.add(server);
        PORTS.bound(server, address.getPort());
      }
    } catch (RuntimeException | LinkageError failure) {
      Suppressed.report(failure);
    }
  }

  @Override
  public void close(ChannelHandlerContext ctx, ChannelPromise promise) {
    try {
      PORTS.closing(ctx.channel());
    } catch (RuntimeException | LinkageError failure) {
      Suppressed.report(failure);
    }
    ctx.close(promise);
  }
}
