package io.endomesh.dataplane.authorize;

import io.endomesh.dataplane.Request;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Policies that decide nothing, and are asked all the same: what they would have refused is told to
 * the operator (Envoy {@code shadow_rules} and action {@code LOG}). Immutable.
 *
 * @param deny in order
 * @param allow in order
 * @param audit in order
 */
public record DryRun(List<Policy> deny, List<Policy> allow, List<Policy> audit) {

  public static final DryRun NONE = new DryRun(List.of(), List.of(), List.of());

  public DryRun {
    deny = Policy.ofSeveral(deny, /* suspicious= */ true);
    allow = Policy.ofSeveral(allow, /* suspicious= */ false);
    audit = Policy.ofSeveral(audit, /* suspicious= */ true);
  }

  boolean isEmpty() {
    return deny.isEmpty() && allow.isEmpty() && audit.isEmpty();
  }

  int rules() {
    return Policy.rules(deny) + Policy.rules(allow) + Policy.rules(audit);
  }

  /**
   * @param policies of the caller; null if all are to be tried
   * @param permitted that the policies in force let it in: who is refused anyway, is not refused by
   *     one more policy
   * @param byAllow that an ALLOW policy in force did; another one would change nothing
   */
  @Nullable Observation of(
      CallerPolicies.@Nullable Of policies,
      Request request,
      @Nullable String caller,
      @Nullable String remoteAddress,
      boolean permitted,
      boolean byAllow) {
    String refusedBy = null;
    if (permitted) {
      refusedBy =
          policies == null
              ? Policy.first(deny, request, caller, remoteAddress)
              : policies.dryDeny().first(request, caller, remoteAddress);
      if (refusedBy == null && !byAllow && !allow.isEmpty()) {
        String allowing =
            policies == null
                ? Policy.first(allow, request, caller, remoteAddress)
                : policies.dryAllow().first(request, caller, remoteAddress);
        refusedBy = allowing == null ? allow.get(0).name() : null;
      }
    }
    String auditedBy =
        policies == null
            ? Policy.first(audit, request, caller, remoteAddress)
            : policies.audit().first(request, caller, remoteAddress);
    return refusedBy == null && auditedBy == null ? null : new Observation(refusedBy, auditedBy);
  }
}
