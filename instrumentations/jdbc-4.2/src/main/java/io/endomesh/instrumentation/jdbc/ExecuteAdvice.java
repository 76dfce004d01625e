package io.endomesh.instrumentation.jdbc;

import java.sql.Statement;
import net.bytebuddy.asm.Advice;
import net.bytebuddy.implementation.bytecode.assign.Assigner;
import org.jspecify.annotations.Nullable;

/** {@code Statement.execute…}: the outermost execution on a thread is observed. Stateless. */
public final class ExecuteAdvice {

  private ExecuteAdvice() {}

  @Advice.OnMethodEnter(inline = false, suppress = Throwable.class)
  public static Execution enter(
      @Advice.This Statement statement,
      @Advice.Argument(value = 0, optional = true, typing = Assigner.Typing.DYNAMIC)
          @Nullable Object sql) {
    return MeshStatement.begin(statement, sql instanceof String text ? text : null);
  }

  @Advice.OnMethodExit(inline = false, suppress = Throwable.class, onThrowable = Throwable.class)
  public static void exit(
      @Advice.Enter @Nullable Execution execution, @Advice.Thrown @Nullable Throwable error) {
    if (execution != null) {
      execution.end(error);
    }
  }
}
