package io.endomesh.controller.access;

import io.endomesh.controller.oidc.ProviderOptions;
import java.util.List;

/**
 * How people log in by a provider of theirs. Immutable.
 *
 * @param name of the provider, on the button
 * @param roles who may do what; who is in none of them is not let in
 */
public record OidcOptions(ProviderOptions provider, String name, List<RoleRule> roles) {

  public static final String DEFAULT_NAME = "OpenID Connect";

  private static final int MAX_NAME = 60;

  /**
   * @throws IllegalArgumentException that says what is wrong, by option
   */
  public OidcOptions {
    roles = List.copyOf(roles);
    if (name.isBlank() || name.length() > MAX_NAME) {
      throw new IllegalArgumentException(
          "--oidc-name: '" + name + "' (expected: up to " + MAX_NAME + " characters)");
    }
    if (roles.isEmpty()) {
      throw new IllegalArgumentException(
          "--oidc-role: absent (expected: CLAIM=VALUE:ROLE, as groups=ops:operator; without one"
              + " nobody is let in)");
    }
  }
}
