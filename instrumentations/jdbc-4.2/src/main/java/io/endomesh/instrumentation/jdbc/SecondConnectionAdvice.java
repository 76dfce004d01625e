package io.endomesh.instrumentation.jdbc;

import io.endomesh.dataplane.identity.PrescribedTls;
import io.endomesh.weaving.Weaving;
import net.bytebuddy.asm.Advice;
import org.jspecify.annotations.Nullable;

/**
 * Where drivers connect once more to a server, on which ever thread, to cancel a statement there:
 * by the same TLS as before. PostgreSQL's driver does that without TLS, and its server takes it.
 * Stateless.
 */
public final class SecondConnectionAdvice {

  private SecondConnectionAdvice() {}

  @Advice.OnMethodEnter(inline = false, suppress = Throwable.class)
  public static @Nullable PrescribedTls enter() {
    return PrescribedTls.again(Weaving.mesh().identity());
  }

  @Advice.OnMethodExit(inline = false, suppress = Throwable.class, onThrowable = Throwable.class)
  public static void exit(@Advice.Enter @Nullable PrescribedTls opening) {
    if (opening != null) {
      opening.end();
    }
  }
}
