package io.endomesh.dataplane.authorize;

import io.endomesh.dataplane.Request;
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
  Policy ofSeveral(boolean suspicious) {
    return new Policy(name, rules.stream().map(rule -> rule.ofSeveral(suspicious)).toList());
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
