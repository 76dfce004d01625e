package io.endomesh.instrumentation.concurrent;

import java.util.concurrent.ForkJoinTask;
import net.bytebuddy.asm.Advice;

/** {@code ForkJoinTask.fork}: remembers the context for whoever takes the task. Stateless. */
public final class ForkAdvice {

  private ForkAdvice() {}

  @Advice.OnMethodEnter(inline = false, suppress = Throwable.class)
  public static void enter(@Advice.This ForkJoinTask<?> task) {
    TaskContexts.forked(task);
  }
}
