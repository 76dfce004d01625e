package io.endomesh.instrumentation.jdbc;

import java.sql.PreparedStatement;
import net.bytebuddy.asm.Advice;
import net.bytebuddy.implementation.bytecode.assign.Assigner;
import org.jspecify.annotations.Nullable;

/** {@code Connection.prepareStatement}: remembers the SQL of what was prepared. Stateless. */
public final class PrepareAdvice {

  private PrepareAdvice() {}

  @Advice.OnMethodExit(inline = false, suppress = Throwable.class)
  public static void exit(
      @Advice.Argument(value = 0, typing = Assigner.Typing.DYNAMIC) @Nullable Object sql,
      @Advice.Return(typing = Assigner.Typing.DYNAMIC) @Nullable Object prepared) {
    if (sql instanceof String text && prepared instanceof PreparedStatement statement) {
      MeshStatement.prepared(statement, text);
    }
  }
}
