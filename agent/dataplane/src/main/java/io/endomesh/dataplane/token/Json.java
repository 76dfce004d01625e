package io.endomesh.dataplane.token;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Reads JSON (RFC 8259) of strangers: strictly, each member once, to a bounded depth and number of
 * values. Objects are maps, arrays lists, numbers {@link Number}; null is {@link #NULL}. Not
 * thread-safe.
 */
final class Json {

  /**
   * A number as it is written, and what it is worth. What no double can hold is not a number here:
   * to compare times, infinity would be the end of all that ends.
   */
  record Number(String text, double value) {}

  /** So that a member that says null differs from one that is not there. */
  static final Object NULL = new Object();

  /** Claims are nested a few levels deep; each level is a frame on the stack. */
  private static final int MAX_DEPTH = 16;

  private static final int MAX_VALUES = 10_000;

  /** Digits of a time are ten; nobody writes so many for a reason. */
  private static final int MAX_NUMBER = 32;

  private final String what;
  private final String text;
  private int at;
  private int values;

  private Json(String what, String text) {
    this.what = what;
    this.text = text;
  }

  /**
   * @param what is read, for messages
   */
  static Map<String, Object> object(String what, String text) throws InvalidToken {
    Json json = new Json(what, text);
    json.space();
    Map<String, Object> object = json.object(0);
    json.space();
    if (json.at < text.length()) {
      throw json.expected("nothing more");
    }
    return object;
  }

  private Object value(int depth) throws InvalidToken {
    if (++values > MAX_VALUES || depth > MAX_DEPTH) {
      throw expected(
          "at most " + MAX_VALUES + " values, nested at most " + MAX_DEPTH + " levels deep");
    }
    return switch (peek()) {
      case '{' -> object(depth);
      case '[' -> array(depth);
      case '"' -> string();
      case 't' -> word("true", Boolean.TRUE);
      case 'f' -> word("false", Boolean.FALSE);
      case 'n' -> word("null", NULL);
      default -> number();
    };
  }

  private Map<String, Object> object(int depth) throws InvalidToken {
    take('{');
    Map<String, Object> members = new LinkedHashMap<>();
    space();
    if (peek() == '}') {
      at++;
      return members;
    }
    while (true) {
      space();
      String name = string();
      space();
      take(':');
      space();
      // Two readers that pick another one of two members would read two tokens.
      if (members.put(name, value(depth + 1)) != null) {
        throw expected("each member once");
      }
      space();
      if (peek() == '}') {
        at++;
        return members;
      }
      take(',');
    }
  }

  private List<Object> array(int depth) throws InvalidToken {
    take('[');
    List<Object> items = new ArrayList<>();
    space();
    if (peek() == ']') {
      at++;
      return items;
    }
    while (true) {
      space();
      items.add(value(depth + 1));
      space();
      if (peek() == ']') {
        at++;
        return items;
      }
      take(',');
    }
  }

  private Object word(String word, Object value) throws InvalidToken {
    if (!text.startsWith(word, at)) {
      throw expected("a value");
    }
    at += word.length();
    return value;
  }

  private String string() throws InvalidToken {
    take('"');
    StringBuilder value = new StringBuilder();
    while (true) {
      char c = peek();
      at++;
      if (c == '"') {
        return value.toString();
      }
      if (c < ' ') {
        throw expected("'\"'");
      }
      value.append(c == '\\' ? escaped() : c);
    }
  }

  private char escaped() throws InvalidToken {
    char c = peek();
    at++;
    return switch (c) {
      case '"', '\\', '/' -> c;
      case 'b' -> '\b';
      case 'f' -> '\f';
      case 'n' -> '\n';
      case 'r' -> '\r';
      case 't' -> '\t';
      case 'u' -> codeUnit();
      default -> throw expected("an escape");
    };
  }

  private char codeUnit() throws InvalidToken {
    int unit = 0;
    for (int i = 0; i < 4; i++) {
      int digit = Character.digit(peek(), 16);
      if (digit < 0 || peek() > 'f') {
        throw expected("four hexadecimal digits");
      }
      unit = unit * 16 + digit;
      at++;
    }
    return (char) unit;
  }

  private Number number() throws InvalidToken {
    int start = at;
    if (peek() == '-') {
      at++;
    }
    if (peek() == '0') {
      at++;
    } else {
      digits();
    }
    if (peek() == '.') {
      at++;
      digits();
    }
    if (peek() == 'e' || peek() == 'E') {
      at++;
      if (peek() == '+' || peek() == '-') {
        at++;
      }
      digits();
    }
    String number = text.substring(start, at);
    double value = number.length() > MAX_NUMBER ? Double.NaN : Double.parseDouble(number);
    if (!Double.isFinite(value)) {
      throw expected("a number that a double holds");
    }
    return new Number(number, value);
  }

  private void digits() throws InvalidToken {
    int start = at;
    while (peek() >= '0' && peek() <= '9') {
      at++;
    }
    if (start == at) {
      throw expected("a value");
    }
  }

  private void take(char wanted) throws InvalidToken {
    if (peek() != wanted) {
      throw expected("'" + wanted + "'");
    }
    at++;
  }

  private void space() {
    while (peek() == ' ' || peek() == '\t' || peek() == '\n' || peek() == '\r') {
      at++;
    }
  }

  /** Of the end, a character that no JSON holds outside of a string, and none inside of it. */
  private char peek() {
    return at < text.length() ? text.charAt(at) : '\0';
  }

  /** Says where, never what is there. */
  private InvalidToken expected(String expected) {
    return new InvalidToken(
        what + ": no JSON at character " + at + " (expected: " + expected + ")");
  }
}
