package io.endomesh.controller.access;

import java.util.Arrays;
import java.util.Locale;
import java.util.Optional;

/** What one may be allowed to do. The name in lower case is what API tokens and answers call it. */
public enum Right {
  /** See the mesh: services, traces, resources and their history; explain, analyze, replay. */
  READ(true),
  /** Create, change and delete resources. */
  APPLY(true),
  /** Make, list and revoke tokens by which workloads join. */
  JOIN_TOKENS(true),
  /** Make tokens by which real calls tell their trail. */
  TRAIL_TOKENS(false),
  /** See the content of calls. No role has it: it is given to a person by name. */
  TAP(false),
  /** Act on the certificate authority. */
  CA(false),
  /** Make, change and remove users, and see everybody's API tokens. */
  USERS(false),
  /** Read the audit log. */
  AUDIT(false);

  private final boolean byNamespace;

  Right(boolean byNamespace) {
    this.byNamespace = byNamespace;
  }

  /** Whether it may be given for one namespace alone. */
  boolean isByNamespace() {
    return byNamespace;
  }

  /** As in scopes and JSON: {@code join-tokens}. */
  public String text() {
    return name().toLowerCase(Locale.ROOT).replace('_', '-');
  }

  static Optional<Right> of(String text) {
    return Arrays.stream(values()).filter(right -> right.text().equals(text)).findAny();
  }
}
