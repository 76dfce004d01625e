package io.endomesh.controller.translate;

import io.endomesh.controller.kinds.DatabasePolicy;
import io.endomesh.controller.kinds.DatabasePolicy.Target;
import io.endomesh.controller.kinds.DatabasePolicy.TargetKind;
import io.endomesh.controller.kinds.ServiceEntry;
import io.endomesh.controller.translate.RouteConditions.Condition;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Predicate;

/**
 * Whether a DatabasePolicy is in effect: the mesh knows its database, by a ServiceEntry or a
 * Service. Stateless.
 */
public final class DatabaseConditions {

  private DatabaseConditions() {}

  /**
   * @param known whether the mesh knows a service
   * @param entries all there are
   */
  public static List<Condition> of(
      DatabasePolicy policy, Predicate<ServiceKey> known, List<ServiceEntry> entries) {
    String namespace = policy.metadata().namespace();
    List<ServiceEntry> own =
        entries.stream().filter(entry -> entry.metadata().namespace().equals(namespace)).toList();
    List<String> missing = new ArrayList<>();
    List<String> hosts = new ArrayList<>(policy.hosts());
    if (policy.roles() != null) {
      hosts.addAll(policy.roles().readers());
    }
    for (String host : hosts) {
      ServiceKey service = ServiceKey.ofHost(host, namespace);
      if (own.stream().noneMatch(entry -> entry.hosts().contains(host))
          && (service == null || !known.test(service))) {
        missing.add("host " + host);
      }
    }
    for (Target target : policy.targets()) {
      boolean there =
          target.kind() == TargetKind.Service
              ? known.test(new ServiceKey(namespace, target.name()))
              : own.stream().anyMatch(entry -> entry.metadata().name().equals(target.name()));
      if (!there) {
        missing.add(target.kind() + " " + target.name());
      }
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
}
