package io.endomesh.controller.oidc;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.endomesh.dataplane.token.Claims;
import io.endomesh.dataplane.token.InvalidToken;
import io.endomesh.dataplane.token.Issuer;
import io.endomesh.dataplane.token.KeySet;
import java.security.MessageDigest;
import java.util.List;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** What must be true of an id token (OpenID Connect Core 1.0, 3.1.3.7). Immutable. */
record IdToken(String issuer, String clientId) {

  /** Core 1.0, 2: ASCII; and it comes into logs. */
  private static final Pattern SUBJECT = Pattern.compile("[ -~]{1,255}");

  /**
   * Signature, issuer, audience and time are verified as those of tokens of users are; what is
   * asked of a login beyond them is asked here.
   *
   * @param now seconds since the epoch
   */
  Person verify(String token, KeySet keys, String nonce, long now) throws InvalidToken {
    Claims claims = new Issuer("--oidc-issuer", issuer, List.of(clientId), keys).verify(token, now);
    String party = text(claims, "azp");
    if (party == null ? claims.texts(List.of("aud")).size() > 1 : !party.equals(clientId)) {
      throw new InvalidToken("it was given out to another (azp; expected: " + clientId + ")");
    }
    String said = text(claims, "nonce");
    if (said == null || !MessageDigest.isEqual(said.getBytes(UTF_8), nonce.getBytes(UTF_8))) {
      throw new InvalidToken("it is of another login (nonce)");
    }
    String subject = text(claims, "sub");
    if (subject == null || !SUBJECT.matcher(subject).matches()) {
      throw new InvalidToken("it says not of whom it is (expected: sub)");
    }
    return new Person(issuer, subject, claims, null, token);
  }

  private static @Nullable String text(Claims claims, String name) {
    return claims.text(List.of(name));
  }
}
