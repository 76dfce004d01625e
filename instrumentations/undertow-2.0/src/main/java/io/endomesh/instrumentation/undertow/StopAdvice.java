package io.endomesh.instrumentation.undertow;

import io.undertow.Undertow.ListenerInfo;
import java.util.List;
import net.bytebuddy.asm.Advice;
import org.jspecify.annotations.Nullable;

/**
 * {@code Undertow.stop}: the mesh hears that its ports are going, before they go; then the server
 * waits for the requests that are under way. Stateless.
 */
public final class StopAdvice {

  private StopAdvice() {}

  @Advice.OnMethodEnter(inline = false, suppress = Throwable.class)
  public static void enter(
      @Advice.FieldValue("listenerInfo") @Nullable List<ListenerInfo> listeners) {
    if (listeners != null) {
      ServedPorts.stopping(listeners);
    }
  }
}
