package io.endomesh.instrumentation.tomcat;

import net.bytebuddy.asm.Advice;
import org.apache.tomcat.util.net.AbstractEndpoint;

/** {@code AbstractProtocol.resume}: a paused connector accepts again. Stateless. */
public final class ResumeAdvice {

  private ResumeAdvice() {}

  @Advice.OnMethodExit(inline = false, suppress = Throwable.class)
  public static void exit(@Advice.FieldValue("endpoint") AbstractEndpoint<?, ?> endpoint) {
    ServedPorts.started(endpoint);
  }
}
