package io.endomesh.controller.jwks;

import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.endomesh.controller.kinds.KeySource;
import io.endomesh.dataplane.token.InvalidToken;
import io.endomesh.dataplane.token.KeySet;
import java.io.IOException;

/** Asks issuers for their keys, at addresses that anybody may ask. Thread-safe. */
final class KeyFetcher implements AutoCloseable {

  /** OpenID Connect Discovery 1.0, 4: behind the path of the issuer. */
  private static final String DISCOVERY = "/.well-known/openid-configuration";

  private static final ObjectMapper JSON =
      new ObjectMapper().enable(JsonParser.Feature.STRICT_DUPLICATE_DETECTION);

  private final HttpsGet https;

  /**
   * @throws IOException if the certificates of authorities cannot be read
   */
  KeyFetcher(KeyFetchOptions options) throws IOException {
    this.https = new HttpsGet(options, "--jwks", IssuerClient.MAX_KEYS);
  }

  /** A JWK Set with keys that verify tokens. */
  String fetch(KeySource source) throws KeyFetchException {
    String jwks = get(source instanceof KeySource.At at ? at.address() : discover(source));
    try {
      if (KeySet.of(jwks).size() > 0) {
        return jwks;
      }
    } catch (InvalidToken e) {
      throw new KeyFetchException(String.valueOf(e.getMessage()));
    }
    throw new KeyFetchException("no key that verifies tokens (expected: RSA, EC or Ed25519)");
  }

  private String discover(KeySource source) throws KeyFetchException {
    String issuer = source.address();
    JsonNode found;
    try {
      found =
          JSON.readTree(
              get(
                  (issuer.endsWith("/") ? issuer.substring(0, issuer.length() - 1) : issuer)
                      + DISCOVERY));
    } catch (JsonProcessingException e) {
      throw new KeyFetchException("what it says of itself is no JSON");
    }
    // 4.3: one issuer must not speak for another.
    if (!found.path("issuer").asText().equals(issuer)) {
      throw new KeyFetchException("it says it is another issuer (expected: its own name)");
    }
    return found.path("jwks_uri").asText();
  }

  private String get(String address) throws KeyFetchException {
    return https.get(address);
  }

  @Override
  public void close() {
    https.close();
  }
}
