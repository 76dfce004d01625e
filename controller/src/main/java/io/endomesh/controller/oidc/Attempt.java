package io.endomesh.controller.oidc;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static java.nio.charset.StandardCharsets.UTF_8;

import io.endomesh.controller.tokens.Secrets;
import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.time.Instant;
import java.util.Base64;
import java.util.Optional;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;
import org.jspecify.annotations.Nullable;

/**
 * A login that has begun, as its browser keeps it in a cookie: the controller keeps nothing, so
 * that who begins logins without end takes none of its memory. State, nonce and verifier are made
 * of one secret; who sees one of them on its way knows none of the others. Immutable.
 *
 * @param secret of this browser and this login
 * @param next page of the console to go to then
 */
public record Attempt(String secret, Instant end, String next) {

  /** Longer than the longest page's address. */
  private static final int MAX_COOKIE = 4000;

  /** Makes cookies that only this controller makes, until it is started anew. */
  public static final class Cookies {

    private final String key = Secrets.secret("");

    public String of(Attempt attempt) {
      String content =
          attempt.secret()
              + "."
              + attempt.end().getEpochSecond()
              + "."
              + encoded(attempt.next().getBytes(UTF_8));
      return content + "." + mac(key, content);
    }

    /** Empty if it is none of ours, or too old. */
    public Optional<Attempt> read(@Nullable String cookie, Instant now) {
      if (cookie == null || cookie.length() > MAX_COOKIE) {
        return Optional.empty();
      }
      String[] parts = cookie.split("\\.", -1);
      if (parts.length != 4
          || !same(mac(key, cookie.substring(0, cookie.lastIndexOf('.'))), parts[3])) {
        return Optional.empty();
      }
      Attempt attempt =
          new Attempt(
              parts[0],
              Instant.ofEpochSecond(Long.parseLong(parts[1])),
              new String(Base64.getUrlDecoder().decode(parts[2]), UTF_8));
      return now.isBefore(attempt.end()) ? Optional.of(attempt) : Optional.empty();
    }
  }

  public static Attempt begin(Instant end, String next) {
    return new Attempt(Secrets.secret(""), end, next);
  }

  String state() {
    return mac(secret, "state");
  }

  String nonce() {
    return mac(secret, "nonce");
  }

  /** RFC 7636, 4.1. */
  String verifier() {
    return mac(secret, "verifier");
  }

  /** By S256. */
  String challenge() {
    try {
      return encoded(MessageDigest.getInstance("SHA-256").digest(verifier().getBytes(US_ASCII)));
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("SHA-256: absent (expected: in every JDK)", e);
    }
  }

  /** Whether an answer is to this attempt. */
  public boolean isMeantBy(@Nullable String state) {
    return state != null && same(state(), state);
  }

  private static boolean same(String one, String other) {
    return MessageDigest.isEqual(one.getBytes(UTF_8), other.getBytes(UTF_8));
  }

  private static String mac(String key, String text) {
    try {
      Mac mac = Mac.getInstance("HmacSHA256");
      mac.init(new SecretKeySpec(key.getBytes(UTF_8), mac.getAlgorithm()));
      return encoded(mac.doFinal(text.getBytes(UTF_8)));
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("HmacSHA256: absent (expected: in every JDK)", e);
    }
  }

  private static String encoded(byte[] bytes) {
    return Base64.getUrlEncoder().withoutPadding().encodeToString(bytes);
  }

  /** Without the secret. */
  @Override
  public String toString() {
    return "Attempt[end=" + end + ", next=" + next + "]";
  }
}
