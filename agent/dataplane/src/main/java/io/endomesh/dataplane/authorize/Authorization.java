package io.endomesh.dataplane.authorize;

import io.endomesh.dataplane.Reply;
import io.endomesh.dataplane.Request;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The authorization policies of one port (Istio {@code AuthorizationPolicy}, Envoy RBAC). Any DENY
 * that matches refuses; then, if there is any ALLOW policy, one of them must match. Immutable.
 *
 * @param deny in order
 * @param allow in order
 * @param dryRun those that only look on
 */
public record Authorization(List<Policy> deny, List<Policy> allow, DryRun dryRun) {

  public static final Authorization ALLOW_ALL = new Authorization(List.of(), List.of());

  public Authorization {
    deny = ofSeveral(deny, /* suspicious= */ true);
    allow = ofSeveral(allow, /* suspicious= */ false);
  }

  public Authorization(List<Policy> deny, List<Policy> allow) {
    this(deny, allow, DryRun.NONE);
  }

  /** Without a stream: made while the agent starts, for which an application waits. */
  static List<Policy> ofSeveral(List<Policy> policies, boolean suspicious) {
    List<Policy> all = new ArrayList<>(policies.size());
    for (Policy policy : policies) {
      all.add(policy.ofSeveral(suspicious));
    }
    return List.copyOf(all);
  }

  /**
   * @param caller SPIFFE id, null if none was proved
   * @return the refusal, naming the policy that decided, or null
   */
  public @Nullable Reply check(
      Request request, @Nullable String caller, @Nullable String remoteAddress) {
    for (int i = 0; i < deny.size(); i++) {
      if (deny.get(i).matches(request, caller, remoteAddress)) {
        return refuse(request, caller, deny.get(i).name(), "is denied by ");
      }
    }
    if (allow.isEmpty()) {
      return null;
    }
    for (int i = 0; i < allow.size(); i++) {
      if (allow.get(i).matches(request, caller, remoteAddress)) {
        return null;
      }
    }
    return refuse(request, caller, allow.get(0).name(), "is not allowed by ");
  }

  /**
   * What policies that only look on say.
   *
   * @param permitted that {@link #check} lets it in
   * @return null if they say nothing
   */
  public @Nullable Observation observe(
      Request request, @Nullable String caller, @Nullable String remoteAddress, boolean permitted) {
    return dryRun.isEmpty()
        ? null
        : dryRun.of(request, caller, remoteAddress, permitted, !allow.isEmpty());
  }

  private static Reply refuse(
      Request request, @Nullable String caller, String policy, String verb) {
    return Reply.forbidden(
        (caller == null ? "a caller without identity" : caller)
            + request.claims().told()
            + " "
            + verb
            + policy
            + ": "
            + request.method()
            + " "
            + request.path(),
        policy);
  }
}
