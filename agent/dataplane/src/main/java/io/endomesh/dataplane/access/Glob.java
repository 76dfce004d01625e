package io.endomesh.dataplane.access;

/** Texts with {@code *} for anything, in time that does not explode. */
final class Glob {

  private Glob() {}

  /**
   * @param pattern empty: everything matches
   */
  static boolean matches(String pattern, String text) {
    if (pattern.isEmpty()) {
      return true;
    }
    int p = 0;
    int star = -1;
    int again = 0;
    for (int t = 0; t < text.length(); ) {
      if (p < pattern.length() && pattern.charAt(p) == '*') {
        star = p++;
        again = t;
      } else if (p < pattern.length() && pattern.charAt(p) == text.charAt(t)) {
        p++;
        t++;
      } else if (star >= 0) {
        p = star + 1;
        t = ++again;
      } else {
        return false;
      }
    }
    while (p < pattern.length() && pattern.charAt(p) == '*') {
      p++;
    }
    return p == pattern.length();
  }
}
