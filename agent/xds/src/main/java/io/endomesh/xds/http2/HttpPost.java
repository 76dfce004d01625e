package io.endomesh.xds.http2;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.handler.codec.http2.DefaultHttp2DataFrame;
import io.netty.handler.codec.http2.DefaultHttp2HeadersFrame;
import io.netty.handler.codec.http2.Http2DataFrame;
import io.netty.handler.codec.http2.Http2Headers;
import io.netty.handler.codec.http2.Http2HeadersFrame;
import io.netty.handler.codec.http2.Http2ResetFrame;
import io.netty.util.ReferenceCountUtil;
import java.io.IOException;
import java.util.concurrent.CompletableFuture;

/** One POST and its answer. Used by the stream's event loop; the result is thread-safe. */
final class HttpPost extends ChannelInboundHandlerAdapter {

  /** The answers we expect (OTLP partial success, errors) are some hundred bytes. */
  private static final int MAX_ANSWER_BYTES = 1 << 20;

  final CompletableFuture<HttpAnswer> answer = new CompletableFuture<>();
  private final ByteBuf body = Unpooled.buffer();
  private int status;

  void send(Channel channel, Http2Headers headers, byte[] content) {
    channel.write(new DefaultHttp2HeadersFrame(headers));
    channel.writeAndFlush(new DefaultHttp2DataFrame(Unpooled.wrappedBuffer(content), true));
  }

  @Override
  public void channelRead(ChannelHandlerContext context, Object frame) {
    try {
      if (frame instanceof Http2HeadersFrame headers) {
        if (headers.headers().status() != null) {
          status = Integer.parseInt(headers.headers().status().toString());
        }
        endIf(headers.isEndStream());
      } else if (frame instanceof Http2DataFrame data) {
        if (body.readableBytes() + data.content().readableBytes() > MAX_ANSWER_BYTES) {
          fail(context, "answer is longer than " + MAX_ANSWER_BYTES + " bytes");
          return;
        }
        body.writeBytes(data.content());
        endIf(data.isEndStream());
      } else if (frame instanceof Http2ResetFrame reset) {
        fail(context, "the server reset the stream, code " + reset.errorCode());
      }
    } finally {
      ReferenceCountUtil.release(frame);
    }
  }

  private void endIf(boolean endStream) {
    if (endStream) {
      byte[] bytes = new byte[body.readableBytes()];
      body.readBytes(bytes);
      answer.complete(new HttpAnswer(status, bytes));
    }
  }

  private void fail(ChannelHandlerContext context, String message) {
    answer.completeExceptionally(new IOException(message));
    context.close();
  }

  @Override
  public void channelInactive(ChannelHandlerContext context) {
    answer.completeExceptionally(new IOException("connection lost"));
  }

  @Override
  public void exceptionCaught(ChannelHandlerContext context, Throwable cause) {
    answer.completeExceptionally(cause);
    context.close();
  }

  @Override
  public void handlerRemoved(ChannelHandlerContext context) {
    body.release();
  }
}
