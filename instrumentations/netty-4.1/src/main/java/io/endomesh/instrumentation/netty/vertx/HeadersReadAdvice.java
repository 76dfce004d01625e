package io.endomesh.instrumentation.netty.vertx;

import io.endomesh.dataplane.CallContext;
import io.netty.channel.ChannelHandlerContext;
import io.netty.handler.codec.http2.Http2Headers;
import net.bytebuddy.asm.Advice;
import org.jspecify.annotations.Nullable;

/**
 * {@code Http2ServerConnection.onHeadersRead}: in front of all that makes a request of a stream.
 * Stateless.
 */
public final class HeadersReadAdvice {

  private HeadersReadAdvice() {}

  /** True if the request was refused and answered; else the context that was current before. */
  @Advice.OnMethodEnter(inline = false, suppress = Throwable.class, skipOn = Boolean.class)
  public static @Nullable Object enter(
      @Advice.FieldValue("chctx") ChannelHandlerContext context,
      @Advice.Argument(0) int stream,
      @Advice.Argument(1) Http2Headers headers) {
    return Streams.of(context).headersRead(context, stream, headers);
  }

  @Advice.OnMethodExit(inline = false, suppress = Throwable.class, onThrowable = Throwable.class)
  public static void exit(@Advice.Enter @Nullable Object entered) {
    if (entered instanceof CallContext before) {
      CallContext.restore(before);
    }
  }
}
