package io.endomesh.controller.oidc;

import java.nio.file.Path;
import java.util.Collections;
import java.util.LinkedHashSet;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * The provider that people log in at, as the operator says it. Immutable.
 *
 * @param issuer as the provider calls itself, letter by letter
 * @param clientId by which the provider knows this controller
 * @param clientSecret file that holds what proves it; null: PKCE alone (RFC 7636)
 * @param scopes that are asked for; {@code openid} always is
 */
public record ProviderOptions(
    String issuer, String clientId, @Nullable Path clientSecret, Set<String> scopes) {

  public static final Set<String> DEFAULT_SCOPES = Set.of("profile", "email");

  private static final String OPENID = "openid";

  /**
   * @throws IllegalArgumentException that says what is wrong, by option
   */
  public ProviderOptions {
    String problem = Endpoints.problem(issuer, /* plaintextOnLoopback= */ true);
    if (problem == null && issuer.indexOf('?') >= 0) {
      problem = "a query"; // OpenID Connect Discovery 1.0, 3
    }
    if (problem != null) {
      throw new IllegalArgumentException(
          "--oidc-issuer: '"
              + issuer
              + "' (expected: an https URL, or http on a loopback address; "
              + problem
              + ")");
    }
    if (clientId.isEmpty() || clientId.chars().anyMatch(c -> c < ' ' || c > '~')) {
      throw new IllegalArgumentException(
          "--oidc-client-id: '" + clientId + "' (expected: as the provider has it)");
    }
    Set<String> all = new LinkedHashSet<>(Set.of(OPENID));
    for (String scope : scopes) {
      if (!scope.matches("[!#-\\[\\]-~]+")) { // RFC 6749, 3.3
        throw new IllegalArgumentException(
            "--oidc-scopes: '" + scope + "' (expected: names as RFC 6749 has them)");
      }
      all.add(scope);
    }
    scopes = Collections.unmodifiableSet(all);
  }
}
