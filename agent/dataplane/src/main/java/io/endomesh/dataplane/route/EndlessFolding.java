package io.endomesh.dataplane.route;

import com.google.re2j.Pattern;

/**
 * Finds expressions that RE2/J 1.8 never ends to compile. To ignore the case of a character it goes
 * from form to form until it is back at the first; from nine old forms of Cyrillic letters it never
 * gets back. Fuzzing found it. Says no rather than yes where it is in doubt. Stateless to callers.
 */
final class EndlessFolding {

  /** Their capitals have other small letters. ExpressionsTest goes through all characters. */
  private static final int FIRST = 0x1c80;

  private static final int LAST = 0x1c88;

  /** A range from one of the first letters to beyond the last is complete: nothing is folded. */
  private static final int FIRST_FOLDED = 'A';

  private static final int LAST_FOLDED = 0x1e943;

  private final String expression;
  private int at;

  private EndlessFolding(String expression) {
    this.expression = expression;
  }

  /**
   * @param flags of {@link Pattern#compile(String, int)}
   */
  static boolean isIn(String expression, int flags) {
    return ((flags & Pattern.CASE_INSENSITIVE) != 0 || ignoresCase(expression))
        && new EndlessFolding(expression).find();
  }

  /** True for (?i), (?i: and the like, wherever it stands. */
  private static boolean ignoresCase(String expression) {
    for (int open = expression.indexOf("(?"); open >= 0; open = expression.indexOf("(?", open)) {
      for (open += 2; open < expression.length(); open++) {
        char c = expression.charAt(open);
        if (c == 'i') {
          return true;
        }
        if (c == ':' || c == ')') {
          break;
        }
      }
    }
    return false;
  }

  private boolean find() {
    while (at < expression.length()) {
      if (expression.startsWith("\\Q", at)) {
        int end = expression.indexOf("\\E", at + 2);
        end = end < 0 ? expression.length() : end;
        for (at += 2; at < end; ) {
          if (isEndless(next())) {
            return true;
          }
        }
        at = Math.min(expression.length(), end + 2);
      } else if (expression.charAt(at) == '[') {
        if (findInClass()) {
          return true;
        }
      } else if (isEndless(character())) {
        return true;
      }
    }
    return false;
  }

  private boolean findInClass() {
    ClassScanner scanner = new ClassScanner(expression, at + 1);
    while (scanner.next()) {
      boolean complete = scanner.from() <= FIRST_FOLDED && scanner.to() >= LAST_FOLDED;
      if (scanner.from() <= LAST && scanner.to() >= FIRST && !complete) {
        return true;
      }
    }
    at = scanner.at();
    return false;
  }

  private static boolean isEndless(int character) {
    return character >= FIRST && character <= LAST;
  }

  /** The next one, perhaps written as an escape. */
  private int character() {
    EscapedCharacter character = EscapedCharacter.at(expression, at);
    at = character.end();
    return character.value();
  }

  private int next() {
    int c = expression.codePointAt(at);
    at += Character.charCount(c);
    return c;
  }
}
