package io.endomesh.instrumentation.jdbc;

import io.endomesh.weaving.CallDepth;
import java.sql.Statement;
import net.bytebuddy.asm.Advice;
import net.bytebuddy.implementation.bytecode.assign.Assigner;
import org.jspecify.annotations.Nullable;

/** {@code Statement.addBatch}: counts what will be sent in one go. Stateless. */
public final class BatchAdvice {

  private static final CallDepth ADDING = new CallDepth();

  private BatchAdvice() {}

  @Advice.OnMethodEnter(inline = false, suppress = Throwable.class)
  public static void enter() {
    ADDING.enter();
  }

  @Advice.OnMethodExit(inline = false, suppress = Throwable.class, onThrowable = Throwable.class)
  public static void exit(
      @Advice.This Statement statement,
      @Advice.Argument(value = 0, optional = true, typing = Assigner.Typing.DYNAMIC)
          @Nullable Object sql,
      @Advice.Thrown @Nullable Throwable error) {
    if (ADDING.exit() && error == null && !MeshStatement.EXECUTING.isInside()) {
      MeshStatement.added(statement, sql instanceof String text ? text : null);
    }
  }
}
