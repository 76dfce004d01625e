package io.endomesh.instrumentation.jetty;

import net.bytebuddy.asm.Advice;
import net.bytebuddy.implementation.bytecode.assign.Assigner;
import org.eclipse.jetty.server.Request;
import org.eclipse.jetty.server.Response;
import org.eclipse.jetty.util.Callback;
import org.jspecify.annotations.Nullable;

/**
 * {@code ContextHandler.handle}: an application is about to be chosen by a path that handlers in
 * front of it, as a {@code RewriteHandler}, may have changed. Stateless.
 */
public final class ContextAdvice {

  private ContextAdvice() {}

  /** True if the request was refused and answered, else null. */
  @Advice.OnMethodEnter(
      inline = false,
      suppress = Throwable.class,
      skipOn = Advice.OnNonDefaultValue.class)
  public static @Nullable Boolean enter(
      @Advice.Argument(0) Request request,
      @Advice.Argument(1) Response response,
      @Advice.Argument(2) Callback callback) {
    return ServedRequest.refusesOtherPath(request, response, callback) ? Boolean.TRUE : null;
  }

  @Advice.OnMethodExit(inline = false, suppress = Throwable.class)
  @Advice.AssignReturned.ToReturned(typing = Assigner.Typing.DYNAMIC)
  public static @Nullable Boolean exit(@Advice.Enter @Nullable Boolean refused) {
    return refused;
  }
}
