package io.endomesh.controller.kinds;

import java.net.URI;
import java.net.URISyntaxException;
import org.jspecify.annotations.Nullable;

/** Where the keys of an issuer are. Immutable. */
public sealed interface KeySource {

  /** As it is said in messages, and by which what was fetched is kept. */
  String address();

  /** At an address of their own. */
  record At(String address) implements KeySource {}

  /** Where the issuer says (OpenID Connect Discovery 1.0, 4). */
  record Discovered(String address) implements KeySource {}

  /** Null for keys that come along. */
  static @Nullable KeySource read(Fields fields, String issuer) {
    if (fields.has("jwks")) {
      return null;
    }
    if (!fields.has("jwksUri")) {
      String problem = problem(issuer);
      if (problem != null) {
        throw fields.invalid(
            "jwksUri",
            "absent, and '"
                + issuer
                + "' is no address to ask ("
                + problem
                + "; expected: jwksUri, jwks, or an issuer that is an https URL)");
      }
      return new Discovered(issuer);
    }
    String uri = fields.string("jwksUri");
    String problem = problem(uri);
    if (problem != null) {
      throw fields.invalid("jwksUri", "'" + uri + "' (expected: an https URL; " + problem + ")");
    }
    return new At(uri);
  }

  /** Null if it is an address that keys are fetched from: nobody else can put others there. */
  static @Nullable String problem(String address) {
    URI uri;
    try {
      uri = new URI(address);
    } catch (URISyntaxException e) {
      return "no URL";
    }
    if (!"https".equalsIgnoreCase(uri.getScheme())) {
      return "no https";
    }
    if (uri.getHost() == null || uri.getRawUserInfo() != null) {
      return "no host, or a user's name in it";
    }
    return uri.getRawFragment() == null ? null : "a fragment";
  }
}
