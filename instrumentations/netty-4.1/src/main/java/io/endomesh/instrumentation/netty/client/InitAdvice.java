package io.endomesh.instrumentation.netty.client;

import io.netty.channel.Channel;
import net.bytebuddy.asm.Advice;

/** {@code Bootstrap.init}: still on the application's thread. Stateless. */
public final class InitAdvice {

  private InitAdvice() {}

  @Advice.OnMethodEnter(inline = false, suppress = Throwable.class)
  public static void enter(@Advice.Argument(0) Channel channel) {
    Contexts.connectedBy(channel);
  }
}
