package io.endomesh.controller.translate;

import io.endomesh.controller.kinds.RouteResource;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Predicate;

/**
 * Whether a route is in effect, in the conditions of Gateway API: its parents exist (Accepted), its
 * backends do (ResolvedRefs). A route may be applied before the services it names. Stateless.
 */
public final class RouteConditions {

  /**
   * @param reason one word of Gateway API
   * @param message empty if all is well
   */
  public record Condition(String type, boolean status, String reason, String message) {}

  private RouteConditions() {}

  /**
   * @param known whether the mesh knows a service
   */
  public static List<Condition> of(RouteResource route, Predicate<ServiceKey> known) {
    Set<ServiceKey> parents = new TreeSet<>();
    for (RouteResource.Parent parent : route.parents()) {
      parents.add(new ServiceKey(parent.namespace(), parent.service()));
    }
    Set<ServiceKey> backends = new TreeSet<>();
    for (RouteResource.Rule rule : route.rules()) {
      for (RouteResource.Backend backend : rule.backends()) {
        backends.add(new ServiceKey(backend.namespace(), backend.service()));
      }
    }
    List<Condition> conditions = new ArrayList<>();
    conditions.add(
        condition(
            "Accepted",
            "Accepted",
            "NoMatchingParent",
            "parentRefs",
            parents,
            known,
            "the route has no effect until it joins"));
    conditions.add(
        condition(
            "ResolvedRefs",
            "ResolvedRefs",
            "BackendNotFound",
            "backendRefs",
            backends,
            known,
            "calls that are sent to it fail until it joins"));
    return conditions;
  }

  private static Condition condition(
      String type,
      String good,
      String bad,
      String field,
      Set<ServiceKey> services,
      Predicate<ServiceKey> known,
      String consequence) {
    List<String> missing = new ArrayList<>();
    for (ServiceKey service : services) {
      if (!known.test(service)) {
        missing.add(service.namespace() + "/" + service.name());
      }
    }
    return missing.isEmpty()
        ? new Condition(type, true, good, "")
        : new Condition(
            type,
            false,
            bad,
            field
                + ": no service "
                + String.join(", ", missing)
                + " (expected: one that joined, or a v1 Service); "
                + consequence);
  }
}
