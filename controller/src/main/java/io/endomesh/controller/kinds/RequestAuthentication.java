package io.endomesh.controller.kinds;

import io.endomesh.dataplane.token.InvalidToken;
import io.endomesh.dataplane.token.KeySet;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** A RequestAuthentication of Istio, security.istio.io/v1: whose tokens servers take. Immutable. */
public record RequestAuthentication(
    Metadata metadata, Map<String, String> selector, List<TokenRule> rules)
    implements MeshResource {

  /**
   * One issuer.
   *
   * @param audiences one must be among those of a token; empty if any will do
   * @param keys null if they come along
   * @param inlineKeys a JWK Set; null if they are fetched
   * @param keepsToken that the application sees the token, too
   */
  public record TokenRule(
      String issuer,
      List<String> audiences,
      @Nullable KeySource keys,
      @Nullable String inlineKeys,
      List<TokenHeader> fromHeaders,
      List<String> fromParams,
      boolean keepsToken) {
    public TokenRule {
      audiences = List.copyOf(audiences);
      fromHeaders = List.copyOf(fromHeaders);
      fromParams = List.copyOf(fromParams);
    }
  }

  /**
   * @param name in lower case
   */
  public record TokenHeader(String name, String prefix) {}

  public RequestAuthentication {
    selector = Map.copyOf(selector);
    rules = List.copyOf(rules);
  }

  static RequestAuthentication read(Metadata metadata, Fields spec) {
    spec.unsupported("targetRef", "targetRefs");
    return new RequestAuthentication(
        metadata,
        AuthorizationPolicy.selector(spec),
        spec.objects("jwtRules", RequestAuthentication::rule));
  }

  private static TokenRule rule(Fields rule) {
    rule.unsupported(
        "fromCookies", "outputPayloadToHeader", "outputClaimToHeaders", "spaceDelimitedClaims");
    // The controller asks, not on behalf of a request: it has the time it takes.
    rule.ignored("timeout");
    String issuer = rule.string("issuer");
    if (rule.has("jwks") && rule.has("jwksUri")) {
      throw rule.invalid("jwks", "beside jwksUri (expected: one of them)");
    }
    KeySource keys = KeySource.read(rule, issuer);
    return new TokenRule(
        issuer,
        rule.strings("audiences"),
        keys,
        keys == null ? inlineKeys(rule, "jwks") : null,
        rule.objects("fromHeaders", RequestAuthentication::header),
        rule.strings("fromParams"),
        rule.bool("forwardOriginalToken", false));
  }

  static String inlineKeys(Fields fields, String name) {
    String jwks = fields.string(name);
    try {
      if (KeySet.of(jwks).size() > 0) {
        return jwks;
      }
    } catch (InvalidToken e) {
      throw fields.invalid(name, String.valueOf(e.getMessage()));
    }
    throw fields.invalid(name, "no key that verifies tokens (expected: RSA, EC or Ed25519)");
  }

  private static TokenHeader header(Fields header) {
    return new TokenHeader(
        HeaderNames.read(header, "name", header.string("name")), header.string("prefix", ""));
  }
}
