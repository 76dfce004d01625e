package io.endomesh.instrumentation.jetty9;

import net.bytebuddy.asm.Advice;
import org.eclipse.jetty.server.ServerConnector;

/**
 * {@code ServerConnector.close}, which stopping begins with, and also a graceful shutdown: the mesh
 * hears that the port is going, before it goes. Stateless.
 */
public final class CloseAdvice {

  private CloseAdvice() {}

  @Advice.OnMethodEnter(inline = false, suppress = Throwable.class)
  public static void enter(@Advice.This ServerConnector connector) {
    ServedPorts.closing(connector);
  }
}
