package io.endomesh.instrumentation.tomcat;

import net.bytebuddy.asm.Advice;
import org.apache.tomcat.util.net.AbstractEndpoint;

/**
 * {@code AbstractProtocol.pause}, {@code stop} and {@code closeServerSocketGraceful}: the mesh
 * hears that the port is going, before it goes. Stateless.
 */
public final class StopAdvice {

  private StopAdvice() {}

  @Advice.OnMethodEnter(inline = false, suppress = Throwable.class)
  public static void enter(@Advice.FieldValue("endpoint") AbstractEndpoint<?, ?> endpoint) {
    ServedPorts.stopping(endpoint);
  }
}
