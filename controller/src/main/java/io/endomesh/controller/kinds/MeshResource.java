package io.endomesh.controller.kinds;

import java.util.Map;

/** One resource of a kind this mesh knows, valid in itself. Immutable. */
public sealed interface MeshResource
    permits ServiceResource,
        RouteResource,
        VirtualService,
        DestinationRule,
        AuthorizationPolicy,
        PeerAuthentication,
        InboundPolicy,
        DepartmentPolicy,
        TrafficTarget,
        RequestAuthentication,
        ExtAuthzProvider,
        JoinIssuer,
        FederatedTrustDomain,
        ServiceEntry,
        ReferenceGrant,
        RateLimitPolicy,
        ResiliencePolicy,
        OverloadPolicy,
        Sidecar,
        WorkloadEntry,
        BackendTlsPolicy,
        BackendTrafficPolicy,
        TrafficSplit,
        HttpRouteGroup,
        DatabasePolicy,
        QueryParameterModifier {

  Metadata metadata();

  /** What every resource says of itself. */
  record Metadata(
      String namespace, String name, Map<String, String> labels, Map<String, String> annotations) {
    public Metadata {
      labels = Map.copyOf(labels);
      annotations = Map.copyOf(annotations);
    }
  }
}
