package io.endomesh.xds;

import java.util.HashMap;
import java.util.Map;

/**
 * Reads a JSON object whose values are strings: the one JSON the agent meets. A JSON library would
 * be two hundred times this. Not thread-safe.
 */
final class FlatJson {

  private final String text;
  private int at;

  private FlatJson(String text) {
    this.text = text;
  }

  /**
   * @throws IllegalArgumentException if it is anything else; the message holds no part of it
   */
  static Map<String, String> parse(String text) {
    FlatJson json = new FlatJson(text);
    Map<String, String> fields = json.object();
    if (json.peek() != END) {
      throw json.expected("nothing more");
    }
    return fields;
  }

  private Map<String, String> object() {
    Map<String, String> fields = new HashMap<>();
    take('{');
    if (peek() == '}') {
      at++;
      return fields;
    }
    do {
      String name = string();
      take(':');
      fields.put(name, string());
    } while (another());
    return fields;
  }

  private boolean another() {
    char next = peek();
    at++;
    if (next != ',' && next != '}') {
      at--;
      throw expected("',' or '}'");
    }
    return next == ',';
  }

  private String string() {
    take('"');
    StringBuilder value = new StringBuilder();
    while (at < text.length()) {
      char c = text.charAt(at++);
      if (c == '"') {
        return value.toString();
      }
      value.append(c == '\\' ? escaped() : c);
    }
    throw expected("'\"'");
  }

  private char escaped() {
    if (at >= text.length()) {
      throw expected("an escape");
    }
    char c = text.charAt(at++);
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

  private char codeUnit() {
    if (at + 4 > text.length()) {
      throw expected("four hexadecimal digits");
    }
    try {
      char unit = (char) Integer.parseInt(text, at, at + 4, 16);
      at += 4;
      return unit;
    } catch (NumberFormatException e) {
      throw expected("four hexadecimal digits");
    }
  }

  private void take(char wanted) {
    if (peek() != wanted) {
      throw expected("'" + wanted + "'");
    }
    at++;
  }

  /** The next character that is no white space; {@link #END} behind the last. */
  private char peek() {
    while (at < text.length() && Character.isWhitespace(text.charAt(at))) {
      at++;
    }
    return at < text.length() ? text.charAt(at) : END;
  }

  /** No JSON text contains it outside of a string. */
  private static final char END = '\0';

  private IllegalArgumentException expected(String what) {
    return new IllegalArgumentException("no JSON at character " + at + " (expected: " + what + ")");
  }
}
