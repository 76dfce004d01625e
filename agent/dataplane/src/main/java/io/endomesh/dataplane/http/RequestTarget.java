package io.endomesh.dataplane.http;

import java.nio.charset.StandardCharsets;

/** Path and query as a request line holds them. Stateless. */
final class RequestTarget {

  /** Besides letters and digits, what a path and a query may hold (RFC 3986, 3.3 and 3.4). */
  private static final String MARKS = "-._~!$&'()*+,;=:@/?";

  private static final int HEXADECIMAL = 16;

  private RequestTarget() {}

  /** As it is, save for what a policy may say and no request line may hold. */
  static String encoded(String target) {
    byte[] octets = target.getBytes(StandardCharsets.UTF_8);
    StringBuilder encoded = new StringBuilder(octets.length);
    boolean inQuery = false;
    for (int i = 0; i < octets.length; i++) {
      char c = (char) (octets[i] & 0xff);
      inQuery |= c == '?';
      boolean kept =
          c == '%' ? startsEscape(octets, i) : isAllowed(c) || inQuery && (c == '[' || c == ']');
      if (kept) {
        encoded.append(c);
      } else {
        encoded.append(String.format("%%%02X", (int) c));
      }
    }
    return encoded.toString();
  }

  private static boolean startsEscape(byte[] octets, int at) {
    return at + 2 < octets.length
        && Character.digit(octets[at + 1], HEXADECIMAL) >= 0
        && Character.digit(octets[at + 2], HEXADECIMAL) >= 0;
  }

  private static boolean isAllowed(char c) {
    return c < 0x80 && Character.isLetterOrDigit(c) || MARKS.indexOf(c) >= 0;
  }
}
