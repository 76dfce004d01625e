package io.endomesh.instrumentation.springcloud;

import io.endomesh.weaving.Weaving;
import net.bytebuddy.asm.Advice;
import net.bytebuddy.implementation.bytecode.assign.Assigner;
import org.jspecify.annotations.Nullable;
import org.springframework.cloud.loadbalancer.core.ReactorServiceInstanceLoadBalancer;
import org.springframework.cloud.loadbalancer.support.LoadBalancerClientFactory;

/**
 * {@code NamedContextFactory.getInstance}: the balancer of a service that the mesh knows is one
 * that leaves the choice to the mesh. The application's own, and what it would ask for instances,
 * are not made. Stateless.
 */
public final class BalancerAdvice {

  private BalancerAdvice() {}

  @Advice.OnMethodEnter(
      inline = false,
      suppress = Throwable.class,
      skipOn = Advice.OnNonDefaultValue.class)
  public static @Nullable Object enter(
      @Advice.This Object factory,
      @Advice.Argument(0) @Nullable String service,
      @Advice.Argument(1) @Nullable Class<?> type) {
    return service != null
            && type == ReactorServiceInstanceLoadBalancer.class
            && factory instanceof LoadBalancerClientFactory
            && !Weaving.onAgentThread()
            && Weaving.mesh().knows(service)
        ? MeshBalancer.of(service)
        : null;
  }

  @Advice.OnMethodExit(inline = false, suppress = Throwable.class)
  @Advice.AssignReturned.ToReturned(typing = Assigner.Typing.DYNAMIC)
  public static @Nullable Object exit(
      @Advice.Enter @Nullable Object balancer,
      @Advice.Return(typing = Assigner.Typing.DYNAMIC) @Nullable Object found) {
    return balancer == null ? found : balancer;
  }
}
