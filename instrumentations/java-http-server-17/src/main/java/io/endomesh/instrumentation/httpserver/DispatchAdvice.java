package io.endomesh.instrumentation.httpserver;

import java.util.List;
import net.bytebuddy.asm.Advice;

/**
 * {@code Dispatcher.handle}: a connection is about to get a thread for its request. One in the
 * middle of a handshake gets none, and is watched for more bytes instead. Stateless.
 */
public final class DispatchAdvice {

  private DispatchAdvice() {}

  /** True if the connection goes on waiting. */
  @Advice.OnMethodEnter(
      inline = false,
      suppress = Throwable.class,
      skipOn = Advice.OnNonDefaultValue.class)
  public static boolean enter(
      @Advice.Argument(1) Object connection,
      @Advice.FieldValue("connsToRegister") List<Object> toWatch) {
    return Arrivals.isWaiting(connection) && toWatch.add(connection);
  }
}
