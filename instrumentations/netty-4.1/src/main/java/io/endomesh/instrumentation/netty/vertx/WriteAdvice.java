package io.endomesh.instrumentation.netty.vertx;

import io.netty.channel.ChannelHandlerContext;
import io.netty.handler.codec.http2.Http2Headers;
import io.netty.handler.codec.http2.Http2Stream;
import net.bytebuddy.asm.Advice;

/**
 * {@code writeHeaders} and {@code writeData} of {@code VertxHttp2ConnectionHandler}: an answer
 * leaves, whoever wrote it. Of clients, too, which have nothing to be found. Stateless.
 */
public final class WriteAdvice {

  private WriteAdvice() {}

  @Advice.OnMethodEnter(inline = false, suppress = Throwable.class)
  public static void enter(
      @Advice.FieldValue("chctx") ChannelHandlerContext context,
      @Advice.Argument(0) Http2Stream stream,
      @Advice.Argument(1) Object part,
      @Advice.Argument(2) boolean isLast) {
    ServedStream served = Streams.find(context, stream.id());
    if (served != null) {
      served.answers(part instanceof Http2Headers headers ? headers : null, isLast);
    }
  }
}
