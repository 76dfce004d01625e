package io.endomesh.instrumentation.undertow;

import io.endomesh.dataplane.CallContext;
import io.undertow.server.HttpServerExchange;
import net.bytebuddy.asm.Advice;
import org.jspecify.annotations.Nullable;

/**
 * {@code Connectors.executeRootHandler}: the first time for a request it is in front of all
 * handlers, later it goes on with one; always the frame in which they run under the call's context.
 * Stateless.
 */
public final class HandleAdvice {

  private HandleAdvice() {}

  /** True if the request was refused and answered; else the context that was current before. */
  @Advice.OnMethodEnter(inline = false, suppress = Throwable.class, skipOn = Boolean.class)
  public static @Nullable Object enter(@Advice.Argument(1) HttpServerExchange exchange) {
    return ServedRequest.serve(exchange);
  }

  @Advice.OnMethodExit(inline = false, suppress = Throwable.class, onThrowable = Throwable.class)
  public static void exit(@Advice.Enter @Nullable Object entered) {
    if (entered instanceof CallContext before) {
      CallContext.restore(before);
    }
  }
}
