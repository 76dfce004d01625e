package io.endomesh.instrumentation.httpserver;

import net.bytebuddy.asm.Advice;

/**
 * {@code ExchangeImpl.close}: behind it a request is over, also one whose answer was not written to
 * its end. Stateless.
 */
public final class ExchangeCloseAdvice {

  private ExchangeCloseAdvice() {}

  @Advice.OnMethodExit(inline = false, suppress = Throwable.class, onThrowable = Throwable.class)
  public static void exit(@Advice.This Object exchange) {
    ServedRequest.closed(exchange);
  }
}
