package io.endomesh.instrumentation.undertow;

import net.bytebuddy.asm.Advice;

/**
 * {@code GracefulShutdownHandler.shutdown}: from now on it refuses new requests, and the mesh hears
 * that before. Stateless.
 */
public final class ShutdownAdvice {

  private ShutdownAdvice() {}

  @Advice.OnMethodEnter(inline = false, suppress = Throwable.class)
  public static void enter() {
    ServedPorts.shuttingDown();
  }
}
