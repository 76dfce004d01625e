package io.endomesh.dataplane.token;

import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * A signed token in compact form (RFC 7519, RFC 7515), read and not verified yet. Of its header
 * nothing is believed: a key, or the address of one, that it brings along is not looked at.
 *
 * @param keyId compared with those of known keys, and used for nothing else
 * @param signed what the signature is of
 */
record Jwt(
    Algorithm algorithm,
    @Nullable String keyId,
    Map<String, Object> claims,
    byte[] signed,
    byte[] signature) {

  /** Servers take 8 KB of headers; a bound on work. */
  static final int MAX_CHARACTERS = 16 * 1024;

  /**
   * What a token is may be said in its header. Of other kinds, such as those that log people out,
   * none is proof of who asks (RFC 8725, 3.11).
   */
  private static final Set<String> TYPES = Set.of("jwt", "at+jwt", "jose");

  static Jwt parse(String token) throws InvalidToken {
    if (token.length() > MAX_CHARACTERS) {
      throw new InvalidToken(
          "it has " + token.length() + " characters (expected: at most " + MAX_CHARACTERS + ")");
    }
    int first = token.indexOf('.');
    int second = token.indexOf('.', first + 1);
    if (first < 1 || second < 0 || token.indexOf('.', second + 1) >= 0) {
      throw new InvalidToken("it is no signed token (expected: three parts, RFC 7515, 7.1)");
    }
    Map<String, Object> header =
        Json.object("its header", text("its header", token.substring(0, first)));
    return new Jwt(
        algorithm(header),
        header.get("kid") instanceof String kid ? kid : null,
        Json.object("its claims", text("its claims", token.substring(first + 1, second))),
        token.substring(0, second).getBytes(StandardCharsets.US_ASCII),
        Base64Url.decode("its signature", token.substring(second + 1)));
  }

  private static Algorithm algorithm(Map<String, Object> header) throws InvalidToken {
    Algorithm algorithm = header.get("alg") instanceof String name ? Algorithm.of(name) : null;
    if (algorithm == null) {
      throw new InvalidToken(
          "its algorithm is none that is taken (expected: one of "
              + List.of(Algorithm.values())
              + ")");
    }
    if (header.containsKey("crit")) {
      throw new InvalidToken("it has extensions that must be understood (crit)");
    }
    Object type = header.get("typ");
    if (type != null && !(type instanceof String text && TYPES.contains(shortType(text)))) {
      throw new InvalidToken("it is a token of another type (expected: one of " + TYPES + ")");
    }
    return algorithm;
  }

  /** RFC 7515, 4.1.9: {@code application/} may be left out. */
  private static String shortType(String type) {
    String lower = type.toLowerCase(Locale.ROOT);
    return lower.startsWith("application/") ? lower.substring("application/".length()) : lower;
  }

  /** A replacement for bytes that are no text could make two names equal. */
  private static String text(String what, String part) throws InvalidToken {
    try {
      return StandardCharsets.UTF_8
          .newDecoder()
          .decode(ByteBuffer.wrap(Base64Url.decode(what, part)))
          .toString();
    } catch (CharacterCodingException e) {
      throw new InvalidToken(what + ": no text in UTF-8");
    }
  }

  /** Null if it names none. */
  @Nullable String issuer() {
    return claims.get("iss") instanceof String issuer ? issuer : null;
  }

  /** Seconds since the epoch; null if the claim is not there. */
  @Nullable Double seconds(String claim) throws InvalidToken {
    Object value = claims.get(claim);
    if (value == null) {
      return null;
    }
    if (value instanceof Json.Number number) {
      return number.value();
    }
    throw new InvalidToken("its " + claim + " is no number");
  }
}
