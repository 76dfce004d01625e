package io.endomesh.instrumentation.concurrent;

import io.endomesh.dataplane.CallContext;
import net.bytebuddy.asm.Advice;
import org.jspecify.annotations.Nullable;

/**
 * {@code ThreadPoolExecutor.getTask}: a worker is done with its task, and gets the next. The
 * context of the one never outlives it, and that of the other is there before {@code
 * beforeExecute}. Stateless.
 */
public final class NextTaskAdvice {

  private NextTaskAdvice() {}

  @Advice.OnMethodEnter(inline = false, suppress = Throwable.class)
  public static void enter() {
    CallContext.restore(CallContext.EMPTY);
  }

  @Advice.OnMethodExit(inline = false, suppress = Throwable.class)
  public static void exit(@Advice.Return @Nullable Runnable task) {
    CallContext context = TaskContexts.taken(task);
    if (context != null) {
      CallContext.restore(context);
    }
  }
}
