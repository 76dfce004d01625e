package io.endomesh.instrumentation.jetty;

import io.endomesh.dataplane.CallContext;
import net.bytebuddy.asm.Advice;
import org.eclipse.jetty.server.Request;
import org.jspecify.annotations.Nullable;

/**
 * {@code ServletChannel.handle}, of Jakarta EE 10 on: a servlet goes on with a request it had put
 * aside, on another thread, under the same context. Stateless.
 */
public final class ServletAdvice {

  private ServletAdvice() {}

  @Advice.OnMethodEnter(inline = false, suppress = Throwable.class)
  public static @Nullable CallContext enter(
      @Advice.FieldValue("_servletContextRequest") @Nullable Request request) {
    return request == null ? null : ServedRequest.attachAgain(request);
  }

  @Advice.OnMethodExit(inline = false, suppress = Throwable.class, onThrowable = Throwable.class)
  public static void exit(@Advice.Enter @Nullable CallContext before) {
    if (before != null) {
      CallContext.restore(before);
    }
  }
}
