package io.endomesh.instrumentation.netty.vertx;

import io.endomesh.dataplane.CallContext;
import io.netty.buffer.ByteBuf;
import io.netty.channel.ChannelHandlerContext;
import net.bytebuddy.asm.Advice;
import org.jspecify.annotations.Nullable;

/**
 * {@code onDataRead} of connections of HTTP/2: what a refused caller still sends is dropped. Of
 * clients, too, which have nothing to be found. Stateless.
 */
public final class DataReadAdvice {

  private DataReadAdvice() {}

  /** The context that was current before; null if nothing is current for this stream. */
  @Advice.OnMethodEnter(inline = false, suppress = Throwable.class)
  public static @Nullable CallContext enter(
      @Advice.Argument(0) ChannelHandlerContext context, @Advice.Argument(1) int stream) {
    ServedStream served = Streams.find(context, stream);
    return served == null ? null : served.attach();
  }

  /**
   * @param processed how much of it is not looked at any more
   */
  @Advice.OnMethodExit(inline = false, suppress = Throwable.class, onThrowable = Throwable.class)
  @Advice.AssignReturned.ToReturned
  public static int exit(
      @Advice.Enter @Nullable CallContext before,
      @Advice.Argument(0) ChannelHandlerContext context,
      @Advice.Argument(1) int stream,
      @Advice.Argument(2) ByteBuf data,
      @Advice.Argument(3) int padding,
      @Advice.Return int processed) {
    if (before == null) {
      return processed;
    }
    CallContext.restore(before);
    ServedStream served = Streams.find(context, stream);
    if (served == null || !served.isRefused()) {
      return processed;
    }
    served.drop(context, stream, data.readableBytes());
    return data.readableBytes() + padding;
  }
}
