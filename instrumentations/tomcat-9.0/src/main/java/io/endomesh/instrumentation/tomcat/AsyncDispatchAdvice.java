package io.endomesh.instrumentation.tomcat;

import io.endomesh.dataplane.CallContext;
import net.bytebuddy.asm.Advice;
import org.apache.coyote.Request;
import org.jspecify.annotations.Nullable;

/**
 * {@code CoyoteAdapter.asyncDispatch}: the application goes on with a request it had put aside, on
 * another thread, under the same context. Stateless.
 */
public final class AsyncDispatchAdvice {

  private AsyncDispatchAdvice() {}

  @Advice.OnMethodEnter(inline = false, suppress = Throwable.class)
  public static @Nullable CallContext enter(@Advice.Argument(0) Request request) {
    return ServedRequest.attachAgain(request);
  }

  @Advice.OnMethodExit(inline = false, suppress = Throwable.class, onThrowable = Throwable.class)
  public static void exit(@Advice.Enter @Nullable CallContext before) {
    if (before != null) {
      CallContext.restore(before);
    }
  }
}
