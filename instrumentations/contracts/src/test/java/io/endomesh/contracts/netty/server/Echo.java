package io.endomesh.contracts.netty.server;

import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.handler.codec.http.DefaultHttpResponse;
import io.netty.handler.codec.http.HttpContent;
import io.netty.handler.codec.http.HttpRequest;
import io.netty.handler.codec.http.HttpResponse;
import io.netty.handler.codec.http.HttpResponseStatus;
import io.netty.handler.codec.http.HttpUtil;
import io.netty.handler.codec.http.HttpVersion;
import io.netty.handler.codec.http.LastHttpContent;
import io.netty.handler.codec.http.QueryStringDecoder;
import io.netty.util.ReferenceCountUtil;

/** Sends the body of {@code /echo} back part by part, each when the one before is gone. */
final class Echo extends ChannelInboundHandlerAdapter {

  private static final String PATH = "/echo";

  private boolean echoing;

  @Override
  public void channelRead(ChannelHandlerContext ctx, Object message) {
    if (message instanceof HttpRequest request
        && new QueryStringDecoder(request.uri()).path().equals(PATH)) {
      echoing = true;
      ctx.channel().config().setAutoRead(false);
      HttpResponse head = new DefaultHttpResponse(HttpVersion.HTTP_1_1, HttpResponseStatus.OK);
      head.headers().set("x-path", PATH);
      head.headers().set("x-names", String.join(" ", request.headers().names()));
      HttpUtil.setTransferEncodingChunked(head, true);
      ctx.writeAndFlush(head);
      if (!(message instanceof HttpContent)) {
        ReferenceCountUtil.release(message);
        ctx.read();
        return;
      }
    }
    if (!echoing) {
      ctx.fireChannelRead(message);
    } else if (message instanceof LastHttpContent last) {
      echoing = false;
      ctx.channel().config().setAutoRead(true);
      ctx.writeAndFlush(last);
    } else {
      ctx.writeAndFlush(message).addListener(written -> ctx.read());
    }
  }
}
