package io.endomesh.controller.analyze;

import io.endomesh.controller.kinds.DestinationRule;
import io.endomesh.controller.kinds.GrpcRoute;
import io.endomesh.controller.kinds.HttpRoute;
import io.endomesh.controller.kinds.RouteResource;
import io.endomesh.controller.kinds.VirtualService;
import io.endomesh.controller.store.ResourceKey;
import io.endomesh.controller.translate.AppliedResource;
import io.endomesh.controller.translate.ServiceKey;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** Resources that do not count because another does. */
final class PrecedenceCheck implements Check {

  @Override
  public void look(Estate estate, List<Finding> findings) {
    Map<String, ResourceKey> hosts = new HashMap<>();
    for (AppliedResource applied : estate.resources()) {
      if (applied.resource() instanceof VirtualService virtual) {
        beside(estate, applied, virtual, findings);
        for (String host : virtual.hosts()) {
          older(applied, "spec.hosts", host, virtual.metadata().namespace(), hosts, findings);
        }
      } else if (applied.resource() instanceof HttpRoute route) {
        besideGrpc(estate, applied, route, findings);
      } else if (applied.resource() instanceof DestinationRule rule
          && estate.model().isOwners(rule)) {
        older(applied, "spec.host", rule.host(), "", hosts, findings);
      }
    }
  }

  /**
   * @param scope VirtualServices of several namespaces may be for one host; "" if only one counts
   */
  private static void older(
      AppliedResource applied,
      String field,
      String host,
      String scope,
      Map<String, ResourceKey> hosts,
      List<Finding> findings) {
    ServiceKey service = ServiceKey.ofHost(host, applied.key().namespace());
    String name = service == null ? host : service.toString();
    ResourceKey before =
        hosts.putIfAbsent(applied.key().kind() + " " + scope + " " + name, applied.key());
    if (before != null && !before.equals(applied.key())) {
      findings.add(
          new Finding(
              Code.EM0203,
              applied.key(),
              field,
              host
                  + " belongs to "
                  + before
                  + ", which is older (expected: one resource a host); this one has no effect"));
    }
  }

  private static void beside(
      Estate estate, AppliedResource applied, VirtualService virtual, List<Finding> findings) {
    RuleSet rules = RuleSet.of(virtual, estate.model());
    for (ServiceKey service : rules == null ? List.<ServiceKey>of() : rules.services()) {
      for (AppliedResource other : estate.resources()) {
        if (other.resource() instanceof RouteResource route
            && isFor(route, service)
            && countsForAll(route, service, virtual.metadata().namespace())) {
          findings.add(
              new Finding(
                  Code.EM0202,
                  applied.key(),
                  "spec.hosts",
                  other.key()
                      + " is for "
                      + Estate.text(service)
                      + " too, and counts before a VirtualService"));
          break;
        }
      }
    }
  }

  private static void besideGrpc(
      Estate estate, AppliedResource applied, HttpRoute http, List<Finding> findings) {
    for (AppliedResource other : estate.resources()) {
      if (other.resource() instanceof GrpcRoute grpc
          && grpc.metadata().namespace().equals(http.metadata().namespace())) {
        for (RouteResource.Parent parent : http.parents()) {
          ServiceKey service = new ServiceKey(parent.namespace(), parent.service());
          if (isFor(grpc, service)) {
            findings.add(
                new Finding(
                    Code.EM0202,
                    applied.key(),
                    "spec.parentRefs",
                    other.key()
                        + " is for "
                        + Estate.text(service)
                        + " too, and HTTPRoutes do not count beside a GRPCRoute"));
            return;
          }
        }
      }
    }
  }

  /** A route of the service's namespace, or of the callers that the VirtualService is for. */
  private static boolean countsForAll(
      RouteResource route, ServiceKey service, String namespaceOfVirtual) {
    String namespace = route.metadata().namespace();
    return namespace.equals(service.namespace()) || namespace.equals(namespaceOfVirtual);
  }

  private static boolean isFor(RouteResource route, ServiceKey service) {
    return route.parents().stream()
        .anyMatch(parent -> service.equals(new ServiceKey(parent.namespace(), parent.service())));
  }
}
