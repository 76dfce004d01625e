package io.endomesh.dataplane.trail;

import org.jspecify.annotations.Nullable;

/**
 * One member of a list of structured fields (RFC 9651, section 4.1.1): a token with parameters, as
 * {@code attempt;depth=0;endpoint="127.0.0.1:8081"}. Not thread-safe.
 */
final class Member {

  /** Of one string; enough for names and sentences, so that one alone cannot take all the room. */
  static final int MAX_TEXT = 200;

  private final StringBuilder text;

  /**
   * @param token what it tells of
   */
  Member(String token) {
    this.text = new StringBuilder(token);
  }

  Member with(String key, long value) {
    text.append(';').append(key).append('=').append(value);
    return this;
  }

  /** True as a parameter without a value (RFC 9651, section 4.1.1.2). */
  Member with(String key) {
    text.append(';').append(key);
    return this;
  }

  /** A string, its beginning if it is long; nothing at all for null. */
  Member with(String key, @Nullable String value) {
    if (value != null) {
      text.append(';').append(key).append("=\"");
      int end = text.length() + MAX_TEXT;
      for (int i = 0; i < value.length() && text.length() < end; i++) {
        char c = value.charAt(i);
        if (c == '"' || c == '\\') {
          text.append('\\');
        }
        // A string holds printable ASCII only.
        text.append(c < 0x20 || c > 0x7e ? '?' : c);
      }
      text.append('"');
    }
    return this;
  }

  @Override
  public String toString() {
    return text.toString();
  }
}
