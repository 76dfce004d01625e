package io.endomesh.instrumentation.jdbc;

import java.sql.Statement;
import net.bytebuddy.asm.Advice;

/** {@code Statement.clearBatch}: what was added will not be sent. Stateless. */
public final class ClearBatchAdvice {

  private ClearBatchAdvice() {}

  @Advice.OnMethodExit(inline = false, suppress = Throwable.class)
  public static void exit(@Advice.This Statement statement) {
    MeshStatement.cleared(statement);
  }
}
