package io.endomesh.instrumentation.tomcat;

import net.bytebuddy.asm.Advice;
import org.apache.catalina.Context;

/** {@code StandardContext.stopInternal}: an application is about to end. Stateless. */
public final class ContextStopAdvice {

  private ContextStopAdvice() {}

  @Advice.OnMethodEnter(inline = false, suppress = Throwable.class)
  public static void enter(@Advice.This Context context) {
    Applications.stopping(context);
  }
}
