package io.endomesh.controller.translate;

import io.endomesh.controller.kinds.AuthorizationPolicy;
import io.endomesh.controller.kinds.BackendTrafficPolicy;
import io.endomesh.controller.kinds.DestinationRule;
import io.endomesh.controller.kinds.ExtAuthzProvider;
import io.endomesh.controller.kinds.HttpRouteGroup;
import io.endomesh.controller.kinds.MeshResource;
import io.endomesh.controller.kinds.OverloadPolicy;
import io.endomesh.controller.kinds.QueryParameterModifier;
import io.endomesh.controller.kinds.RateLimitPolicy;
import io.endomesh.controller.kinds.ResiliencePolicy;
import io.endomesh.controller.kinds.RouteFilters;
import io.endomesh.controller.kinds.RouteResource;
import io.endomesh.controller.kinds.ServiceEntry;
import io.endomesh.controller.kinds.ServiceResource;
import io.endomesh.controller.kinds.TrafficSplit;
import io.endomesh.controller.kinds.VirtualService;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * Whether a resource that says how services are called is in effect, in the conditions of Gateway
 * API: what it is for exists (Accepted), and so does what it leads to (ResolvedRefs). It may be
 * applied before the services it names. Stateless.
 */
public final class RouteConditions {

  /**
   * @param reason one word of Gateway API
   * @param message empty if all is well
   */
  public record Condition(String type, boolean status, String reason, String message) {}

  private RouteConditions() {}

  /**
   * @return empty for kinds that have no conditions
   */
  public static List<Condition> of(MeshResource resource, Applied applied) {
    return standing(
        resource,
        applied,
        resource instanceof TrafficSplit split ? split(split, applied) : own(resource, applied));
  }

  /** Of a route at one of its parents, whatever becomes of the others (RouteParentStatus). */
  public static List<Condition> of(
      RouteResource route, RouteResource.Parent parent, Applied applied) {
    return standing(route, applied, route(route, List.of(parent), applied));
  }

  /** Who yields to another everywhere is not accepted; who does so in part is told where. */
  private static List<Condition> standing(
      MeshResource resource, Applied applied, List<Condition> own) {
    List<Condition> conditions = new ArrayList<>(own);
    Precedence.Standing standing = Precedence.of(resource, applied.resources());
    if (!own.isEmpty() && !standing.lost().isEmpty()) {
      String message =
          String.join("; ", standing.lost()) + "; this has no effect there until that is deleted";
      if (!standing.hasNone()) {
        conditions.add(new Condition("Effective", false, "Overridden", message));
      } else if (own.get(0).status()) {
        conditions.set(0, new Condition("Accepted", false, "Conflicted", message));
      }
    }
    String budget = resource instanceof DestinationRule rule ? retryBudget(rule, applied) : null;
    if (budget != null) {
      conditions.add(new Condition("Effective", false, "Overridden", budget));
    }
    Condition attempts = DatabaseConditions.ofRoute(resource, applied);
    if (attempts != null) {
      conditions.add(attempts);
    }
    return conditions;
  }

  /** Whose retry budget counts in place of the rule's; null if its own does. */
  private static @Nullable String retryBudget(DestinationRule rule, Applied applied) {
    boolean says =
        rule.policy().retryBudget() != null
            || rule.policy().connectionPool() != null
                && rule.policy().connectionPool().maxRetries() != null;
    if (says) {
      for (BackendTrafficPolicy policy : applied.of(BackendTrafficPolicy.class)) {
        if (policy.retries() != null
            && Precedence.hosts(policy).containsAll(Precedence.hosts(rule))) {
          return "trafficPolicy: the retryConstraint of "
              + Precedence.name(policy)
              + " counts in place of retryBudget and maxRetries";
        }
      }
    }
    return null;
  }

  /** SMI defines none; these are Gateway API's. */
  private static List<Condition> split(TrafficSplit split, Applied applied) {
    TrafficSplits all =
        new TrafficSplits(
            List.of(split), applied.of(HttpRouteGroup.class), applied.of(ServiceResource.class));
    Set<ServiceKey> backends = new TreeSet<>();
    split.backends().forEach(b -> backends.add(TrafficSplits.key(split, b.service())));
    List<Condition> conditions =
        of("service", Set.of(TrafficSplits.root(split)), "backends", backends, applied.known());
    if (!all.missingGroups(split).isEmpty()) {
      conditions.set(
          1,
          unresolved(
              "GroupNotFound",
              "matches: no HTTPRouteGroup "
                  + String.join(", ", all.missingGroups(split))
                  + " in namespace "
                  + split.metadata().namespace()
                  + "; it matches no call"));
    } else if (!all.mismatched(split).isEmpty()) {
      conditions.set(
          1,
          unresolved(
              "PortMismatch",
              "backends: "
                  + String.join(", ", all.mismatched(split))
                  + " (expected: the ports of "
                  + split.service()
                  + "); they get no calls at a port they do not have"));
    }
    return conditions;
  }

