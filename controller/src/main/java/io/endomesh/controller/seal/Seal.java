package io.endomesh.controller.seal;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.IOException;
import java.security.GeneralSecurityException;
import java.util.Base64;

/** Seals texts with the data key of one data directory, each for one name. Immutable. */
public final class Seal {

  /** What is sealed begins so: it is told from what is not, and from other versions. */
  private static final String PREFIX = "endomesh-sealed:v1:";

  private final byte[] key;

  Seal(byte[] key) {
    this.key = key.clone();
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
      return new String(AesGcm.decrypt(key, name.getBytes(UTF_8), bytes), UTF_8);
    } catch (IllegalArgumentException | GeneralSecurityException e) {
      throw new IOException(
          name
              + ": cannot be unsealed: it was changed, or belongs to another data directory"
              + " (expected: the file as the controller wrote it; restore it from a backup)",
          e);
    }
  }
}
