package io.endomesh.instrumentation.grpc.core;

import net.bytebuddy.asm.Advice;

/** {@code ManagedChannelImplBuilder.build}: brackets the making of one channel. Stateless. */
public final class ChannelBuildAdvice {

  private ChannelBuildAdvice() {}

  @Advice.OnMethodEnter(inline = false, suppress = Throwable.class)
  public static void enter() {
    ChannelSetup.begin();
  }

  @Advice.OnMethodExit(inline = false, suppress = Throwable.class, onThrowable = Throwable.class)
  public static void exit() {
    ChannelSetup.end();
  }
}
