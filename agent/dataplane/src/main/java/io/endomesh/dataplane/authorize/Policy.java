package io.endomesh.dataplane.authorize;

import io.endomesh.dataplane.Request;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * One policy; it matches if any of its rules does. Without rules it matches nothing. Immutable.
 *
 * @param name {@code AuthorizationPolicy/finance/payments-callers}
 */
public record Policy(String name, List<Rule> rules) {

  public Policy {
    rules = List.copyOf(rules);
  }

  public boolean matches(Request request, @Nullable String caller, @Nullable String remoteAddress) {
    for (int i = 0; i < rules.size(); i++) {
      if (rules.get(i).matches(request, caller, remoteAddress)) {
        return true;
      }
    }
    return false;
  }

  /** As {@link Condition#ofSeveral}. */
  public Policy ofSeveral(boolean suspicious) {
    return new Policy(name, rules.stream().map(rule -> rule.ofSeveral(suspicious)).toList());
  }

  static int rules(List<Policy> policies) {
    int rules = 0;
    for (Policy policy : policies) {
      rules += policy.rules().size();
    }
    return rules;
  }

  /** Without a stream: made while the agent starts, for which an application waits. */
  static List<Policy> ofSeveral(List<Policy> policies, boolean suspicious) {
    List<Policy> all = new ArrayList<>(policies.size());
    for (Policy policy : policies) {
      all.add(policy.ofSeveral(suspicious));
    }
    return List.copyOf(all);
  }

  /** The name of the first that matches, null if none does. */
  public static @Nullable String first(
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

  /**
   * Matches if both parts do (Envoy RBAC {@code Policy}).
   *
   * @param principal who calls
   * @param permission what is called
   */
  public record Rule(Condition principal, Condition permission) {

    Rule ofSeveral(boolean suspicious) {
      return new Rule(principal.ofSeveral(suspicious), permission.ofSeveral(suspicious));
    }

    boolean matches(Request request, @Nullable String caller, @Nullable String remoteAddress) {
      return principal.matches(request, caller, remoteAddress)
          && permission.matches(request, caller, remoteAddress);
    }
  }
}
