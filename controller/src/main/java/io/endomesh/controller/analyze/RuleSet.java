package io.endomesh.controller.analyze;

import io.endomesh.controller.kinds.MeshResource;
import io.endomesh.controller.kinds.RouteResource;
import io.endomesh.controller.kinds.VirtualService;
import io.endomesh.controller.translate.ServiceKey;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The rules of an HTTPRoute, a GRPCRoute or a VirtualService, in one form. Immutable.
 *
 * @param forField where it says which services it is for
 * @param services it is for, of this mesh
 * @param rulesField where its rules stand
 * @param backendsField of a rule
 */
record RuleSet(
    String forField,
    List<ServiceKey> services,
    String rulesField,
    String backendsField,
    List<? extends RouteResource.Rule> rules) {

  RuleSet {
    services = List.copyOf(services);
    rules = List.copyOf(rules);
  }

  /** Null for resources without rules. */
  static @Nullable RuleSet of(MeshResource resource) {
    if (resource instanceof RouteResource route) {
      return new RuleSet(
          "spec.parentRefs",
          route.parents().stream()
              .map(parent -> new ServiceKey(parent.namespace(), parent.service()))
              .toList(),
          "spec.rules",
          "backendRefs",
          route.rules());
    }
    if (resource instanceof VirtualService virtual) {
      List<ServiceKey> services = new ArrayList<>();
      for (String host : virtual.hosts()) {
        ServiceKey service = ServiceKey.ofHost(host, virtual.metadata().namespace());
        if (service != null) {
          services.add(service);
        }
      }
      return new RuleSet("spec.hosts", services, "spec.http", "route", virtual.rules());
    }
    return null;
  }

  String field(int rule) {
    return rulesField + "[" + rule + "]";
  }

  static ServiceKey service(RouteResource.Backend backend) {
    return new ServiceKey(backend.namespace(), backend.service());
  }
}
