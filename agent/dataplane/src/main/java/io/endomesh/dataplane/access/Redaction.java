package io.endomesh.dataplane.access;

import java.util.List;
import java.util.Locale;

/** What nobody is shown, whatever they ask for. */
final class Redaction {

  static final String REDACTED = "[redacted]";

  private static final int MAX_LENGTH = 1024;

  /** Parts of names of headers and parameters whose values let somebody in. */
  private static final List<String> SECRET =
      List.of(
          "auth",
          "cookie",
          "token",
          "secret",
          "passw",
          "pwd",
          "key",
          "session",
          "credential",
          "sig",
          "jwt",
          "code",
          "otp",
          "assertion",
          "state",
          "nonce",
          "trail");

  private Redaction() {}

  static String value(String name, String value) {
    String lower = name.toLowerCase(Locale.ROOT);
    for (String part : SECRET) {
      if (lower.contains(part)) {
        return REDACTED;
      }
    }
    // A token under a harmless name.
    return value.contains("eyJ") || value.contains("earer ") ? REDACTED : bounded(value);
  }

  /** Without parameters of segments, which hold session ids: {@code /a;jsessionid=1/b}. */
  static String path(String path) {
    int query = path.indexOf('?');
    String bare = query < 0 ? path : path.substring(0, query);
    if (bare.indexOf(';') < 0) {
      return bounded(bare);
    }
    StringBuilder kept = new StringBuilder(bare.length());
    boolean parameter = false;
    for (int i = 0; i < bare.length(); i++) {
      char c = bare.charAt(i);
      parameter = c == ';' || parameter && c != '/';
      if (!parameter) {
        kept.append(c);
      }
    }
    return bounded(kept.toString());
  }

  static String bounded(String text) {
    return text.length() <= MAX_LENGTH ? text : text.substring(0, MAX_LENGTH) + "…";
  }
}
