package io.endomesh.controller.seal;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.IOException;
import java.security.GeneralSecurityException;
import java.util.Base64;
import org.jspecify.annotations.Nullable;

/** Seals texts with the data key of one data directory, each for one name. Immutable. */
public final class Seal {

  /** What is sealed begins so: it is told from what is not, and from other versions. */
  private static final String PREFIX = "endomesh-sealed:v1:";

  private final byte[] key;

  /** Of what was not sealed anew yet; null if the key is not being changed. */
  private final byte @Nullable [] previous;

  Seal(byte[] key) {
    this(key, null);
  }

  Seal(byte[] key, byte @Nullable [] previous) {
    this.key = key.clone();
    this.previous = previous == null ? null : previous.clone();
  }

  /** This one, while what another has sealed is read as well. */
  Seal after(Seal other) {
    return new Seal(key, other.key);
  }

  /** The data key, sealed by another: not for eyes. */
  String sealedBy(Seal other, String name) {
    return other.seal(name, Base64.getEncoder().encodeToString(key));
  }

  public static boolean isSealed(String content) {
    return content.startsWith(PREFIX);
  }

  /**
   * @param name of the file or fact; it is bound to it, so that nobody puts one in another's place
   */
  public String seal(String name, String content) {
    return PREFIX
        + Base64.getEncoder()
            .encodeToString(AesGcm.encrypt(key, name.getBytes(UTF_8), content.getBytes(UTF_8)));
  }

  /**
   * @throws IOException with a sentence, if it is not sealed with this key for this name
   */
  public String open(String name, String sealed) throws IOException {
    if (!isSealed(sealed)) {
      throw new IOException(
          name
              + ": is not sealed, although its directory is (expected: the file as the controller"
              + " wrote it, or `endomesh controller seal` once more, which seals it)");
    }
    try {
      byte[] bytes = Base64.getDecoder().decode(sealed.substring(PREFIX.length()).strip());
      return new String(decrypted(name.getBytes(UTF_8), bytes), UTF_8);
    } catch (IllegalArgumentException | GeneralSecurityException e) {
      throw new IOException(
          name
              + ": cannot be unsealed: it was changed, or belongs to another data directory"
              + " (expected: the file as the controller wrote it; restore it from a backup)",
          e);
    }
  }

  private byte[] decrypted(byte[] name, byte[] bytes) throws GeneralSecurityException {
    try {
      return AesGcm.decrypt(key, name, bytes);
    } catch (GeneralSecurityException e) {
      if (previous == null) {
        throw e;
      }
      return AesGcm.decrypt(previous, name, bytes);
    }
  }

  /**
   * What is to be stored in the place of {@code content}; the same if that is sealed so already.
   */
  public String renewed(String name, String content) throws IOException {
    if (!isSealed(content)) {
      return seal(name, content);
    }
    String plain = open(name, content);
    return previous == null || new Seal(key).opens(name, content) ? content : seal(name, plain);
  }

  private boolean opens(String name, String sealed) {
    try {
      open(name, sealed);
      return true;
    } catch (IOException byAnotherKey) {
      return false;
    }
  }
}
