package io.endomesh.controller.access;

import java.util.Arrays;
import java.util.EnumSet;
import java.util.Locale;
import java.util.Set;

/** What a user is. Each can do what the one before it can. */
public enum Role {
  VIEWER(EnumSet.of(Right.READ)),
  OPERATOR(EnumSet.of(Right.READ, Right.APPLY, Right.JOIN_TOKENS, Right.TRAIL_TOKENS)),
  /** All but the content of calls, which is nobody's by office. */
  ADMIN(EnumSet.complementOf(EnumSet.of(Right.TAP)));

  private final Set<Right> rights;

  Role(Set<Right> rights) {
    this.rights = rights;
  }

  Set<Right> rights() {
    return EnumSet.copyOf(rights);
  }

  Grants grants() {
    return Grants.of(rights);
  }

  public String text() {
    return name().toLowerCase(Locale.ROOT);
  }

  /**
   * @throws IllegalArgumentException naming the roles there are
   */
  public static Role of(String text) {
    return Arrays.stream(values())
        .filter(role -> role.text().equals(text))
        .findAny()
        .orElseThrow(
            () ->
                new IllegalArgumentException(
                    "role: '" + text + "' (expected: viewer, operator or admin)"));
  }
}
