package io.endomesh.instrumentation.undertow;

import io.undertow.server.HttpServerExchange;
import net.bytebuddy.asm.Advice;

/**
 * {@code handleRequest} of handlers that choose others by the path, which handlers in front of them
 * may have changed. Stateless.
 */
public final class RouteAdvice {

  private RouteAdvice() {}

  /** True if the request was refused and answered. */
  @Advice.OnMethodEnter(
      inline = false,
      suppress = Throwable.class,
      skipOn = Advice.OnNonDefaultValue.class)
  public static boolean enter(@Advice.Argument(0) HttpServerExchange exchange) {
    return ServedRequest.refusesOtherPath(exchange);
  }
}
