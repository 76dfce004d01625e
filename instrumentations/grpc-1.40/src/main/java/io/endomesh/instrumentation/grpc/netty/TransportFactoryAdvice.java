package io.endomesh.instrumentation.grpc.netty;

import net.bytebuddy.asm.Advice;
import net.bytebuddy.asm.Advice.AssignReturned.ToArguments.ToArgument;
import net.bytebuddy.implementation.bytecode.assign.Assigner;

/**
 * {@code NettyTransportFactory}, its constructor: the negotiator gets ours around it. Stateless.
 */
public final class TransportFactoryAdvice {

  private TransportFactoryAdvice() {}

  @Advice.OnMethodEnter(inline = false, suppress = Throwable.class)
  @Advice.AssignReturned.ToArguments(@ToArgument(value = 0, typing = Assigner.Typing.DYNAMIC))
  public static Object enter(@Advice.Argument(0) Object negotiator) {
    return ClientNegotiator.wrap(negotiator);
  }
}
