package io.endomesh.controller.oidc;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import io.endomesh.controller.ca.SecretFile;
import io.endomesh.controller.jwks.IssuerClient;
import io.endomesh.controller.jwks.KeyFetchException;
import java.io.IOException;
import java.net.URI;
import java.util.Base64;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** Changes a code into tokens (RFC 6749, 4.1.3; RFC 7636, 4.5). Immutable. */
final class TokenRequest {

  private final String clientId;
  private final @Nullable String clientSecret;

  /**
   * @param id of who logged in
   * @param access for what else the provider says of them; null: none came
   */
  record Tokens(String id, @Nullable String access) {

    /** Without them. */
    @Override
    public String toString() {
      return "Tokens";
    }
  }

  TokenRequest(ProviderOptions options) throws IOException {
    this.clientId = options.clientId();
    this.clientSecret = options.clientSecret() == null ? null : secret(options);
  }

  private static String secret(ProviderOptions options) throws IOException {
    try {
      String secret = SecretFile.read(Objects.requireNonNull(options.clientSecret())).strip();
      if (!secret.isEmpty()) {
        return secret;
      }
    } catch (IOException e) {
      throw new IOException(
          "--oidc-client-secret-file: "
              + options.clientSecret()
              + ": "
              + e.getClass().getSimpleName()
              + " (expected: a file with the secret)",
          e);
    }
    throw new IOException(
        "--oidc-client-secret-file: "
            + options.clientSecret()
            + ": empty (expected: a file with the secret)");
  }

  Tokens send(IssuerClient client, Endpoints endpoints, String code, String verifier, URI callback)
      throws LoginFailure {
    Map<String, String> form = new LinkedHashMap<>();
    form.put("grant_type", "authorization_code");
    form.put("code", code);
    form.put("redirect_uri", callback.toString());
    form.put("code_verifier", verifier);
    String authorization = null;
    if (clientSecret == null || endpoints.secretInForm()) {
      form.put("client_id", clientId);
    }
    if (clientSecret != null) {
      if (endpoints.secretInForm()) {
        form.put("client_secret", clientSecret);
      } else {
        authorization = "Basic " + basic(clientId, clientSecret);
      }
    }
    IssuerClient.Answer answer;
    try {
      answer = client.post(endpoints.token(), Forms.of(form), authorization);
    } catch (KeyFetchException e) {
      throw new LoginFailure(LoginFailure.Kind.PROVIDER, "its token endpoint: " + e.getMessage());
    }
    return read(answer);
  }

  /** RFC 6749, 2.3.1: encoded first, so that a colon in one of them is none. */
  private static String basic(String id, String secret) {
    return Base64.getEncoder()
        .encodeToString((Forms.encoded(id) + ":" + Forms.encoded(secret)).getBytes(UTF_8));
  }

  private static Tokens read(IssuerClient.Answer answer) throws LoginFailure {
    JsonNode said;
    try {
      said = Endpoints.JSON.readTree(answer.body());
    } catch (JsonProcessingException e) {
      said = Endpoints.JSON.missingNode();
    }
    if (answer.status() != 200) {
      String error = LoginFailure.word(said.path("error").asText());
      throw new LoginFailure(
          // A code that is used, too old or not ours (RFC 6749, 5.2); all else is between us two.
          error.equals("invalid_grant") ? LoginFailure.Kind.STALE : LoginFailure.Kind.PROVIDER,
          "its token endpoint answered " + answer.status() + " " + error);
    }
    if (!said.path("id_token").isTextual()) {
      throw new LoginFailure(
          LoginFailure.Kind.PROVIDER, "its token endpoint gave no id_token (expected: one)");
    }
    return new Tokens(
        said.path("id_token").asText(),
        said.path("access_token").isTextual() ? said.path("access_token").asText() : null);
  }
}
