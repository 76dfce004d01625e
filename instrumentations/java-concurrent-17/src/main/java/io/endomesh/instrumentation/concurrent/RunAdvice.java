package io.endomesh.instrumentation.concurrent;

import io.endomesh.dataplane.CallContext;
import java.util.concurrent.ForkJoinTask;
import net.bytebuddy.asm.Advice;
import org.jspecify.annotations.Nullable;

/**
 * {@code ForkJoinTask.doExec}: runs the task under the context that was remembered for it.
 * Stateless.
 */
public final class RunAdvice {

  private RunAdvice() {}

  /** Returns what was current before, null if nothing has changed. */
  @Advice.OnMethodEnter(inline = false, suppress = Throwable.class)
  public static @Nullable CallContext enter(@Advice.This ForkJoinTask<?> task) {
    CallContext context = TaskContexts.taken(task);
    return context == null ? null : context.attach();
  }

  @Advice.OnMethodExit(inline = false, suppress = Throwable.class, onThrowable = Throwable.class)
  public static void exit(@Advice.Enter @Nullable CallContext before) {
    if (before != null) {
      CallContext.restore(before);
    }
  }
}
