package io.endomesh.instrumentation.jdbc;

import java.sql.PreparedStatement;
import net.bytebuddy.asm.Advice;
import net.bytebuddy.implementation.bytecode.assign.Assigner;
import org.jspecify.annotations.Nullable;

/**
 * {@code Connection.prepareStatement}: remembers the SQL of what was prepared. What the driver asks
 * the server about it is no statement of the application. Stateless.
 */
public final class PrepareAdvice {

  private PrepareAdvice() {}

  @Advice.OnMethodEnter(inline = false, suppress = Throwable.class)
  public static void enter() {
    MeshStatement.EXECUTING.enter();
  }

  @Advice.OnMethodExit(inline = false, suppress = Throwable.class, onThrowable = Throwable.class)
  public static void exit(
      @Advice.Argument(value = 0, typing = Assigner.Typing.DYNAMIC) @Nullable Object sql,
      @Advice.Return(typing = Assigner.Typing.DYNAMIC) @Nullable Object prepared) {
    MeshStatement.EXECUTING.exit();
    if (sql instanceof String text && prepared instanceof PreparedStatement statement) {
      MeshStatement.prepared(statement, text);
    }
  }
}
