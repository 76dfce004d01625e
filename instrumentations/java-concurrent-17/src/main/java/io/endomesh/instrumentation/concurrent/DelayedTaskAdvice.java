package io.endomesh.instrumentation.concurrent;

import java.util.concurrent.RunnableScheduledFuture;
import net.bytebuddy.asm.Advice;
import org.jspecify.annotations.Nullable;

/**
 * {@code ScheduledThreadPoolExecutor.delayedExecute}: remembers the context of a task that runs
 * once. Stateless.
 */
public final class DelayedTaskAdvice {

  private DelayedTaskAdvice() {}

  @Advice.OnMethodEnter(inline = false, suppress = Throwable.class)
  public static void enter(@Advice.Argument(0) @Nullable RunnableScheduledFuture<?> task) {
    if (task != null) {
      TaskContexts.scheduled(task);
    }
  }
}
