package io.endomesh.instrumentation.httpserver;

import com.sun.net.httpserver.HttpExchange;
import io.endomesh.dataplane.CallContext;
import net.bytebuddy.asm.Advice;
import org.jspecify.annotations.Nullable;

/**
 * {@code Filter.Chain.doFilter}: the first time for a request it is in front of all filters of the
 * application, and the frame in which they and the handler run. Stateless.
 */
public final class FilterAdvice {

  private FilterAdvice() {}

  /** True if the request was refused and answered; else the context that was current before. */
  @Advice.OnMethodEnter(inline = false, suppress = Throwable.class, skipOn = Boolean.class)
  public static @Nullable Object enter(@Advice.Argument(0) @Nullable HttpExchange exchange) {
    return exchange == null ? null : ServedRequest.serve(exchange);
  }

  @Advice.OnMethodExit(inline = false, suppress = Throwable.class, onThrowable = Throwable.class)
  public static void exit(
      @Advice.Argument(0) HttpExchange exchange,
      @Advice.Enter @Nullable Object entered,
      @Advice.Thrown @Nullable Throwable failure) {
    if (entered instanceof CallContext before) {
      CallContext.restore(before);
      if (failure != null) {
        ServedRequest.breaks(exchange, failure);
      }
    }
  }
}
