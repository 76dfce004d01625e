package io.endomesh.instrumentation.tomcat;

import net.bytebuddy.asm.Advice;
import org.apache.tomcat.util.net.AbstractEndpoint;

/** {@code AbstractProtocol.start}: the port is bound, and the mesh hears of it. Stateless. */
public final class StartAdvice {

  private StartAdvice() {}

  @Advice.OnMethodEnter(inline = false, suppress = Throwable.class)
  public static void enter(
      @Advice.This Object protocol,
      @Advice.FieldValue("endpoint") AbstractEndpoint<?, ?> endpoint) {
    ServedPorts.starting(protocol, endpoint);
  }

  @Advice.OnMethodExit(inline = false, suppress = Throwable.class)
  public static void exit(@Advice.FieldValue("endpoint") AbstractEndpoint<?, ?> endpoint) {
    ServedPorts.started(endpoint);
  }
}
