package io.endomesh.dataplane.token;

import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Whose tokens are taken, and how they are verified (Istio {@code JWTRule}, Envoy {@code
 * JwtProvider}). Immutable.
 *
 * @param policy resource that asks for it, {@code RequestAuthentication/shop/people}
 * @param name as the token must have it, letter by letter
 * @param audiences one of them must be among the token's; empty if any will do
 * @param places where it is looked for
 * @param keepsToken that the application sees the token, too
 * @param asksForEnd that a token without an end is not taken
 * @param skewSeconds by which clocks may differ
 * @param spaceDelimited claims that are lists, written as one text
 */
public record Issuer(
    String policy,
    String name,
    List<String> audiences,
    KeySet keys,
    List<Place> places,
    boolean keepsToken,
    boolean asksForEnd,
    long skewSeconds,
    Set<String> spaceDelimited) {

  /** As Envoy has it, and for certificates. */
  public static final long DEFAULT_SKEW_SECONDS = 60;

  public Issuer {
    audiences = List.copyOf(audiences);
    places = List.copyOf(places);
    spaceDelimited = Set.copyOf(spaceDelimited);
  }

  /** With everything at its default: {@code Authorization: Bearer}, and {@code access_token}. */
  public Issuer(String policy, String name, List<String> audiences, KeySet keys) {
    this(
        policy,
        name,
        audiences,
        keys,
        Place.DEFAULT,
        false,
        true,
        DEFAULT_SKEW_SECONDS,
        Set.of("scope", "permission"));
  }

  /**
   * Verifies one token that is not of a request.
   *
   * @param now seconds since the epoch
   * @throws InvalidToken that says why it is not taken
   */
  public Claims verify(String token, long now) throws InvalidToken {
    Jwt read = Jwt.parse(token);
    if (!name.equals(read.issuer())) {
      throw new InvalidToken("it is of another issuer (expected: " + name + ")");
    }
    return verify(read, now).claims();
  }

  /** A token that was verified, and when it begins and ends to be good. */
  record Accepted(Claims claims, Issuer issuer, double notBefore, double notAfter) {

    void requireGoodAt(long now) throws InvalidToken {
      if (now - issuer.skewSeconds >= notAfter) {
        throw new InvalidToken("it has ended (exp)");
      }
      if (now + issuer.skewSeconds < notBefore) {
        throw new InvalidToken("it has not begun yet (nbf)");
      }
    }
  }

  Accepted verify(Jwt token, long now) throws InvalidToken {
    // What is cheap first; the order tells a stranger nothing, because he is told nothing.
    if (!isForUs(token.claims().get("aud"))) {
      throw new InvalidToken("it is for others (aud; expected: one of " + audiences + ")");
    }
    Double end = token.seconds("exp");
    if (end == null && asksForEnd) {
      throw new InvalidToken("it never ends (expected: exp)");
    }
    Double begin = token.seconds("nbf");
    Accepted accepted =
        new Accepted(
            new Claims(Map.copyOf(token.claims()), spaceDelimited, policy),
            this,
            begin == null ? Double.NEGATIVE_INFINITY : begin,
            end == null ? Double.POSITIVE_INFINITY : end);
    accepted.requireGoodAt(now);
    keys.verify(token);
    return accepted;
  }

  private boolean isForUs(@Nullable Object audience) {
    if (audiences.isEmpty()) {
      return true;
    }
    if (audience instanceof List<?> list) {
      for (Object item : list) {
        if (item instanceof String text && audiences.contains(text)) {
          return true;
        }
      }
      return false;
    }
    return audience instanceof String text && audiences.contains(text);
  }
}
