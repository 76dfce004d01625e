package io.endomesh.controller.kinds;

import java.util.Locale;
import java.util.regex.Pattern;

/** Names of headers, and of cookies, which are tokens too (RFC 6265, 4.1.1). Stateless. */
final class HeaderNames {

  /** RFC 9110, 5.6.2. */
  private static final Pattern TOKEN = Pattern.compile("[-!#$%&'*+.^_`|~0-9A-Za-z]+");

  private HeaderNames() {}

  static boolean isToken(String text) {
    return TOKEN.matcher(text).matches();
  }

  /**
   * In lower case.
   *
   * @param field that holds it
   */
  static String read(Fields fields, String field, String name) {
    if (!isToken(name)) {
      throw fields.invalid(field, "'" + name + "' (expected: the name of a header)");
    }
    return name.toLowerCase(Locale.ROOT);
  }
}
