package io.endomesh.instrumentation.concurrent;

import io.endomesh.dataplane.CallContext;
import net.bytebuddy.asm.Advice;
import org.jspecify.annotations.Nullable;

/**
 * {@code ThreadPoolExecutor.Worker.run}: the first task of a new thread does not come through the
 * queue. Stateless.
 */
public final class WorkerAdvice {

  private WorkerAdvice() {}

  @Advice.OnMethodEnter(inline = false, suppress = Throwable.class)
  public static void enter(@Advice.FieldValue("firstTask") @Nullable Runnable task) {
    CallContext context = TaskContexts.taken(task);
    if (context != null) {
      CallContext.restore(context);
    }
  }

  @Advice.OnMethodExit(inline = false, suppress = Throwable.class, onThrowable = Throwable.class)
  public static void exit() {
    CallContext.restore(CallContext.EMPTY);
  }
}
