package io.endomesh.instrumentation.netty.client;

import io.netty.channel.ChannelPipeline;
import net.bytebuddy.asm.Advice;

/** {@code DefaultChannelPipeline.write}: still on the application's thread. Stateless. */
public final class WriteAdvice {

  private WriteAdvice() {}

  @Advice.OnMethodEnter(inline = false, suppress = Throwable.class)
  public static void enter(
      @Advice.This ChannelPipeline pipeline, @Advice.Argument(0) Object message) {
    Contexts.written(pipeline.channel(), message);
  }
}
