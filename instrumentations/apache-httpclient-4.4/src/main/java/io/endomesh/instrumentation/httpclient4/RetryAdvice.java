package io.endomesh.instrumentation.httpclient4;

import java.io.IOException;
import net.bytebuddy.asm.Advice;
import org.apache.http.impl.client.DefaultHttpRequestRetryHandler;
import org.apache.http.protocol.HttpContext;
import org.jspecify.annotations.Nullable;

/**
 * {@code DefaultHttpRequestRetryHandler.retryRequest}: what a call of the mesh failed with is
 * final, or two layers would retry. Only of the handler that nobody asked for: one that the
 * application set is the application's, and goes on around the mesh. Stateless.
 */
public final class RetryAdvice {

  /** Of the context, which the application may use again: what the mesh failed with last. */
  private static final String ATTRIBUTE = "endomesh.failed";

  private RetryAdvice() {}

  static void failed(HttpContext context, Throwable error) {
    context.setAttribute(ATTRIBUTE, error);
  }

  @Advice.OnMethodEnter(
      inline = false,
      suppress = Throwable.class,
      skipOn = Advice.OnNonDefaultValue.class)
  public static boolean enter(
      @Advice.This DefaultHttpRequestRetryHandler handler,
      @Advice.Argument(0) @Nullable IOException error,
      @Advice.Argument(2) @Nullable HttpContext context) {
    return handler == DefaultHttpRequestRetryHandler.INSTANCE
        && error != null
        && context != null
        && context.getAttribute(ATTRIBUTE) == error;
  }
}
