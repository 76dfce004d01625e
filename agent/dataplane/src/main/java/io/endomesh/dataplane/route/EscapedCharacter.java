package io.endomesh.dataplane.route;

/**
 * A character of an expression, perhaps written as an escape. Immutable.
 *
 * @param value {@link ClassScanner#NONE} for what is none
 * @param end where to go on
 */
record EscapedCharacter(int value, int end) {

  static EscapedCharacter at(String expression, int at) {
    int first = expression.codePointAt(at);
    int next = at + Character.charCount(first);
    if (first != '\\' || next >= expression.length()) {
      return new EscapedCharacter(first, next);
    }
    int escaped = expression.codePointAt(next);
    int end = next + Character.charCount(escaped);
    boolean hex = escaped == 'x';
    if (!hex && escaped != 'p' && escaped != 'P') {
      return new EscapedCharacter(escaped, end);
    }
    if (!expression.startsWith("{", end)) {
      // Two digits, or a letter, which are read as characters: none is beyond U+00FF.
      return new EscapedCharacter(ClassScanner.NONE, end);
    }
    int brace = expression.indexOf('}', end);
    if (brace < 0) {
      return new EscapedCharacter(ClassScanner.NONE, expression.length());
    }
    return new EscapedCharacter(
        hex ? number(expression.substring(end + 1, brace)) : ClassScanner.NONE, brace + 1);
  }

  private static int number(String hex) {
    try {
      return Integer.parseInt(hex, 16);
    } catch (NumberFormatException refusedByRe2) {
      return ClassScanner.NONE;
    }
  }
}