  static Condition unresolved(String reason, String message) {
    return new Condition("ResolvedRefs", false, reason, message);
  }

  /** Whether the resource itself makes sense, whatever else there is for the same services. */
  private static List<Condition> own(MeshResource resource, Applied applied) {
    Predicate<ServiceKey> known = applied.known();
    if (resource instanceof RouteResource route) {
      return route(route, route.parents(), applied);
    }
    if (resource instanceof VirtualService virtual) {
      return DelegateConditions.of(virtual, applied, VirtualServiceConditions.of(virtual, applied));
    }
    if (resource instanceof DestinationRule rule) {
      return List.of(destination(rule, applied));
    }
    if (resource instanceof RateLimitPolicy policy) {
      return limits(policy, applied);
    }
    if (resource instanceof AuthorizationPolicy policy && policy.provider() != null) {
      return List.of(provider(policy, applied));
    }
    if (resource instanceof ExtAuthzProvider provider) {
      return List.of(
          server(
              "service",
              provider.service(),
              provider.metadata().namespace(),
              applied,
              provider.failOpen()
                  ? "requests that it should decide about are let through until it is there"
                  : "requests that it should decide about are refused until it is there"));
    }
    if (resource instanceof ResiliencePolicy policy) {
      return List.of(target(policy.metadata().namespace(), policy.services(), known));
    }
    if (resource instanceof OverloadPolicy policy) {
      return List.of(target(policy.metadata().namespace(), policy.services(), known));
    }
    if (resource instanceof BackendTrafficPolicy policy) {
      return List.of(target(policy.metadata().namespace(), policy.services(), known));
    }
    return List.of();
  }

  private static List<Condition> route(
      RouteResource route, List<RouteResource.Parent> attachedTo, Applied applied) {
    Set<ServiceKey> parents = new TreeSet<>();
    for (RouteResource.Parent parent : attachedTo) {
      parents.add(new ServiceKey(parent.namespace(), parent.service()));
    }
    Set<ServiceKey> backends = backends(route.rules());
    List<String> forbidden =
        backends.stream()
            .filter(backend -> !applied.grants().permit(route, backend))
            .map(RouteConditions::text)
            .toList();
    List<Condition> conditions =
        of("parentRefs", parents, "backendRefs", backends, applied.known());
    Set<String> modifiers =
        new QueryModifiers(applied.of(QueryParameterModifier.class)).missing(route);
    if (!forbidden.isEmpty()) {
      conditions.set(1, notPermitted(route, forbidden));
    } else if (!modifiers.isEmpty()) {
      conditions.set(1, withoutModifiers(modifiers));
    }
    return conditions;
  }

  /** Of "a reference to a resource that does not exist" Gateway API has one reason for all. */
  private static Condition withoutModifiers(Set<String> missing) {
    return unresolved(
        "BackendNotFound",
        "filters: no QueryParameterModifier "
            + String.join(", ", missing)
            + " (expected: one of the route's namespace); calls of the rules that name it are"
            + " answered with 500 until it is applied");
  }

  /** Of a policy that is attached to services (GEP-713). */
  private static Condition target(
      String namespace, List<String> names, Predicate<ServiceKey> known) {
    Set<ServiceKey> services = new TreeSet<>();
    names.forEach(name -> services.add(new ServiceKey(namespace, name)));
    return condition(
        "Accepted",
        "Accepted",
        "TargetNotFound",
        "targetRefs",
        services,
        known,
        "it has no effect until it joins");
  }

  private static List<Condition> limits(RateLimitPolicy policy, Applied applied) {
    String namespace = policy.metadata().namespace();
    Condition target = target(namespace, policy.services(), applied.known());
    RateLimitPolicy.Global global = policy.global();
    return global == null || global.server() == null
        ? List.of(target)
        : List.of(target, limitServer(global, global.server(), namespace, applied));
  }

