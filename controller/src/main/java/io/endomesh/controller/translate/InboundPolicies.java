package io.endomesh.controller.translate;

import io.endomesh.controller.kinds.InboundPolicy;
import io.endomesh.controller.kinds.InboundPolicy.DefaultAction;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** Finds what servers do by default: InboundPolicy, narrowest first. Immutable. */
final class InboundPolicies {

  /** Of every workload, of a namespace, of the mesh. */
  private static final int WIDTHS = 3;

  private final List<InboundPolicy> policies;

  /**
   * @param policies oldest first; of two as narrow the older rules
   */
  InboundPolicies(List<InboundPolicy> policies) {
    this.policies = policies;
  }

  /** What refuses calls at the workload that no ALLOW policy is for; null if they are let in. */
  @Nullable InboundPolicy denying(String namespace, Map<String, String> labels) {
    InboundPolicy decides =
        narrowest(namespace, labels, policy -> policy.dryRun() ? null : policy.defaultAction());
    return denies(decides) ? decides : null;
  }

  /** As {@link #denying}, if those that only look on were in force, and one of them decided. */
  @Nullable InboundPolicy denyingInDryRun(String namespace, Map<String, String> labels) {
    InboundPolicy decides = narrowest(namespace, labels, InboundPolicy::defaultAction);
    return decides != null && denies(decides) && decides.dryRun() ? decides : null;
  }

  private static boolean denies(@Nullable InboundPolicy policy) {
    return policy != null && policy.defaultAction() == DefaultAction.Deny;
  }

  /** How many proxies before the workload are believed. */
  int trustedHops(String namespace, Map<String, String> labels) {
    InboundPolicy decides = narrowest(namespace, labels, InboundPolicy::trustedHops);
    Integer hops = decides == null ? null : decides.trustedHops();
    return hops == null ? 0 : hops;
  }

  /** True if a policy of the namespace, or of the mesh, says that there are proxies to believe. */
  boolean believeProxies(String namespace) {
    return policies.stream()
        .filter(policy -> policy.trustedHops() != null && policy.trustedHops() > 0)
        .map(policy -> policy.metadata().namespace())
        .anyMatch(
            own ->
                own.equals(namespace) || own.equals(PeerAuthenticationTranslator.MESH_NAMESPACE));
  }

  private @Nullable InboundPolicy narrowest(
      String namespace,
      Map<String, String> labels,
      Function<InboundPolicy, @Nullable Object> field) {
    InboundPolicy decides = null;
    int width = WIDTHS;
    for (InboundPolicy policy : policies) {
      if (field.apply(policy) != null && width(policy, namespace, labels) < width) {
        decides = policy;
        width = width(policy, namespace, labels);
      }
    }
    return decides;
  }

  /** {@link #WIDTHS} if it is not for the workload. */
  private static int width(InboundPolicy policy, String namespace, Map<String, String> labels) {
    boolean own = policy.metadata().namespace().equals(namespace);
    if (!policy.selector().isEmpty()) {
      return own && labels.entrySet().containsAll(policy.selector().entrySet()) ? 0 : WIDTHS;
    }
    if (own) {
      return 1;
    }
    return policy.metadata().namespace().equals(PeerAuthenticationTranslator.MESH_NAMESPACE)
        ? 2
        : WIDTHS;
  }
}
