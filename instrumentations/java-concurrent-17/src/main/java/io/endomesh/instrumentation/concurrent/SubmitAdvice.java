package io.endomesh.instrumentation.concurrent;

import java.util.concurrent.ForkJoinTask;
import net.bytebuddy.asm.Advice;
import org.jspecify.annotations.Nullable;

/** A fork-join task is given to a pool: remembers the context. Stateless. */
public final class SubmitAdvice {

  private SubmitAdvice() {}

  @Advice.OnMethodEnter(inline = false, suppress = Throwable.class)
  public static void enter(@Advice.Argument(0) @Nullable ForkJoinTask<?> task) {
    if (task != null) {
      TaskContexts.forked(task);
    }
  }
}
