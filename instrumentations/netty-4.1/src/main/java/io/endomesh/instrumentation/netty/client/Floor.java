package io.endomesh.instrumentation.netty.client;

import io.netty.channel.ChannelDuplexHandler;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelPromise;
import io.netty.util.ReferenceCountUtil;
import org.jspecify.annotations.Nullable;

/**
 * In a pipeline whose channel has no connection: nothing gets below. What is there, as TLS of the
 * application, never hears of one. Used by the channel's event loop.
 */
final class Floor extends ChannelDuplexHandler {

  private @Nullable Tunnel tunnel;

  /** From now on bytes go there. */
  void leadsTo(Tunnel there) {
    tunnel = there;
  }

  @Override
  public void read(ChannelHandlerContext ctx) {
    if (tunnel != null) {
      tunnel.read();
    }
  }

  @Override
  public void write(ChannelHandlerContext ctx, Object message, ChannelPromise promise) {
    if (tunnel != null) {
      tunnel.write(message, promise);
    } else {
      ReferenceCountUtil.release(message);
      promise.trySuccess();
    }
  }

  @Override
  public void flush(ChannelHandlerContext ctx) {
    if (tunnel != null) {
      tunnel.flush();
    }
  }

  /** TLS would say farewell to its peer. */
  @Override
  public void close(ChannelHandlerContext ctx, ChannelPromise promise) {
    ctx.channel().unsafe().close(promise);
  }

  @Override
  public void disconnect(ChannelHandlerContext ctx, ChannelPromise promise) {
    close(ctx, promise);
  }
}
