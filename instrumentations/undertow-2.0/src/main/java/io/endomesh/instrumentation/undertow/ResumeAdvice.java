package io.endomesh.instrumentation.undertow;

import net.bytebuddy.asm.Advice;

/** {@code GracefulShutdownHandler.start}: requests are taken again. Stateless. */
public final class ResumeAdvice {

  private ResumeAdvice() {}

  @Advice.OnMethodExit(inline = false, suppress = Throwable.class)
  public static void exit() {
    ServedPorts.resumed();
  }
}
