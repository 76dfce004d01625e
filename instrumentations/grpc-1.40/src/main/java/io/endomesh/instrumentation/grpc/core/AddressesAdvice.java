package io.endomesh.instrumentation.grpc.core;

import io.grpc.LoadBalancer.ResolvedAddresses;
import net.bytebuddy.asm.Advice;
import net.bytebuddy.asm.Advice.AssignReturned.ToArguments.ToArgument;

/** {@code AutoConfiguredLoadBalancer.acceptResolvedAddresses}, under the names it has had: addresses of
 * the mesh are given to our load balancer. Stateless. */
public final class AddressesAdvice {

  private AddressesAdvice() {}

  @Advice.OnMethodEnter(inline = false, suppress = Throwable.class)
  @Advice.AssignReturned.ToArguments(@ToArgument(0))
  public static ResolvedAddresses enter(@Advice.Argument(0) ResolvedAddresses resolved) {
    return MeshBalancerProvider.choose(resolved);
  }
}
