package io.endomesh.instrumentation.jetty;

import io.endomesh.dataplane.CallContext;
import net.bytebuddy.asm.Advice;
import org.eclipse.jetty.server.Request;
import org.jspecify.annotations.Nullable;

/**
 * {@code HttpChannel.handle} of Jakarta EE 8 and 9: as {@link ServletAdvice} does for later ones.
 * Stateless.
 */
public final class NestedServletAdvice {

  private NestedServletAdvice() {}

  @Advice.OnMethodEnter(inline = false, suppress = Throwable.class)
  public static @Nullable CallContext enter(
      @Advice.FieldValue("_coreRequest") @Nullable Request request) {
    return request == null ? null : ServedRequest.attachAgain(request);
  }

  @Advice.OnMethodExit(inline = false, suppress = Throwable.class, onThrowable = Throwable.class)
  public static void exit(@Advice.Enter @Nullable CallContext before) {
    if (before != null) {
      CallContext.restore(before);
    }
  }
}
