package io.endomesh.instrumentation.httpserver;

import java.nio.channels.SocketChannel;
import net.bytebuddy.asm.Advice;

/** {@code HttpConnection.setChannel}: a connection was accepted. Stateless. */
public final class AcceptAdvice {

  private AcceptAdvice() {}

  @Advice.OnMethodEnter(inline = false, suppress = Throwable.class)
  public static void enter(
      @Advice.This Object connection, @Advice.Argument(0) SocketChannel channel) {
    Arrivals.accepted(connection, channel);
  }
}
