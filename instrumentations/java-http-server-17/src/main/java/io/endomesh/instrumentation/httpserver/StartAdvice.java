package io.endomesh.instrumentation.httpserver;

import java.nio.channels.ServerSocketChannel;
import net.bytebuddy.asm.Advice;

/**
 * {@code ServerImpl.start}: the port, which was bound before, takes requests, and the mesh hears of
 * it. Stateless.
 */
public final class StartAdvice {

  private StartAdvice() {}

  @Advice.OnMethodExit(inline = false, suppress = Throwable.class)
  public static void exit(
      @Advice.This Object server,
      @Advice.FieldValue("https") boolean https,
      @Advice.FieldValue("schan") ServerSocketChannel channel) {
    if (!https) {
      ServedPorts.started(server, channel);
    }
  }
}
