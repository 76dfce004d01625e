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
    deny = Authorization.ofSeveral(deny, /* suspicious= */ true);
    allow = Authorization.ofSeveral(allow, /* suspicious= */ false);
    audit = Authorization.ofSeveral(audit, /* suspicious= */ true);
  }

  boolean isEmpty() {
    return deny.isEmpty() && allow.isEmpty() && audit.isEmpty();
  }

  /**
   * @param permitted that the policies in force let it in: who is refused anyway, is not refused by
   *     one more policy
   * @param byAllow that an ALLOW policy in force did; another one would change nothing
   */
  @Nullable Observation of(
      Request request,
      @Nullable String caller,
      @Nullable String remoteAddress,
      boolean permitted,
      boolean byAllow) {
    String refusedBy = null;
    if (permitted) {
      refusedBy = first(deny, request, caller, remoteAddress);
      if (refusedBy == null
          && !byAllow
          && !allow.isEmpty()
          && first(allow, request, caller, remoteAddress) == null) {
        refusedBy = allow.get(0).name();
      }
    }
    String auditedBy = first(audit, request, caller, remoteAddress);
    return refusedBy == null && auditedBy == null ? null : new Observation(refusedBy, auditedBy);
  }

  private static @Nullable String first(
      List<Policy> policies,
      Request request,
      @Nullable String caller,
      @Nullable String remoteAddress) {
    for (int i = 0; i < policies.size(); i++) {
      if (policies.get(i).matches(request, caller, remoteAddress)) {
        return policies.get(i).name();
      }
    }
    return null;
  }
}
