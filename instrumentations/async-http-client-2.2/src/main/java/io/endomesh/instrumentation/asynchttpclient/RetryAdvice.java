package io.endomesh.instrumentation.asynchttpclient;

import net.bytebuddy.asm.Advice;
import org.asynchttpclient.netty.NettyResponseFuture;

/**
 * {@code NettyResponseFuture.incrementRetryAndCheck}: of an attempt the library repeats nothing.
 * Stateless.
 */
public final class RetryAdvice {

  private RetryAdvice() {}

  @Advice.OnMethodEnter(
      inline = false,
      suppress = Throwable.class,
      skipOn = Advice.OnNonDefaultValue.class)
  public static boolean enter(@Advice.This NettyResponseFuture<?> future) {
    return future.getAsyncHandler() instanceof AttemptHandler;
  }
}
