package io.endomesh.dataplane.route;

import org.jspecify.annotations.Nullable;

/** Reads a Cookie header (RFC 6265, 4.2). Stateless. */
final class Cookies {

  private Cookies() {}

  /**
   * @param header {@code a=1; b=2}; null if there is none
   * @return the value of the first cookie of that name, or null
   */
  static @Nullable String value(@Nullable String header, String name) {
    if (header == null) {
      return null;
    }
    for (int start = 0; start < header.length(); ) {
      int end = header.indexOf(';', start);
      if (end < 0) {
        end = header.length();
      }
      while (start < end && header.charAt(start) == ' ') {
        start++;
      }
      int after = start + name.length();
      if (header.startsWith(name, start) && after < end && header.charAt(after) == '=') {
        return unquoted(header.substring(after + 1, end));
      }
      start = end + 1;
    }
    return null;
  }

  /** Some clients put values in quotes, {@code java.net.CookieManager} if there is a Max-Age. */
  private static String unquoted(String value) {
    boolean quoted = value.length() >= 2 && value.startsWith("\"") && value.endsWith("\"");
    return quoted ? value.substring(1, value.length() - 1) : value;
  }
}
