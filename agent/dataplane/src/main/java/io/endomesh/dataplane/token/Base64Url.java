package io.endomesh.dataplane.token;

import java.util.Base64;

/** Base64url without padding (RFC 7515, 2), in its one spelling. Stateless. */
final class Base64Url {

  private static final Base64.Encoder ENCODER = Base64.getUrlEncoder().withoutPadding();

  private Base64Url() {}

  /**
   * The decoder of the JDK takes padding, and bits behind the last byte, too: then one token would
   * have several spellings.
   */
  static byte[] decode(String what, String text) throws InvalidToken {
    try {
      byte[] bytes = Base64.getUrlDecoder().decode(text);
      if (ENCODER.encodeToString(bytes).equals(text)) {
        return bytes;
      }
    } catch (IllegalArgumentException e) {
      // Its message quotes what it read.
    }
    throw new InvalidToken(what + ": no base64url (expected: RFC 7515, without padding)");
  }
}
