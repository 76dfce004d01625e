package io.endomesh.instrumentation.grpc.core;

import io.endomesh.weaving.Instrumentation;
import io.endomesh.weaving.Weave;
import java.util.List;

/** gRPC's core: the calls of channels and servers, whatever transport they use. */
public final class GrpcInstrumentation extends Instrumentation {

  private static final String ADVICE = "io.endomesh.instrumentation.grpc.core.";
  private static final String CHANNEL_BUILDER = "io.grpc.internal.ManagedChannelImplBuilder";

  @Override
  public String name() {
    return "grpc";
  }

  @Override
  public List<Weave> weaves() {
    return List.of(
        Weave.types(CHANNEL_BUILDER).method("build").advice(ADVICE + "ChannelBuildAdvice"),
        Weave.types(CHANNEL_BUILDER)
            .method("getEffectiveInterceptors")
            .advice(ADVICE + "InterceptorsAdvice"),
        // Not the DNS provider: its method has changed its type, and with it its callers.
        Weave.types("io.grpc.internal.ManagedChannelImpl")
            .method("getNameResolver")
            .takingAtLeast(4)
            .advice(ADVICE + "NameResolverAdvice"),
        // The name was tryHandleResolvedAddresses to 1.4x, then tryAccept…, then accept….
        Weave.types("io.grpc.internal.AutoConfiguredLoadBalancerFactory$AutoConfiguredLoadBalancer")
            .method(
                "tryHandleResolvedAddresses",
                "tryAcceptResolvedAddresses",
                "acceptResolvedAddresses")
            .takingAtLeast(1)
            .advice(ADVICE + "AddressesAdvice"),
        Weave.types("io.grpc.internal.ServerImplBuilder")
            .method("build")
            .advice(ADVICE + "ServerBuildAdvice"));
  }
}
