package io.endomesh.dataplane.route;

/**
 * Goes through what is in the brackets of an expression exactly as RE2/J does: what one reads as a
 * part of the brackets and the other as what follows them, nobody would measure.
 */
final class ClassScanner {

  /** What is no single character: a class with a name. */
  static final int NONE = -1;

  /** Behind a backslash: classes, not characters, so that no range begins with them. */
  private static final String CLASSES = "dDsSwWpP";

  private final String expression;
  private int at;
  private boolean first = true;
  private int from;
  private int to;

  /**
   * @param at behind the bracket that opens
   */
  ClassScanner(String expression, int at) {
    this.expression = expression;
    this.at = at + (expression.startsWith("^", at) ? 1 : 0);
  }

  /** False behind the bracket that closes, or at the end of the text. */
  boolean next() {
    if (at >= expression.length()) {
      return false;
    }
    // A bracket that comes first is one of the characters.
    if (!first && expression.charAt(at) == ']') {
      at++;
      return false;
    }
    first = false;
    from = NONE;
    to = NONE;
    int named = expression.startsWith("[:", at) ? expression.indexOf(":]", at + 2) : -1;
    if (named >= 0) {
      at = named + 2;
    } else if (isClass()) {
      at += 2;
      skipName();
    } else {
      from = character();
      to = from;
      if (expression.startsWith("-", at)
          && at + 1 < expression.length()
          && expression.charAt(at + 1) != ']') {
        at++;
        to = character();
      }
    }
    return true;
  }

  /** First character of the range that was scanned; {@link #NONE} for a class. */
  int from() {
    return from;
  }

  /** Its last. */
  int to() {
    return to;
  }

  /** Where to go on. */
  int at() {
    return at;
  }

  private boolean isClass() {
    return expression.charAt(at) == '\\'
        && at + 1 < expression.length()
        && CLASSES.indexOf(expression.charAt(at + 1)) >= 0;
  }

  /** Of {@code \p{Greek}}. */
  private void skipName() {
    char letter = expression.charAt(at - 1);
    if ((letter == 'p' || letter == 'P') && at < expression.length()) {
      int end = expression.charAt(at) == '{' ? expression.indexOf('}', at) : at;
      at = end < 0 ? expression.length() : end + 1;
    }
  }

  private int character() {
    EscapedCharacter character = EscapedCharacter.at(expression, at);
    at = character.end();
    return character.value();
  }
}
