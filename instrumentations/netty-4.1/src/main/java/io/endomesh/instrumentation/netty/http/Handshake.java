package io.endomesh.instrumentation.netty.http;

import io.endomesh.weaving.AgentLog;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.handler.ssl.SslHandshakeCompletionEvent;

/**
 * Behind the mesh's TLS until it stands: what becomes of a handshake is no concern of the
 * application, which has no TLS. Used by the connection's event loop.
 */
final class Handshake extends ChannelInboundHandlerAdapter {

  private final boolean tellsOfTls;

  /**
   * @param tellsOfTls if those behind hear of the one that succeeds
   */
  Handshake(boolean tellsOfTls) {
    this.tellsOfTls = tellsOfTls;
  }

  @Override
  public void userEventTriggered(ChannelHandlerContext ctx, Object event) {
    if (!(event instanceof SslHandshakeCompletionEvent end)) {
      ctx.fireUserEventTriggered(event);
    } else if (end.isSuccess()) {
      if (tellsOfTls) {
        ctx.fireUserEventTriggered(event);
      }
      ctx.pipeline().remove(this);
    } else {
      close(ctx, end.cause());
    }
  }

  @Override
  public void exceptionCaught(ChannelHandlerContext ctx, Throwable failure) {
    close(ctx, failure);
  }

  private static void close(ChannelHandlerContext ctx, Throwable failure) {
    AgentLog.debug(
        "no TLS with "
            + ctx.channel().remoteAddress()
            + " on port "
            + ServedConnection.localPort(ctx.channel())
            + ": "
            + failure);
    ctx.close();
  }
}
