package io.endomesh.controller.translate;

import io.endomesh.controller.kinds.HttpRoute;
import io.endomesh.controller.kinds.ReferenceGrant;
import io.endomesh.controller.kinds.RouteResource;
import java.util.List;

/**
 * Where routes may lead: within their namespace, to the services they are for, and to services of
 * other namespaces that a ReferenceGrant there opens for them (Gateway API, GEP-709). Immutable.
 */
public final class ReferenceGrants {

  private static final String ROUTE_GROUP = "gateway.networking.k8s.io";
  private static final String SERVICE_GROUP = "";

  private final List<ReferenceGrant> grants;

  public ReferenceGrants(List<ReferenceGrant> grants) {
    this.grants = List.copyOf(grants);
  }

  /** A route for a service does not lead its callers anywhere by leading them there. */
  public boolean permit(RouteResource route, ServiceKey backend) {
    return backend.namespace().equals(route.metadata().namespace())
        || route.parents().stream()
            .anyMatch(
                parent -> backend.equals(new ServiceKey(parent.namespace(), parent.service())))
        || grants.stream().anyMatch(grant -> permits(grant, route, backend));
  }

  private static boolean permits(ReferenceGrant grant, RouteResource route, ServiceKey backend) {
    return grant.metadata().namespace().equals(backend.namespace())
        && grant.from().stream().anyMatch(from -> names(from, route))
        && grant.to().stream().anyMatch(to -> names(to, backend));
  }

  private static boolean names(ReferenceGrant.From from, RouteResource route) {
    return from.group().equals(ROUTE_GROUP)
        && from.kind().equals(kind(route))
        && from.namespace().equals(route.metadata().namespace());
  }

  private static boolean names(ReferenceGrant.To to, ServiceKey backend) {
    return to.group().equals(SERVICE_GROUP)
        && to.kind().equals("Service")
        && (to.name() == null || to.name().equals(backend.name()));
  }

  static String kind(RouteResource route) {
    return route instanceof HttpRoute ? "HTTPRoute" : "GRPCRoute";
  }
}
