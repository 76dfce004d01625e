package io.endomesh.contracts.netty.server;

import io.endomesh.dataplane.CallContext;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.SimpleChannelInboundHandler;
import io.netty.handler.codec.http.DefaultFullHttpResponse;
import io.netty.handler.codec.http.FullHttpRequest;
import io.netty.handler.codec.http.FullHttpResponse;
import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpResponseStatus;
import io.netty.handler.codec.http.HttpVersion;
import io.netty.handler.codec.http.QueryStringDecoder;
import io.netty.handler.ssl.SslHandler;
import java.nio.charset.StandardCharsets;
import java.security.cert.X509Certificate;
import javax.net.ssl.SSLPeerUnverifiedException;

/** The handlers the contract asks for, of one connection. */
final class Handlers extends SimpleChannelInboundHandler<FullHttpRequest> {

  @Override
  protected void channelRead0(ChannelHandlerContext ctx, FullHttpRequest request) throws Exception {
    String path = new QueryStringDecoder(request.uri()).path();
    switch (path) {
      case "/context" -> answer(ctx, path, text(String.valueOf(CallContext.current().caller())));
      case "/async" -> {
        Thread thread = new Thread(() -> answer(ctx, path, text("later")), "answering");
        thread.start();
      }
      case "/certificate" -> answer(ctx, path, text("http " + subject(ctx)));
      case "/fails" -> throw new IllegalStateException("as the test asked");
      default -> answer(ctx, path, request.content().retain());
    }
  }

  private static String subject(ChannelHandlerContext ctx) throws SSLPeerUnverifiedException {
    SslHandler tls = ctx.pipeline().get(SslHandler.class);
    return tls == null
        ? "none"
        : ((X509Certificate) tls.engine().getSession().getPeerCertificates()[0])
            .getSubjectX500Principal()
            .getName();
  }

  private static ByteBuf text(String text) {
    return Unpooled.copiedBuffer(text, StandardCharsets.UTF_8);
  }

  private static void answer(ChannelHandlerContext ctx, String path, ByteBuf body) {
    FullHttpResponse response =
        new DefaultFullHttpResponse(HttpVersion.HTTP_1_1, HttpResponseStatus.OK, body);
    response.headers().set("x-path", path);
    response.headers().setInt(HttpHeaderNames.CONTENT_LENGTH, body.readableBytes());
    ctx.writeAndFlush(response);
  }

  @Override
  public void exceptionCaught(ChannelHandlerContext ctx, Throwable failure) {
    FullHttpResponse response =
        new DefaultFullHttpResponse(
            HttpVersion.HTTP_1_1, HttpResponseStatus.INTERNAL_SERVER_ERROR, Unpooled.EMPTY_BUFFER);
    response.headers().setInt(HttpHeaderNames.CONTENT_LENGTH, 0);
    ctx.writeAndFlush(response);
  }
}
