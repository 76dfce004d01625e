package io.endomesh.instrumentation.jdbc;

import java.sql.Statement;
import net.bytebuddy.asm.Advice;
import org.jspecify.annotations.Nullable;

/** {@code Statement.executeBatch}: observed as one execution, with its size. Stateless. */
public final class ExecuteBatchAdvice {

  private ExecuteBatchAdvice() {}

  @Advice.OnMethodEnter(inline = false, suppress = Throwable.class)
  public static Execution enter(@Advice.This Statement statement) {
    return MeshStatement.beginBatch(statement);
  }

  @Advice.OnMethodExit(inline = false, suppress = Throwable.class, onThrowable = Throwable.class)
  public static void exit(
      @Advice.Enter @Nullable Execution execution, @Advice.Thrown @Nullable Throwable error) {
    if (execution != null) {
      execution.end(error);
    }
  }
}
