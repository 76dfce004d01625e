package io.endomesh.instrumentation.httpserver;

import java.nio.channels.SocketChannel;
import net.bytebuddy.asm.Advice;
import org.jspecify.annotations.Nullable;

/**
 * {@code HttpConnection.close}: the end of every connection, and of a request that is not answered
 * by then. Stateless.
 */
public final class CloseAdvice {

  private CloseAdvice() {}

  @Advice.OnMethodEnter(inline = false, suppress = Throwable.class)
  public static void enter(
      @Advice.This Object connection, @Advice.FieldValue("chan") @Nullable SocketChannel channel) {
    Arrivals.closing(connection);
    if (channel != null) {
      Wires.closing(channel);
    }
    ServedRequest.connectionCloses(connection);
  }
}