  private static Condition provider(AuthorizationPolicy policy, Applied applied) {
    return CustomRules.provider(policy, applied.of(ExtAuthzProvider.class)) != null
        ? new Condition("ResolvedRefs", true, "ResolvedRefs", "")
        : unresolved(
            "ProviderNotFound",
            "provider: no ExtAuthzProvider "
                + policy.provider()
                + " (expected: one in namespace "
                + policy.metadata().namespace()
                + " or "
                + PeerAuthenticationTranslator.MESH_NAMESPACE
                + "); requests that the policy matches are refused until there is one");
  }

  private static Condition limitServer(
      RateLimitPolicy.Global global,
      RateLimitPolicy.Server server,
      String namespace,
      Applied applied) {
    return server(
        "server",
        server.host(),
        namespace,
        applied,
        global.failClosed()
            ? "calls that it should count are refused until it is there"
            : "calls that it should count are let through until it is there");
  }

  /** Who is asked about calls. */
  private static Condition server(
      String field, String host, String namespace, Applied applied, String consequence) {
    ServiceEntry entry = applied.serviceEntry(host);
    ServiceKey service = ServiceKey.ofHost(host, namespace);
    if (entry != null) {
      return entry.resolution() != ServiceEntry.Resolution.NONE
          ? new Condition("ResolvedRefs", true, "ResolvedRefs", "")
          : unresolved(
              "BackendNotFound",
              field
                  + ": ServiceEntry "
                  + entry.metadata().namespace()
                  + "/"
                  + entry.metadata().name()
                  + " has resolution NONE (expected: STATIC or DNS, which say where "
                  + host
                  + " is); "
                  + consequence);
    }
    if (service == null) {
      return unresolved(
          "BackendNotFound",
          field
              + ": no host "
              + host
              + " (expected: a service, or a host of a ServiceEntry); "
              + consequence);
    }
    return condition(
        "ResolvedRefs",
        "ResolvedRefs",
        "BackendNotFound",
        field,
        Set.of(service),
        applied.known(),
        consequence);
  }

  private static Condition destination(DestinationRule rule, Applied applied) {
    RuleHost host = RuleHost.of(rule, applied::serviceEntry);
    if (host instanceof RuleHost.Foreign foreign) {
      return new Condition(
          "Accepted",
          false,
          "NotOwner",
          "host: '"
              + rule.host()
              + "' is a service of namespace "
              + foreign.service().namespace()
              + " (expected: one of namespace "
              + rule.metadata().namespace()
              + ", or a host of a ServiceEntry; only the owner of a service says how it is"
              + " reached); it has no effect");
    }
    ServiceKey service = ((RuleHost.Of) host).service();
    return accepted("host", service == null ? Set.of() : Set.of(service), applied.known());
  }

  private static Condition notPermitted(RouteResource route, List<String> backends) {
    return new Condition(
        "ResolvedRefs",
        false,
        "RefNotPermitted",
        "backendRefs: "
            + String.join(", ", backends)
            + " of another namespace (expected: a ReferenceGrant there, from "
            + ReferenceGrants.kind(route)
            + " of namespace "
            + route.metadata().namespace()
            + " to Service); calls that are sent to it fail until it is granted");
  }

  static String text(ServiceKey service) {
    return service.namespace() + "/" + service.name();
  }

  /** Where the rules send calls, and copies of them. */
  private static Set<ServiceKey> backends(List<? extends RouteResource.Rule> rules) {
    Set<ServiceKey> backends = new TreeSet<>();
    for (RouteResource.Rule rule : rules) {
      for (RouteResource.Backend backend : rule.backends()) {
        backends.add(new ServiceKey(backend.namespace(), backend.service()));
      }
      for (RouteFilters.Mirror mirror : rule.filters().mirrors()) {
        backends.add(new ServiceKey(mirror.backend().namespace(), mirror.backend().service()));
      }
    }
    return backends;
  }

  private static Condition accepted(
      String field, Set<ServiceKey> services, Predicate<ServiceKey> known) {
    return condition("Accepted", "Accepted", "NoMatchingParent", field, services, known, NO_EFFECT);
  }

  private static final String NO_EFFECT = "it has no effect until it joins";

  private static List<Condition> of(
      String parentField,
      Set<ServiceKey> parents,
      String backendField,
      Set<ServiceKey> backends,
      Predicate<ServiceKey> known) {
    List<Condition> conditions = new ArrayList<>();
    conditions.add(accepted(parentField, parents, known));
    conditions.add(
        condition(
            "ResolvedRefs",
            "ResolvedRefs",
            "BackendNotFound",
            backendField,
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
        missing.add(text(service));
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
