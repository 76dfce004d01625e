package io.endomesh.controller.kinds;

import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What servers do where no narrower policy speaks: of the mesh in its own namespace, of a
 * namespace, or of the workloads it selects. A kind of our own: Istio has a policy without rules in
 * each namespace for the first, and settings of the mesh for the second. Immutable.
 *
 * @param selector labels of the workloads it is for; empty is every one
 * @param defaultAction null leaves it to the next wider policy
 * @param dryRun that it is asked and told, and decides nothing
 * @param trustedHops how many proxies before the servers append to X-Forwarded-For who called them;
 *     null leaves it to the next wider policy
 */
public record InboundPolicy(
    Metadata metadata,
    Map<String, String> selector,
    @Nullable DefaultAction defaultAction,
    boolean dryRun,
    @Nullable Integer trustedHops)
    implements MeshResource {

  /** What becomes of a call at a server that no ALLOW policy is for. */
  public enum DefaultAction {
    Allow,
    Deny
  }

  /** More proxies in a row nobody has; each is one more that can be deceived. */
  private static final int MAX_HOPS = 16;

  public InboundPolicy {
    selector = Map.copyOf(selector);
  }

  static InboundPolicy read(Metadata metadata, Fields spec) {
    InboundPolicy policy =
        new InboundPolicy(
            metadata,
            AuthorizationPolicy.selector(spec),
            spec.has("defaultAction")
                ? spec.oneOf("defaultAction", DefaultAction.class, DefaultAction.Allow)
                : null,
            Annotations.dryRun(metadata),
            spec.has("trustedHops") ? spec.integer("trustedHops", 0, MAX_HOPS) : null);
    if (policy.defaultAction() == null && policy.trustedHops() == null) {
      throw spec.invalid(
          "defaultAction", "absent (expected: defaultAction or trustedHops, or both)");
    }
    if (policy.dryRun() && policy.trustedHops() != null) {
      throw spec.invalid(
          "trustedHops", "in a dry run (expected: defaultAction alone, or a policy in force)");
    }
    return policy;
  }
}
