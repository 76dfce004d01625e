package io.endomesh.instrumentation.armeria.server;

import com.linecorp.armeria.server.Server;
import net.bytebuddy.asm.Advice;

/** {@code Server.<init>}: whoever starts and stops it, the mesh hears of it. Stateless. */
public final class ServerAdvice {

  private ServerAdvice() {}

  @Advice.OnMethodExit(inline = false, suppress = Throwable.class)
  public static void exit(@Advice.This Server server) {
    server.addListener(new OfferedServer());
  }
}
