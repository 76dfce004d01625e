package io.endomesh.instrumentation.jetty9;

import net.bytebuddy.asm.Advice;
import net.bytebuddy.implementation.bytecode.assign.Assigner;
import org.eclipse.jetty.io.Connection;
import org.eclipse.jetty.io.EndPoint;
import org.eclipse.jetty.server.ServerConnector;
import org.jspecify.annotations.Nullable;

/**
 * {@code ServerConnectorManager.newConnection}: what reads a connection that was accepted. Here and
 * not among the connector's factories, so that the application finds those as it made them.
 * Stateless.
 */
public final class ConnectionAdvice {

  private ConnectionAdvice() {}

  /** Null leaves it to Jetty. */
  @Advice.OnMethodEnter(
      inline = false,
      suppress = Throwable.class,
      skipOn = Advice.OnNonDefaultValue.class)
  public static @Nullable Connection enter(
      @Advice.FieldValue("this$0") ServerConnector connector,
      @Advice.Argument(1) EndPoint endPoint) {
    return FirstByteConnection.of(connector, endPoint);
  }

  @Advice.OnMethodExit(inline = false, suppress = Throwable.class)
  @Advice.AssignReturned.ToReturned(typing = Assigner.Typing.DYNAMIC)
  public static @Nullable Connection exit(@Advice.Enter @Nullable Connection connection) {
    return connection;
  }
}
