package io.endomesh.instrumentation.grpc.core;

import io.grpc.LoadBalancer;
import io.grpc.LoadBalancer.ResolvedAddresses;
import io.grpc.LoadBalancerProvider;
import io.grpc.internal.ServiceConfigUtil.PolicySelection;

/**
 * Makes {@link MeshBalancer}s. It is chosen for addresses that came from the mesh, whatever policy
 * the channel or its service config names; the rest of the service config stays in force.
 */
final class MeshBalancerProvider extends LoadBalancerProvider {

  private static final MeshBalancerProvider INSTANCE = new MeshBalancerProvider();

  /** Not consulted: the provider is handed over, not looked up. 5 is gRPC's own default. */
  private static final int PRIORITY = 5;

  private MeshBalancerProvider() {}

  /** Names our policy in addresses of the mesh; leaves all others alone. */
  static ResolvedAddresses choose(ResolvedAddresses resolved) {
    if (resolved.getAttributes().get(MeshNameResolver.AUTHORITY) == null) {
      return resolved;
    }
    return resolved.toBuilder()
        .setLoadBalancingPolicyConfig(new PolicySelection(INSTANCE, null))
        .build();
  }

  @Override
  public boolean isAvailable() {
    return true;
  }

  @Override
  public int getPriority() {
    return PRIORITY;
  }

  @Override
  public String getPolicyName() {
    return "endomesh";
  }

  @Override
  public LoadBalancer newLoadBalancer(LoadBalancer.Helper helper) {
    return new MeshBalancer(helper);
  }
}
