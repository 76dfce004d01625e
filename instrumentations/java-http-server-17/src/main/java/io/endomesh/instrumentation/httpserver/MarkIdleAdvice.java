package io.endomesh.instrumentation.httpserver;

import java.util.Set;
import net.bytebuddy.asm.Advice;

/**
 * {@code ServerImpl.markIdle}: a connection is watched for bytes. One in the middle of a handshake
 * stays one that was just accepted: the server closes it when it takes too long in all, and does
 * not count it among those it keeps alive. Stateless.
 */
public final class MarkIdleAdvice {

  private MarkIdleAdvice() {}

  /** True if this is not one to be marked. */
  @Advice.OnMethodEnter(
      inline = false,
      suppress = Throwable.class,
      skipOn = Advice.OnNonDefaultValue.class)
  public static boolean enter(
      @Advice.Argument(0) Object connection,
      @Advice.FieldValue("newlyAcceptedConnections") Set<Object> accepted) {
    if (!Arrivals.isWaiting(connection)) {
      return false;
    }
    accepted.add(connection);
    return true;
  }
}
