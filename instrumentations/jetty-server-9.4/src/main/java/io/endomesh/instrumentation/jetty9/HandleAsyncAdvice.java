package io.endomesh.instrumentation.jetty9;

import io.endomesh.dataplane.CallContext;
import net.bytebuddy.asm.Advice;
import org.eclipse.jetty.server.HttpChannel;
import org.jspecify.annotations.Nullable;

/**
 * {@code Server.handleAsync}: a request that was put aside goes on, on another thread, under the
 * same context. Stateless.
 */
public final class HandleAsyncAdvice {

  private HandleAsyncAdvice() {}

  @Advice.OnMethodEnter(inline = false, suppress = Throwable.class)
  public static @Nullable CallContext enter(@Advice.Argument(0) HttpChannel channel) {
    ServedRequest served = ServedRequest.of(channel.getRequest());
    return served == null ? null : served.attach();
  }

  @Advice.OnMethodExit(inline = false, suppress = Throwable.class, onThrowable = Throwable.class)
  public static void exit(@Advice.Enter @Nullable CallContext before) {
    if (before != null) {
      CallContext.restore(before);
    }
  }
}
