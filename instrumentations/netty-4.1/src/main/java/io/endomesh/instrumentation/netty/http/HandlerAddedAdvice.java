package io.endomesh.instrumentation.netty.http;

import io.netty.channel.ChannelHandler;
import io.netty.channel.ChannelHandlerContext;
import net.bytebuddy.asm.Advice;

/**
 * {@code ChannelHandlerAdapter.handlerAdded}: a handler is in a pipeline from now on; of an {@code
 * HttpServerCodec} both halves are told. Stateless.
 */
public final class HandlerAddedAdvice {

  private HandlerAddedAdvice() {}

  @Advice.OnMethodExit(inline = false, suppress = Throwable.class)
  public static void exit(
      @Advice.This ChannelHandler handler, @Advice.Argument(0) ChannelHandlerContext context) {
    if (Codecs.is(handler)) {
      ServedConnection.codecAdded(context.channel());
    } else if (Codecs.choosesByFirstBytes(handler)) {
      ServedConnection.begins(context.channel(), Codecs.choosesBehindTls(handler));
    } else if (Codecs.upgradesRequests(handler)) {
      ServedConnection.upgradeAdded(context.channel(), context.name());
    }
  }
}
