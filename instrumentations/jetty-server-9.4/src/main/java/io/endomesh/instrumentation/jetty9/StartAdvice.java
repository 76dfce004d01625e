package io.endomesh.instrumentation.jetty9;

import net.bytebuddy.asm.Advice;
import org.eclipse.jetty.server.ServerConnector;

/** {@code ServerConnector.doStart}: the port is bound, and the mesh hears of it. Stateless. */
public final class StartAdvice {

  private StartAdvice() {}

  @Advice.OnMethodEnter(inline = false, suppress = Throwable.class)
  public static void enter(@Advice.This ServerConnector connector) {
    ServedPorts.starting(connector);
  }

  @Advice.OnMethodExit(inline = false, suppress = Throwable.class)
  public static void exit(@Advice.This ServerConnector connector) {
    ServedPorts.started(connector);
  }
}
