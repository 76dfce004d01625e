package io.endomesh.controller.access;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.security.MessageDigest;
import java.security.SecureRandom;
import java.util.Base64;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import org.bouncycastle.crypto.generators.Argon2BytesGenerator;
import org.bouncycastle.crypto.params.Argon2Parameters;
import org.jspecify.annotations.Nullable;

/**
 * Hashes of passwords: Argon2id (RFC 9106) of Bouncy Castle, in the string format of the PHC, so
 * that each hash says by which parameters it was made. Thread-safe.
 */
final class Passwords {

  /** NIST SP 800-63B-4, section 3.1.1.2, asks for 15 where a password stands alone. */
  static final int MIN_LENGTH = 15;

  /** As long as a sentence; what is longer only costs time. */
  static final int MAX_LENGTH = 256;

  // OWASP's second choice of parameters: 19 MiB, two passes, one lane.
  private static final int MEMORY_KIB = 19 * 1024;
  private static final int PASSES = 2;
  private static final int LANES = 1;
  private static final int SALT_BYTES = 16;
  private static final int HASH_BYTES = 32;

  /** Each takes its memory and a processor: who guesses must not take all of them. */
  private static final int AT_A_TIME = 2;

  private static final long PATIENCE_SECONDS = 5;

  private static final SecureRandom RANDOM = new SecureRandom();

  private final Semaphore room = new Semaphore(AT_A_TIME);

  /** Of no password. It is checked where there is no user, which so takes as long. */
  private final String nobodys = encoded(random(), random(), MEMORY_KIB, PASSES, LANES);

  /** Too many are being checked already. */
  static final class Busy extends Exception {
    private static final long serialVersionUID = 1L;

    Busy() {
      super("too many logins at a time (expected: another try in some seconds)");
    }
  }

  /**
   * @throws IllegalArgumentException if it is too short or too long
   */
  String hash(String password) throws Busy {
    int length = password.codePointCount(0, password.length());
    if (length < MIN_LENGTH || password.length() > MAX_LENGTH) {
      throw new IllegalArgumentException(
          "password: "
              + length
              + " characters (expected: "
              + MIN_LENGTH
              + " to "
              + MAX_LENGTH
              + "; a few words do)");
    }
    byte[] salt = random();
    byte[] hash = argon2(password, salt, MEMORY_KIB, PASSES, LANES, HASH_BYTES);
    return encoded(salt, hash, MEMORY_KIB, PASSES, LANES);
  }

  /**
   * Takes as long for a user that does not exist.
   *
   * @param hash null if there is no such user, or one that has no password yet
   */
  boolean matches(String password, @Nullable String hash) throws Busy {
    String known = hash == null ? nobodys : hash;
    String[] parts = known.split("\\$", -1); // "", argon2id, v=19, m=…,t=…,p=…, salt, hash
    String[] numbers = parts[3].split("[=,]", -1); // m, …, t, …, p, …
    byte[] expected = Base64.getDecoder().decode(parts[5]);
    // Longer ones were never set, and would only cost time.
    String asked = password.length() > MAX_LENGTH ? "" : password;
    byte[] actual =
        argon2(
            asked,
            Base64.getDecoder().decode(parts[4]),
            Integer.parseInt(numbers[1]),
            Integer.parseInt(numbers[3]),
            Integer.parseInt(numbers[5]),
            expected.length);
    return MessageDigest.isEqual(expected, actual) && hash != null;
  }

  private byte[] argon2(
      String password, byte[] salt, int memoryKib, int passes, int lanes, int bytes) throws Busy {
    boolean mine = false;
    try {
      mine = room.tryAcquire(PATIENCE_SECONDS, TimeUnit.SECONDS);
      if (!mine) {
        throw new Busy();
      }
      Argon2BytesGenerator generator = new Argon2BytesGenerator();
      generator.init(
          new Argon2Parameters.Builder(Argon2Parameters.ARGON2_id)
              .withVersion(Argon2Parameters.ARGON2_VERSION_13)
              .withMemoryAsKB(memoryKib)
              .withIterations(passes)
              .withParallelism(lanes)
              .withSalt(salt)
              .build());
      byte[] hash = new byte[bytes];
      generator.generateBytes(password.getBytes(UTF_8), hash);
      return hash;
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new Busy();
    } finally {
      if (mine) {
        room.release();
      }
    }
  }

  private static String encoded(byte[] salt, byte[] hash, int memoryKib, int passes, int lanes) {
    Base64.Encoder base64 = Base64.getEncoder().withoutPadding();
    return "$argon2id$v=19$m="
        + memoryKib
        + ",t="
        + passes
        + ",p="
        + lanes
        + "$"
        + base64.encodeToString(salt)
        + "$"
        + base64.encodeToString(hash);
  }

  private static byte[] random() {
    byte[] random = new byte[SALT_BYTES];
    RANDOM.nextBytes(random);
    return random;
  }
}
