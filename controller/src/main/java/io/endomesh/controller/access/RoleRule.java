package io.endomesh.controller.access;

import io.endomesh.controller.oidc.Person;
import java.util.List;
import java.util.Optional;

/**
 * Who of those that a provider knows has which role here. Immutable.
 *
 * @param claim of the id token; of one within others, the names with dots between them
 * @param value that it must have, or that must be in its list
 */
public record RoleRule(String claim, String value, Role role) {

  private static final String EXPECTED = "' (expected: CLAIM=VALUE:ROLE, as groups=ops:operator)";

  /**
   * @throws IllegalArgumentException that says what is wrong
   */
  public static RoleRule parse(String text) {
    int equals = text.indexOf('=');
    int colon = text.lastIndexOf(':');
    if (equals < 1 || colon < equals + 2) {
      throw new IllegalArgumentException("--oidc-role: '" + text + EXPECTED);
    }
    try {
      return new RoleRule(
          text.substring(0, equals),
          text.substring(equals + 1, colon),
          Role.of(text.substring(colon + 1)));
    } catch (IllegalArgumentException e) {
      throw new IllegalArgumentException("--oidc-role: '" + text + "': " + e.getMessage(), e);
    }
  }

  private boolean isOf(Person person) {
    return claim.equals(Person.EMAIL)
        ? person.hasVerified(value)
        : person.texts(claim).contains(value);
  }

  /** The most that one of the rules gives; empty if none does. */
  static Optional<Role> roleOf(Person person, List<RoleRule> rules) {
    return rules.stream()
        .filter(rule -> rule.isOf(person))
        .map(RoleRule::role)
        .max(Role::compareTo);
  }
}
