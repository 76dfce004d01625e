package io.endomesh.instrumentation.helidon;

import net.bytebuddy.asm.Advice;

/**
 * {@code ServerListener.stop}, also by the hook for the JVM's end, and {@code suspend}: the mesh
 * hears that the port is going, before it goes, and while requests under way are waited for.
 * Stateless.
 */
public final class StopAdvice {

  private StopAdvice() {}

  @Advice.OnMethodEnter(inline = false, suppress = Throwable.class)
  public static void enter(@Advice.This Object listener) {
    ServedPorts.stopping(listener);
  }
}
