package io.endomesh.controller.oidc;

import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.google.common.net.InetAddresses;
import io.endomesh.controller.jwks.KeyFetchException;
import io.endomesh.controller.kinds.KeySource;
import java.net.URI;
import java.net.URISyntaxException;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * Where a provider does what, as it says itself (OpenID Connect Discovery 1.0, 3; RP-Initiated
 * Logout 1.0, 2.1; RFC 9207, 3). Immutable.
 *
 * @param logout null: it offers none
 * @param userinfo null: it has none
 * @param secretInForm that the client's secret is sent beside the code, not as a header
 * @param saysIssuer that its answers through the browser always say whose they are
 */
record Endpoints(
    URI authorization,
    URI token,
    URI keys,
    @Nullable URI userinfo,
    @Nullable URI logout,
    boolean secretInForm,
    boolean saysIssuer) {

  static final ObjectMapper JSON =
      new ObjectMapper().enable(JsonParser.Feature.STRICT_DUPLICATE_DETECTION);

  /** Of an issuer's name; its path stays in front (4). */
  static URI discovery(String issuer) {
    String base = issuer.endsWith("/") ? issuer.substring(0, issuer.length() - 1) : issuer;
    return URI.create(base + "/.well-known/openid-configuration");
  }

  static Endpoints read(String issuer, String configuration) throws KeyFetchException {
    JsonNode said;
    try {
      said = JSON.readTree(configuration);
    } catch (JsonProcessingException e) {
      throw new KeyFetchException("what it says of itself is no JSON");
    }
    // 4.3: one issuer must not speak for another.
    if (!said.path("issuer").asText().equals(issuer)) {
      throw new KeyFetchException("it says it is another issuer (expected: its own name)");
    }
    JsonNode challenges = said.path("code_challenge_methods_supported");
    if (challenges.isArray() && !holds(challenges, "S256")) {
      throw new KeyFetchException("it does not take PKCE by S256 (expected: RFC 7636)");
    }
    // Whoever is on the network must not be let in by a provider that is out of its reach.
    boolean plaintext = issuer.startsWith("http:");
    JsonNode methods = said.path("token_endpoint_auth_methods_supported");
    return new Endpoints(
        required(said, "authorization_endpoint", plaintext),
        required(said, "token_endpoint", plaintext),
        required(said, "jwks_uri", plaintext),
        said.hasNonNull("userinfo_endpoint")
            ? required(said, "userinfo_endpoint", plaintext)
            : null,
        said.hasNonNull("end_session_endpoint")
            ? required(said, "end_session_endpoint", plaintext)
            : null,
        methods.isArray()
            && !holds(methods, "client_secret_basic")
            && holds(methods, "client_secret_post"),
        said.path("authorization_response_iss_parameter_supported").asBoolean());
  }

  private static boolean holds(JsonNode list, String text) {
    for (JsonNode item : list) {
      if (item.asText().equals(text)) {
        return true;
      }
    }
    return false;
  }

  private static URI required(JsonNode said, String name, boolean plaintext)
      throws KeyFetchException {
    String address = said.path(name).asText();
    String problem = problem(address, plaintext);
    if (problem != null) {
      throw new KeyFetchException(
          "its " + name + " is no address to go to (" + problem + "; expected: an https URL)");
    }
    return URI.create(address);
  }

  /**
   * Null if it is an address at which nobody else can answer.
   *
   * @param plaintextOnLoopback that http will do there
   */
  static @Nullable String problem(String address, boolean plaintextOnLoopback) {
    String problem = KeySource.problem(address);
    if (problem == null || !plaintextOnLoopback) {
      return problem;
    }
    try {
      URI uri = new URI(address);
      String host = uri.getHost();
      return "http".equalsIgnoreCase(uri.getScheme()) && host != null && isLoopback(host)
          ? KeySource.problem("https" + address.substring("http".length()))
          : problem;
    } catch (URISyntaxException e) {
      return problem;
    }
  }

  private static boolean isLoopback(String host) {
    String name = host.toLowerCase(Locale.ROOT);
    return name.equals("localhost")
        || (InetAddresses.isUriInetAddress(name)
            && InetAddresses.forUriString(name).isLoopbackAddress());
  }
}
