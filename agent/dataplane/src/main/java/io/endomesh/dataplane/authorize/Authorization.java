package io.endomesh.dataplane.authorize;

import io.endomesh.dataplane.Reply;
import io.endomesh.dataplane.Request;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * The authorization policies of one port (Istio {@code AuthorizationPolicy}, Envoy RBAC). Any DENY
 * that matches refuses; then, if there is any ALLOW policy, one of them must match. Immutable.
 */
public final class Authorization {

  public static final Authorization ALLOW_ALL = new Authorization(List.of(), List.of());

  /** So few rules are tried faster than their caller is looked up (jmh, AuthorizationBenchmark). */
  private static final int FEW = 8;

  private final List<Policy> deny;
  private final List<Policy> allow;
  private final DryRun dryRun;

  /** Null if the rules are few. */
  private final @Nullable CallerPolicies callers;

  public Authorization(List<Policy> deny, List<Policy> allow) {
    this(deny, allow, DryRun.NONE);
  }

  /**
   * @param deny in order
   * @param allow in order
   * @param dryRun those that only look on
   */
  public Authorization(List<Policy> deny, List<Policy> allow, DryRun dryRun) {
    this.deny = Policy.ofSeveral(deny, /* suspicious= */ true);
    this.allow = Policy.ofSeveral(allow, /* suspicious= */ false);
    this.dryRun = dryRun;
    this.callers =
        Policy.rules(deny) + Policy.rules(allow) + dryRun.rules() > FEW
            ? new CallerPolicies(this.deny, this.allow, dryRun)
            : null;
  }

  public List<Policy> deny() {
    return deny;
  }

  public List<Policy> allow() {
    return allow;
  }

  public DryRun dryRun() {
    return dryRun;
  }

  /**
   * @param caller SPIFFE id, null if none was proved
   * @return the refusal, naming the policy that decided, or null
   */
  public @Nullable Reply check(
      Request request, @Nullable String caller, @Nullable String remoteAddress) {
    CallerPolicies.Of policies = callers == null ? null : callers.of(caller);
    String denying =
        policies == null
            ? Policy.first(deny, request, caller, remoteAddress)
            : policies.deny().first(request, caller, remoteAddress);
    if (denying != null) {
      return refuse(request, caller, denying, "is denied by ");
    }
    if (allow.isEmpty()) {
      return null;
    }
    String allowing =
        policies == null
            ? Policy.first(allow, request, caller, remoteAddress)
            : policies.allow().first(request, caller, remoteAddress);
    return allowing == null
        ? refuse(request, caller, allow.get(0).name(), "is not allowed by ")
        : null;
  }

  /**
   * The policy that refuses whatever a caller asks for; null if some request of it may be let in.
   * What depends on more than who calls is not known here, and may be either way. It is the policy
   * that {@link #check} names.
   *
   * @param caller SPIFFE id, null if none was proved
   */
  public @Nullable String refusesAllOf(@Nullable String caller) {
    for (Policy policy : deny) {
      for (Policy.Rule rule : policy.rules()) {
        if (Reduction.isAlways(
            Reduction.all(List.of(rule.principal(), rule.permission()), caller))) {
          return policy.name();
        }
      }
    }
    for (Policy policy : allow) {
      for (Policy.Rule rule : policy.rules()) {
        if (!Reduction.isNever(
            Reduction.all(List.of(rule.principal(), rule.permission()), caller))) {
          return null;
        }
      }
    }
    return allow.isEmpty() ? null : allow.get(0).name();
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
        : dryRun.of(
            callers == null ? null : callers.of(caller),
            request,
            caller,
            remoteAddress,
            permitted,
            !allow.isEmpty());
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

  @Override
  public boolean equals(@Nullable Object other) {
    return other instanceof Authorization authorization
        && deny.equals(authorization.deny)
        && allow.equals(authorization.allow)
        && dryRun.equals(authorization.dryRun);
  }

  @Override
  public int hashCode() {
    return Objects.hash(deny, allow, dryRun);
  }

  @Override
  public String toString() {
    return "Authorization[deny=" + deny + ", allow=" + allow + ", dryRun=" + dryRun + "]";
  }
}
