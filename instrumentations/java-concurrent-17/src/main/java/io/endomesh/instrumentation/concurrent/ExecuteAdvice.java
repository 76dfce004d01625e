package io.endomesh.instrumentation.concurrent;

import net.bytebuddy.asm.Advice;
import net.bytebuddy.implementation.bytecode.assign.Assigner.Typing;
import org.jspecify.annotations.Nullable;

/**
 * {@code ThreadPoolExecutor.execute}: remembers under which context the task was handed over.
 * Stateless.
 */
public final class ExecuteAdvice {

  private ExecuteAdvice() {}

  @Advice.OnMethodEnter(inline = false, suppress = Throwable.class)
  @Advice.AssignReturned.ToArguments(
      @Advice.AssignReturned.ToArguments.ToArgument(value = 0, typing = Typing.DYNAMIC))
  public static @Nullable Runnable enter(@Advice.Argument(0) @Nullable Runnable task) {
    return task == null ? null : TaskContexts.queued(task);
  }
}
