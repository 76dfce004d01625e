package io.endomesh.instrumentation.grpc.netty;

import io.grpc.internal.InternalServer;
import net.bytebuddy.asm.Advice;
import net.bytebuddy.asm.Advice.AssignReturned.ToArguments.ToArgument;
import net.bytebuddy.implementation.bytecode.assign.Assigner;

/**
 * {@code NettyServer}, its constructor: the negotiator, the eighth argument since 1.40, gets ours
 * around it. Stateless.
 */
public final class NettyServerAdvice {

  private NettyServerAdvice() {}

  @Advice.OnMethodEnter(inline = false, suppress = Throwable.class)
  @Advice.AssignReturned.ToArguments(@ToArgument(value = 7, typing = Assigner.Typing.DYNAMIC))
  public static Object enter(@Advice.Argument(7) Object negotiator) {
    return ServerNegotiator.wrap(negotiator);
  }

  @Advice.OnMethodExit(inline = false, suppress = Throwable.class)
  public static void exit(
      @Advice.This InternalServer server, @Advice.Argument(7) Object negotiator) {
    BoundPorts.made(server, negotiator);
  }
}
