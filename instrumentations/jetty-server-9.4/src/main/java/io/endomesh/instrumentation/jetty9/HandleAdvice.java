package io.endomesh.instrumentation.jetty9;

import net.bytebuddy.asm.Advice;
import org.eclipse.jetty.server.HttpChannel;
import org.jspecify.annotations.Nullable;

/**
 * {@code Server.handle}: in front of all handlers, and the frame in which they run under the call's
 * context. Stateless.
 */
public final class HandleAdvice {

  private HandleAdvice() {}

  /**
   * True if the request was refused and answered; else what is handled, null if nothing was done.
   */
  @Advice.OnMethodEnter(inline = false, suppress = Throwable.class, skipOn = Boolean.class)
  public static @Nullable Object enter(@Advice.Argument(0) HttpChannel channel) {
    return ServedRequest.serve(channel);
  }

  @Advice.OnMethodExit(inline = false, suppress = Throwable.class, onThrowable = Throwable.class)
  public static void exit(@Advice.Enter @Nullable Object entered) {
    if (entered instanceof ServedRequest served) {
      served.leave();
    }
  }
}
