package io.endomesh.instrumentation.helidon;

import io.helidon.common.tls.Tls;
import net.bytebuddy.asm.Advice;

/**
 * {@code ServerListener.start} and {@code resume}: the port is bound, and the mesh hears of it.
 * Stateless.
 */
public final class StartAdvice {

  private StartAdvice() {}

  @Advice.OnMethodEnter(inline = false, suppress = Throwable.class)
  public static void enter(@Advice.This Object listener, @Advice.FieldValue("tls") Tls tls) {
    ServedPorts.starting(listener, tls.enabled());
  }

  @Advice.OnMethodExit(inline = false, suppress = Throwable.class)
  public static void exit(
      @Advice.This Object listener, @Advice.FieldValue("connectedPort") int port) {
    ServedPorts.started(listener, port);
  }
}
