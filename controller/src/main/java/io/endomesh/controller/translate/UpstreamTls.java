package io.endomesh.controller.translate;

import io.endomesh.controller.kinds.BackendTlsPolicy;
import io.endomesh.controller.kinds.DatabasePolicy;
import io.endomesh.controller.kinds.DestinationRule;
import io.endomesh.controller.kinds.DestinationRule.Tls;
import io.endomesh.controller.kinds.ServiceEntry;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * How callers reach a host: as its DatabasePolicy says, else by the oldest BackendTLSPolicy for it,
 * else as its DestinationRule says. Immutable.
 */
final class UpstreamTls {

  /** By target, {@code Service/shop/orders}. */
  private final Map<String, BackendTlsPolicy> policies = new HashMap<>();

  private final DestinationRules rules;
  private final DatabasePolicies databases;

  /**
   * @param policies oldest first
   */
  UpstreamTls(List<BackendTlsPolicy> policies, DestinationRules rules, DatabasePolicies databases) {
    this.rules = rules;
    this.databases = databases;
    for (BackendTlsPolicy policy : policies) {
      for (BackendTlsPolicy.Target target : policy.targets()) {
        this.policies.putIfAbsent(key(policy, target), policy);
      }
    }
  }

  /**
   * @param subset null for all endpoints
   */
  Tls of(MeshService service, @Nullable String subset, int port) {
    DatabasePolicy database = databases.of(service.key());
    if (database != null && database.tls() != null) {
      return new Tls.Originated(database.tls());
    }
    return of(
        "Service/" + service.key().namespace() + "/" + service.key().name(),
        service.key().toString(),
        subset,
        port);
  }

  /** True if callers begin TLS with any port of it, which then is reached by the mesh. */
  boolean isBegun(ServiceEntry entry, String host) {
    DestinationRule rule = rules.of(host);
    return rule != null && rule.beginsTls()
        || of(entry, host, null, entry.ports().get(0).number()) instanceof Tls.Originated;
  }

  /** With the names of the entry, where the rule gives none. */
  Tls of(ServiceEntry entry, String host, @Nullable String subset, int port) {
    DatabasePolicy database = databases.of(entry, host);
    Tls tls =
        database != null && database.tls() != null
            ? new Tls.Originated(database.tls())
            : of(
                BackendTlsPolicy.SERVICE_ENTRY
                    + "/"
                    + entry.metadata().namespace()
                    + "/"
                    + entry.metadata().name(),
                host,
                subset,
                port);
    return tls instanceof Tls.Originated originated
        ? new Tls.Originated(originated.tls().orNames(entry.subjectAltNames()))
        : tls;
  }

  /** The one that is in force for a target of it instead; null if there is none. */
  @Nullable BackendTlsPolicy insteadOf(BackendTlsPolicy policy, BackendTlsPolicy.Target target) {
    BackendTlsPolicy inForce = policies.get(key(policy, target));
    return inForce == null || inForce.metadata().name().equals(policy.metadata().name())
        ? null
        : inForce;
  }

  private Tls of(String target, String host, @Nullable String subset, int port) {
    BackendTlsPolicy policy = policies.get(target);
    if (policy != null) {
      return new Tls.Originated(policy.tls());
    }
    Tls tls = rules.policy(host, subset, port).tls();
    return tls == null ? Tls.Mesh.KNOWN : tls;
  }

  private static String key(BackendTlsPolicy policy, BackendTlsPolicy.Target target) {
    return target.kind() + "/" + policy.metadata().namespace() + "/" + target.name();
  }
}
