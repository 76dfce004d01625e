package io.endomesh.instrumentation.grpc.core;

import io.grpc.LoadBalancer.ResolvedAddresses;
import net.bytebuddy.asm.Advice;
import net.bytebuddy.asm.Advice.AssignReturned.ToArguments.ToArgument;
import net.bytebuddy.implementation.bytecode.assign.Assigner;

/**
 * {@code AutoConfiguredLoadBalancer.acceptResolvedAddresses}, under the names it has had: addresses
 * of the mesh are given to our load balancer. Stateless.
 */
public final class AddressesAdvice {

  private AddressesAdvice() {}

  @Advice.OnMethodEnter(inline = false, suppress = Throwable.class)
  @Advice.AssignReturned.ToArguments(@ToArgument(value = 0, typing = Assigner.Typing.DYNAMIC))
  public static ResolvedAddresses enter(@Advice.Argument(0) ResolvedAddresses resolved) {
    return MeshBalancerProvider.choose(resolved);
  }
}
