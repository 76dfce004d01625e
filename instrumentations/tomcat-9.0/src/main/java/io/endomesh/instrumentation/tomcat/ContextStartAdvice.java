package io.endomesh.instrumentation.tomcat;

import net.bytebuddy.asm.Advice;
import org.apache.catalina.Context;

/** {@code StandardContext.startInternal}: an application is served from now on. Stateless. */
public final class ContextStartAdvice {

  private ContextStartAdvice() {}

  @Advice.OnMethodExit(inline = false, suppress = Throwable.class)
  public static void exit(@Advice.This Context context) {
    Applications.started(context);
  }
}
