package io.endomesh.dataplane.trail;

import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.PrivateKey;
import java.security.PublicKey;
import java.security.Signature;
import java.time.Duration;
import java.time.Instant;
import java.util.Base64;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Lets whoever shows it ask for {@link Trail}s, until it ends. On the wire {@code
 * EXPIRES.SIGNATURE}: seconds since the epoch, and the signature of the controller's key for such
 * tokens, in base64url. What is signed begins with text, so it can never be read as a certificate,
 * whose first byte is another.
 *
 * @param signature as {@link #ALGORITHM} has it
 */
record TrailToken(Instant expires, byte[] signature) {

  /** Of the controller's key, which is on a curve; others sign no tokens. */
  private static final String ALGORITHM = "SHA256withECDSA";

  private static final String CURVE_KEY = "EC";

  /** Of a signature on P-256 in DER there are at most 72 bytes, 96 characters; a bound on work. */
  private static final int MAX_CHARACTERS = 200;

  private static final Base64.Encoder ENCODER = Base64.getUrlEncoder().withoutPadding();

  /** Long enough to look into something, short enough that a lost one is no matter. */
  static final Duration LONGEST = Duration.ofHours(1);

  static String issue(PrivateKey key, Instant expires) throws GeneralSecurityException {
    Signature signing = Signature.getInstance(ALGORITHM);
    signing.initSign(key);
    signing.update(text(expires));
    return expires.getEpochSecond() + "." + ENCODER.encodeToString(signing.sign());
  }

  /** Null for anything that is not of this form. */
  static @Nullable TrailToken parse(String token) {
    int dot = token.indexOf('.');
    if (dot < 1 || token.length() > MAX_CHARACTERS) {
      return null;
    }
    try {
      long expires = Long.parseLong(token.substring(0, dot));
      if (!token.startsWith(expires + ".")) {
        // The same number written otherwise, with a sign, a zero or digits of another script.
        return null;
      }
      return new TrailToken(
          Instant.ofEpochSecond(expires), Base64.getUrlDecoder().decode(token.substring(dot + 1)));
    } catch (RuntimeException noToken) {
      // No number, none that is a time, or no base64.
      return null;
    }
  }

  boolean isSignedBy(List<PublicKey> keys) {
    for (PublicKey key : keys) {
      if (isSignedBy(key)) {
        return true;
      }
    }
    return false;
  }

  private boolean isSignedBy(PublicKey key) {
    if (!key.getAlgorithm().equals(CURVE_KEY)) {
      return false;
    }
    try {
      Signature verifying = Signature.getInstance(ALGORITHM);
      verifying.initVerify(key);
      verifying.update(text(expires));
      return verifying.verify(signature);
    } catch (GeneralSecurityException noSignature) {
      return false;
    }
  }

  private static byte[] text(Instant expires) {
    return ("endomesh trail token, valid until " + expires.getEpochSecond())
        .getBytes(StandardCharsets.US_ASCII);
  }
}
