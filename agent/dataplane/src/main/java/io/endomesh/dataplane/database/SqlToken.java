package io.endomesh.dataplane.database;

import java.util.Locale;

/**
 * One word, name or sign of a statement; values are none. Immutable.
 *
 * @param text of a word and a sign as they stand there, of a name without its quotes
 * @param depth parentheses around it, counted anew for each statement of a text
 */
record SqlToken(Kind kind, String text, int depth) {

  enum Kind {
    /** Without quotes: may be a keyword. */
    WORD,
    /** In quotes: never a keyword. */
    NAME,
    /** One character that is neither. */
    SIGN
  }

  boolean isWord() {
    return kind == Kind.WORD;
  }

  boolean isSign(char sign) {
    return kind == Kind.SIGN && text.charAt(0) == sign;
  }

  /** A word as keywords are compared; empty for anything else. */
  String keyword() {
    return isWord() ? upper() : "";
  }

  String upper() {
    return text.toUpperCase(Locale.ROOT);
  }
}
