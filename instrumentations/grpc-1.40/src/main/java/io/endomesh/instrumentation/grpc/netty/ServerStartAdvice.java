package io.endomesh.instrumentation.grpc.netty;

import io.grpc.internal.InternalServer;
import net.bytebuddy.asm.Advice;

/** {@code NettyServer.start}: its ports are offered to the mesh. Stateless. */
public final class ServerStartAdvice {

  private ServerStartAdvice() {}

  @Advice.OnMethodExit(inline = false, suppress = Throwable.class)
  public static void exit(@Advice.This InternalServer server) {
    BoundPorts.started(server);
  }
}
