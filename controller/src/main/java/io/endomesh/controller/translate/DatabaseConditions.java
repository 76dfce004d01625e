package io.endomesh.controller.translate;

import io.endomesh.controller.kinds.DatabasePolicy;
import io.endomesh.controller.kinds.DatabasePolicy.Target;
import io.endomesh.controller.kinds.DatabasePolicy.TargetKind;
import io.endomesh.controller.kinds.MeshResource;
import io.endomesh.controller.kinds.RouteResource;
import io.endomesh.controller.kinds.ServiceEntry;
import io.endomesh.controller.kinds.VirtualService;
import io.endomesh.controller.translate.RouteConditions.Condition;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/**
 * Whether a DatabasePolicy is in effect: the mesh knows its database, by a ServiceEntry or a
 * Service. Stateless.
 */
public final class DatabaseConditions {

  private DatabaseConditions() {}

  public static List<Condition> of(DatabasePolicy policy, Applied applied) {
    String namespace = policy.metadata().namespace();
    List<ServiceEntry> own = own(policy, applied);
    List<String> missing = new ArrayList<>();
    List<String> hosts = new ArrayList<>(policy.hosts());
    if (policy.roles() != null) {
      hosts.addAll(policy.roles().readers());
    }
    for (String host : hosts) {
      ServiceKey service = ServiceKey.ofHost(host, namespace);
      if (own.stream().noneMatch(entry -> entry.hosts().contains(host))
          && (service == null
              || !service.namespace().equals(namespace)
              || !applied.known().test(service))) {
        missing.add("host " + host);
      }
    }
    for (Target target : policy.targets()) {
      boolean there =
          target.kind() == TargetKind.Service
              ? applied.known().test(new ServiceKey(namespace, target.name()))
              : own.stream().anyMatch(entry -> entry.metadata().name().equals(target.name()));
      if (!there) {
        missing.add(target.kind() + " " + target.name());
      }
    }
    String older = missing.isEmpty() ? older(policy, applied, own) : null;
    if (older != null) {
      return List.of(
          new Condition(
              "Accepted",
              false,
              "Conflicted",
              "older DatabasePolicy "
                  + older
                  + " (expected: one for each database); this one has no effect there"));
    }
    return List.of(
        missing.isEmpty()
            ? new Condition("Accepted", true, "Accepted", "")
            : new Condition(
                "Accepted",
                false,
                "TargetNotFound",
                "no "
                    + String.join(", no ", missing)
                    + " in namespace "
                    + namespace
                    + " (expected: a ServiceEntry or a Service there); the policy has no effect on"
                    + " it until there is one"));
  }

  /**
   * What a route says of each attempt at a host that is a database: its driver opens the
   * connection, and obeys the application's own connect time-out. Null if it says nothing of the
   * kind.
   */
  static @Nullable Condition ofRoute(MeshResource route, Applied applied) {
    List<? extends RouteResource.Rule> rules =
        route instanceof RouteResource ofGateway
            ? ofGateway.rules()
            : route instanceof VirtualService virtual ? virtual.rules() : List.of();
    if (rules.stream().allMatch(rule -> rule.timeouts().attemptNanos() == null)) {
      return null;
    }
    String field = route instanceof VirtualService ? "perTryTimeout" : "backendRequest";
    for (DatabasePolicy policy : applied.of(DatabasePolicy.class)) {
      Set<String> both = new TreeSet<>(Precedence.hosts(route));
      both.retainAll(databases(policy, own(policy, applied)));
      if (!both.isEmpty()) {
        return new Condition(
            "Effective",
            false,
            "UnsupportedValue",
            field
                + ": "
                + String.join(", ", both)
                + " is a database, of DatabasePolicy "
                + Precedence.text(policy)
                + " (expected: statements.timeout there, and the driver's own connect time-out); it"
                + " has no effect there");
      }
    }
    return null;
  }

  private static List<ServiceEntry> own(DatabasePolicy policy, Applied applied) {
    return applied.of(ServiceEntry.class).stream()
        .filter(entry -> entry.metadata().namespace().equals(policy.metadata().namespace()))
        .toList();
  }

  /** Who has a database of this policy instead, and which; null if nobody has. */
  private static @Nullable String older(
      DatabasePolicy policy, Applied applied, List<ServiceEntry> own) {
    Set<String> databases = databases(policy, own);
    for (DatabasePolicy other : applied.of(DatabasePolicy.class)) {
      if (other.metadata().name().equals(policy.metadata().name())
          && other.metadata().namespace().equals(policy.metadata().namespace())) {
        return null;
      }
      if (other.metadata().namespace().equals(policy.metadata().namespace())) {
        Set<String> common = new TreeSet<>(databases);
        common.retainAll(databases(other, own));
        if (!common.isEmpty()) {
          return other.metadata().namespace()
              + "/"
              + other.metadata().name()
              + " is for "
              + String.join(", ", common);
        }
      }
    }
    return null;
  }

  /** Hosts, those of ServiceEntries too; a service as {@code orders-db.shop}. */
  private static Set<String> databases(DatabasePolicy policy, List<ServiceEntry> own) {
    String namespace = policy.metadata().namespace();
    Set<String> databases = new TreeSet<>();
    for (String host : policy.hosts()) {
      ServiceKey service = ServiceKey.ofHost(host, namespace);
      boolean external = own.stream().anyMatch(entry -> entry.hosts().contains(host));
      databases.add(external || service == null ? host : service.toString());
    }
    for (Target target : policy.targets()) {
      if (target.kind() == TargetKind.Service) {
        databases.add(new ServiceKey(namespace, target.name()).toString());
      } else {
        own.stream()
            .filter(entry -> entry.metadata().name().equals(target.name()))
            .forEach(entry -> databases.addAll(entry.hosts()));
      }
    }
    return databases;
  }
}
