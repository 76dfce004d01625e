package io.endomesh.instrumentation.jetty;

import io.endomesh.dataplane.CallContext;
import net.bytebuddy.asm.Advice;
import net.bytebuddy.asm.Advice.AssignReturned.ToArguments.ToArgument;
import net.bytebuddy.implementation.bytecode.assign.Assigner;
import org.eclipse.jetty.server.Request;
import org.eclipse.jetty.server.Response;
import org.eclipse.jetty.util.Callback;
import org.jspecify.annotations.Nullable;

/**
 * {@code Server.handle}: in front of all handlers, and the frame in which they run under the call's
 * context. Stateless.
 */
public final class HandleAdvice {

  private HandleAdvice() {}

  /**
   * True if the request was refused and answered, else the context that was current before; and the
   * request that goes on.
   */
  @Advice.OnMethodEnter(
      inline = false,
      suppress = Throwable.class,
      skipOn = Boolean.class,
      skipOnIndex = 0)
  @Advice.AssignReturned.ToArguments(
      @ToArgument(value = 0, index = 1, typing = Assigner.Typing.DYNAMIC))
  public static Object @Nullable [] enter(
      @Advice.Argument(0) Request request,
      @Advice.Argument(1) Response response,
      @Advice.Argument(2) Callback callback) {
    return ServedRequest.serve(request, response, callback);
  }

  /** Null leaves the answer of Jetty: whether somebody took the request. */
  @Advice.OnMethodExit(inline = false, suppress = Throwable.class, onThrowable = Throwable.class)
  @Advice.AssignReturned.ToReturned(typing = Assigner.Typing.DYNAMIC)
  public static @Nullable Boolean exit(@Advice.Enter Object @Nullable [] both) {
    Object entered = both == null ? null : both[0];
    if (entered instanceof CallContext before) {
      CallContext.restore(before);
    }
    return entered instanceof Boolean refused ? refused : null;
  }
}
