package io.endomesh.instrumentation.grpc.netty;

import io.grpc.internal.InternalServer;
import net.bytebuddy.asm.Advice;

/** {@code NettyServer.shutdown}: taken back before the ports close. Stateless. */
public final class ServerShutdownAdvice {

  private ServerShutdownAdvice() {}

  @Advice.OnMethodEnter(inline = false, suppress = Throwable.class)
  public static void enter(@Advice.This InternalServer server) {
    BoundPorts.closing(server);
  }
}
