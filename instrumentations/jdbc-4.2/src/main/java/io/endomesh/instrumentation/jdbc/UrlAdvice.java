package io.endomesh.instrumentation.jdbc;

import java.sql.DatabaseMetaData;
import java.sql.SQLException;
import net.bytebuddy.asm.Advice;
import net.bytebuddy.implementation.bytecode.assign.Assigner;
import org.jspecify.annotations.Nullable;

/** {@code DatabaseMetaData.getURL}: the host as the application wrote it. Stateless. */
public final class UrlAdvice {

  private UrlAdvice() {}

  @Advice.OnMethodExit(inline = false, suppress = Throwable.class)
  @Advice.AssignReturned.ToReturned(typing = Assigner.Typing.DYNAMIC)
  public static @Nullable Object exit(
      @Advice.This DatabaseMetaData metaData,
      @Advice.Return(typing = Assigner.Typing.DYNAMIC) @Nullable Object url)
      throws SQLException {
    return url instanceof String text ? Databases.asWritten(metaData.getConnection(), text) : url;
  }
}
