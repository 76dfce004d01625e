package io.endomesh.contracts.netty.client;

import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.SimpleChannelInboundHandler;
import io.netty.handler.codec.http.DefaultHttpHeaders;
import io.netty.handler.codec.http.FullHttpResponse;
import io.netty.handler.codec.http.websocketx.CloseWebSocketFrame;
import io.netty.handler.codec.http.websocketx.TextWebSocketFrame;
import io.netty.handler.codec.http.websocketx.WebSocketClientHandshaker;
import io.netty.handler.codec.http.websocketx.WebSocketClientHandshakerFactory;
import io.netty.handler.codec.http.websocketx.WebSocketVersion;
import java.net.URI;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;

/** A web socket by which one text is said. Used by the event loop. */
final class Talk extends SimpleChannelInboundHandler<Object> {

  final CompletableFuture<List<String>> frames = new CompletableFuture<>();

  private final List<String> came = new ArrayList<>();
  private final WebSocketClientHandshaker handshaker;
  private final String text;

  Talk(URI uri, String text) {
    this.text = text;
    this.handshaker =
        WebSocketClientHandshakerFactory.newHandshaker(
            uri,
            WebSocketVersion.V13,
            /* subprotocol= */ null,
            /* allowExtensions= */ false,
            new DefaultHttpHeaders());
  }

  @Override
  public void channelActive(ChannelHandlerContext ctx) {
    handshaker.handshake(ctx.channel());
  }

  @Override
  protected void channelRead0(ChannelHandlerContext ctx, Object message) {
    if (message instanceof FullHttpResponse response) {
      handshaker.finishHandshake(ctx.channel(), response);
      ctx.writeAndFlush(new TextWebSocketFrame(text));
    } else if (message instanceof TextWebSocketFrame frame) {
      came.add(frame.text());
    } else if (message instanceof CloseWebSocketFrame) {
      frames.complete(came);
    }
  }

  @Override
  public void exceptionCaught(ChannelHandlerContext ctx, Throwable failure) {
    frames.completeExceptionally(failure);
    ctx.close();
  }

  @Override
  public void channelInactive(ChannelHandlerContext ctx) {
    frames.complete(came);
  }
}
