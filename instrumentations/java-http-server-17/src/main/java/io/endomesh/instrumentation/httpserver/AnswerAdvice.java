package io.endomesh.instrumentation.httpserver;

import com.sun.net.httpserver.Headers;
import net.bytebuddy.asm.Advice;

/** {@code ExchangeImpl.sendResponseHeaders}: an answer begins. Stateless. */
public final class AnswerAdvice {

  private AnswerAdvice() {}

  @Advice.OnMethodEnter(inline = false, suppress = Throwable.class)
  public static void enter(
      @Advice.This Object exchange,
      @Advice.Argument(0) int status,
      @Advice.FieldValue("rspHdrs") Headers headers,
      @Advice.FieldValue("sentHeaders") boolean sent) {
    if (!sent) {
      ServedRequest.answers(exchange, status, headers);
    }
  }
}
