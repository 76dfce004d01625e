package io.endomesh.controller.tokens;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.security.SecureRandom;
import java.util.Base64;
import java.util.HexFormat;

/** Random secrets, and the digests by which they are known again. Stateless. */
public final class Secrets {

  /** 256 bits: nobody guesses one, so that a fast digest is enough to store it. */
  private static final int SECRET_BYTES = 32;

  /** Ids are no secret; 64 bits never meet among those of one mesh. */
  private static final int ID_BYTES = 8;

  private static final SecureRandom RANDOM = new SecureRandom();

  private Secrets() {}

  /**
   * @param prefix by which secret scanners find it, and people see what it is
   */
  public static String secret(String prefix) {
    return prefix + Base64.getUrlEncoder().withoutPadding().encodeToString(random(SECRET_BYTES));
  }

  public static String id() {
    return HexFormat.of().formatHex(random(ID_BYTES));
  }

  /** SHA-256, hexadecimal. */
  public static String digest(String secret) {
    try {
      return HexFormat.of()
          .formatHex(MessageDigest.getInstance("SHA-256").digest(secret.getBytes(UTF_8)));
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every JDK has SHA-256", e);
    }
  }

  private static byte[] random(int bytes) {
    byte[] random = new byte[bytes];
    RANDOM.nextBytes(random);
    return random;
  }
}
