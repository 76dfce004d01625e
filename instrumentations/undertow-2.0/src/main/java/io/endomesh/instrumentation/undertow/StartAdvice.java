package io.endomesh.instrumentation.undertow;

import io.undertow.Undertow.ListenerInfo;
import java.util.List;
import net.bytebuddy.asm.Advice;
import org.jspecify.annotations.Nullable;

/** {@code Undertow.start}: its ports are bound, and the mesh hears of them. Stateless. */
public final class StartAdvice {

  private StartAdvice() {}

  @Advice.OnMethodExit(inline = false, suppress = Throwable.class)
  public static void exit(
      @Advice.FieldValue("listenerInfo") @Nullable List<ListenerInfo> listeners) {
    if (listeners != null) {
      ServedPorts.started(listeners);
    }
  }
}
