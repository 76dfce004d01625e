package io.endomesh.instrumentation.httpclient5;

import net.bytebuddy.asm.Advice;
import org.apache.hc.client5.http.impl.DefaultHttpRequestRetryStrategy;
import org.jspecify.annotations.Nullable;

/**
 * {@code DefaultHttpRequestRetryStrategy.retryRequest}, of an answer and of an exception: what a
 * call of the mesh came to is final, or two layers would retry. Only of the strategy that nobody
 * asked for: one that the application set is the application's, and goes on around the mesh.
 * Stateless.
 */
public final class RetryAdvice {

  private RetryAdvice() {}

  @Advice.OnMethodEnter(
      inline = false,
      suppress = Throwable.class,
      skipOn = Advice.OnNonDefaultValue.class)
  public static boolean enter(
      @Advice.This DefaultHttpRequestRetryStrategy strategy,
      @Advice.AllArguments @Nullable Object[] arguments) {
    return strategy == DefaultHttpRequestRetryStrategy.INSTANCE && Decided.isAmong(arguments);
  }
}
