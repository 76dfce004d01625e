package io.endomesh.controller.translate;

import io.endomesh.controller.kinds.DatabasePolicy;
import io.endomesh.controller.kinds.DatabasePolicy.Target;
import io.endomesh.controller.kinds.DatabasePolicy.TargetKind;
import io.endomesh.controller.kinds.ServiceEntry;
import java.util.List;
import java.util.Optional;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * The DatabasePolicies of the mesh; the oldest one for a host has it. A policy counts in the
 * namespace of its database only: whoever runs one says what may be done there. Immutable.
 */
final class DatabasePolicies {

  private final List<DatabasePolicy> policies;

  /**
   * @param policies oldest first
   */
  DatabasePolicies(List<DatabasePolicy> policies) {
    this.policies = List.copyOf(policies);
  }

  @Nullable DatabasePolicy of(Destination destination) {
    return destination instanceof Destination.ToEntry to
        ? of(to.entry(), to.host())
        : of(((Destination.ToService) destination).service().key());
  }

  @Nullable DatabasePolicy of(ServiceEntry entry, String host) {
    return first(policy -> isFor(policy, entry, host));
  }

  @Nullable DatabasePolicy of(ServiceKey service) {
    return first(policy -> isFor(policy, service));
  }

  private @Nullable DatabasePolicy first(Predicate<DatabasePolicy> wanted) {
    Optional<DatabasePolicy> first = policies.stream().filter(wanted).findFirst();
    return first.orElse(null);
  }

  static boolean isFor(DatabasePolicy policy, ServiceEntry entry, String host) {
    return policy.metadata().namespace().equals(entry.metadata().namespace())
        && (policy.hosts().contains(host)
            || isReader(policy, host)
            || policy
                .targets()
                .contains(new Target(TargetKind.ServiceEntry, entry.metadata().name())));
  }

  /** True if connections to the host read only. */
  static boolean isReader(DatabasePolicy policy, String host) {
    return policy.roles() != null && policy.roles().readers().contains(host);
  }

  private static boolean isFor(DatabasePolicy policy, ServiceKey service) {
    String namespace = policy.metadata().namespace();
    return namespace.equals(service.namespace())
        && (policy.targets().contains(new Target(TargetKind.Service, service.name()))
            || policy.hosts().stream()
                .anyMatch(host -> service.equals(ServiceKey.ofHost(host, namespace))));
  }
}
