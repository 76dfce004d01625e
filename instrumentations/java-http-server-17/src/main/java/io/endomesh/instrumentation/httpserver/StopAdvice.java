package io.endomesh.instrumentation.httpserver;

import net.bytebuddy.asm.Advice;

/**
 * {@code ServerImpl.stop}: the mesh hears that the port is going, before it goes; then the server
 * waits for the requests that are under way, as long as the application told it to. Stateless.
 */
public final class StopAdvice {

  private StopAdvice() {}

  @Advice.OnMethodEnter(inline = false, suppress = Throwable.class)
  public static void enter(@Advice.This Object server) {
    ServedPorts.stopping(server);
  }
}
