package io.endomesh.controller.analyze;

import io.endomesh.controller.kinds.MeshResource;
import io.endomesh.controller.kinds.RouteResource;
import io.endomesh.controller.kinds.VirtualService;
import io.endomesh.controller.translate.MeshModel;
import io.endomesh.controller.translate.RouteHost;
import io.endomesh.controller.translate.ServiceKey;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The rules of an HTTPRoute, a GRPCRoute or a VirtualService, in one form. Immutable.
 *
 * @param forField where it says which services it is for
 * @param services it is for, of this mesh
 * @param unknown hosts it is for that nobody has
 * @param rulesField where its rules stand
 * @param backendsField of a rule
 */
record RuleSet(
    String forField,
    List<ServiceKey> services,
    List<String> unknown,
    String rulesField,
    String backendsField,
    List<? extends RouteResource.Rule> rules) {

  RuleSet {
    services = List.copyOf(services);
    unknown = List.copyOf(unknown);
    rules = List.copyOf(rules);
  }

  /** Null for resources without rules. */
  static @Nullable RuleSet of(MeshResource resource, MeshModel model) {
    if (resource instanceof RouteResource route) {
      return new RuleSet(
          "spec.parentRefs",
          route.parents().stream()
              .map(parent -> new ServiceKey(parent.namespace(), parent.service()))
              .toList(),
          List.of(),
          "spec.rules",
          "backendRefs",
          route.rules());
    }
    if (resource instanceof VirtualService virtual) {
      List<ServiceKey> services = new ArrayList<>();
      List<String> unknown = new ArrayList<>();
      for (String host : virtual.hosts()) {
        RouteHost means = model.routeHost(host, virtual.metadata().namespace());
        if (means instanceof RouteHost.Service service) {
          services.add(service.key());
        } else if (means instanceof RouteHost.Unknown) {
          unknown.add(host);
        }
      }
      return new RuleSet("spec.hosts", services, unknown, "spec.http", "route", virtual.rules());
    }
    return null;
  }

  String field(int rule) {
    return rulesField + "[" + rule + "]";
  }
}
