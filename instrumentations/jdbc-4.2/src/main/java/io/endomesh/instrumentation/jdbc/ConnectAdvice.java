package io.endomesh.instrumentation.jdbc;

import java.sql.Connection;
import java.sql.Driver;
import java.util.Properties;
import net.bytebuddy.asm.Advice;
import net.bytebuddy.implementation.bytecode.assign.Assigner;
import org.jspecify.annotations.Nullable;

/**
 * {@code Driver.connect}: a connection to a host of the mesh is opened here instead. What the
 * driver executes to set a connection up is no statement of the application. Stateless.
 */
public final class ConnectAdvice {

  private ConnectAdvice() {}

  @Advice.OnMethodEnter(
      inline = false,
      suppress = Throwable.class,
      skipOn = Advice.OnNonDefaultValue.class)
  public static @Nullable Connected enter(
      @Advice.This Driver driver,
      @Advice.Argument(0) @Nullable String url,
      @Advice.Argument(1) @Nullable Properties properties) {
    MeshStatement.EXECUTING.enter();
    return url == null ? null : MeshConnect.connect(driver, url, properties);
  }

  @Advice.OnMethodExit(inline = false, suppress = Throwable.class, onThrowable = Throwable.class)
  @Advice.AssignReturned.ToReturned(index = 0, typing = Assigner.Typing.DYNAMIC)
  @Advice.AssignReturned.ToThrown(index = 1, typing = Assigner.Typing.DYNAMIC)
  public static @Nullable Object @Nullable [] exit(
      @Advice.Enter @Nullable Connected connected,
      @Advice.Argument(0) @Nullable String url,
      @Advice.Return(typing = Assigner.Typing.DYNAMIC) @Nullable Object opened) {
    MeshStatement.EXECUTING.exit();
    if (connected != null) {
      return new @Nullable Object[] {connected.connection(), connected.error()};
    }
    if (url != null && opened instanceof Connection connection) {
      Databases.opened(connection, url);
    }
    return null;
  }
}
