package io.endomesh.instrumentation.tomcat;

import net.bytebuddy.asm.Advice;
import org.apache.coyote.Request;

/**
 * {@code Request.updateCounters}: where every request ends, also asynchronous ones and HTTP/2
 * streams. Stateless.
 */
public final class EndAdvice {

  private EndAdvice() {}

  @Advice.OnMethodEnter(inline = false, suppress = Throwable.class)
  public static void enter(@Advice.This Request request) {
    ServedRequest.end(request);
  }
}
