package io.endomesh.controller.cli;

import io.endomesh.controller.access.OidcOptions;
import io.endomesh.controller.access.RoleRule;
import io.endomesh.controller.oidc.ProviderOptions;
import java.nio.file.Path;
import java.util.LinkedHashSet;
import java.util.List;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;
import picocli.CommandLine.Spec.Target;

/** The options by which people log in at a provider of theirs. */
final class ProviderLogin {

  @Spec(Target.MIXEE)
  private CommandSpec spec;

  @Option(
      names = "--oidc-issuer",
      paramLabel = "URL",
      description =
          "OpenID provider that people log in by; asks for a login on a loopback address too")
  private @Nullable String issuer;

  @Option(
      names = "--oidc-client-id",
      paramLabel = "ID",
      description = "by which the provider knows this controller")
  private @Nullable String clientId;

  @Option(
      names = "--oidc-client-secret-file",
      paramLabel = "FILE",
      description = "file with the client's secret (default: a public client, by PKCE alone)")
  private @Nullable Path clientSecret;

  @Option(
      names = "--oidc-scopes",
      paramLabel = "SCOPE",
      split = ",",
      description = "what is asked for besides openid (default: profile,email)")
  private @Nullable List<String> scopes;

  @Option(
      names = "--oidc-role",
      paramLabel = "CLAIM=VALUE:ROLE",
      description =
          "who gets which role (viewer, operator, admin), such as groups=ops:operator; may be"
              + " repeated, the highest counts, and who matches none is not let in")
  private @Nullable List<String> roles;

  @Option(
      names = "--oidc-name",
      paramLabel = "NAME",
      description = "of the provider, on the button (default: OpenID Connect)")
  private @Nullable String name;

  /** Null: people have accounts of the controller only. */
  @Nullable OidcOptions options() {
    if (issuer == null) {
      boolean some =
          clientId != null
              || clientSecret != null
              || scopes != null
              || roles != null
              || name != null;
      if (some) {
        throw wrong("--oidc-issuer: absent, beside other --oidc options (expected: all or none)");
      }
      return null;
    }
    if (clientId == null) {
      throw wrong("--oidc-client-id: absent (expected: as the provider has it)");
    }
    try {
      return new OidcOptions(
          new ProviderOptions(
              issuer,
              clientId,
              clientSecret,
              scopes == null ? ProviderOptions.DEFAULT_SCOPES : new LinkedHashSet<>(scopes)),
          name == null ? OidcOptions.DEFAULT_NAME : name,
          roles == null ? List.of() : roles.stream().map(RoleRule::parse).toList());
    } catch (IllegalArgumentException e) {
      throw wrong(String.valueOf(e.getMessage()));
    }
  }

  private ParameterException wrong(String message) {
    return new ParameterException(spec.commandLine(), message);
  }
}
