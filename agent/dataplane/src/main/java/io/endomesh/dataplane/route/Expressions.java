package io.endomesh.dataplane.route;

import com.google.re2j.Pattern;
import com.google.re2j.PatternSyntaxException;
import java.util.ArrayDeque;
import java.util.Deque;

/**
 * Compiles the expressions of policies. RE2/J matches in a time that is linear in the text, and in
 * the size of the expression: its repetitions are written out, so that {@code ((a{1000}){1000}){9}}
 * takes the memory of a JVM, and its groups are walked by recursion. So each expression is measured
 * before it is compiled. Stateless.
 */
public final class Expressions {

  /**
   * States of one expression; a long list of host names has some hundred. Envoy warns beyond 100,
   * Istio has it refuse beyond 32,768. With this the worst expression reads 8 kB of path, more than
   * which no server takes, in half a second.
   */
  public static final int MAX_STATES = 2_000;

  /** Of a composed one: a gRPC route has an expression for the service, and one for the method. */
  private static final int MAX_STATES_COMPOSED = 5_000;

  /** Groups within groups; RE2/J's recursion needs under 1 kB of stack for each. */
  private static final int MAX_DEPTH = 200;

  /** Before anything is looked at. */
  private static final int MAX_CHARACTERS = 20_000;

  private static final long MANY = Integer.MAX_VALUE;

  private final String expression;
  private final Deque<Long> outer = new ArrayDeque<>();
  private int at;
  private int depth;
  // Of the group that is open: what is complete, and its last part, which may be repeated yet.
  private long complete;
  private long last;

  private Expressions(String expression) {
    this.expression = expression;
  }

  /**
   * @param flags of {@link Pattern#compile(String, int)}
   * @throws PatternSyntaxException also for an expression that is too large
   */
  public static Pattern compile(String expression, int flags) {
    check(expression, flags, MAX_STATES_COMPOSED);
    return Pattern.compile(expression, flags);
  }

  /**
   * One that a user wrote.
   *
   * @throws PatternSyntaxException if it does not compile, or is too large
   */
  public static Pattern compileOwn(String expression) {
    check(expression, 0, MAX_STATES);
    return Pattern.compile(expression);
  }

  private static void check(String expression, int flags, int maxStates) {
    if (expression.length() > MAX_CHARACTERS) {
      throw tooLarge("more than " + MAX_CHARACTERS + " characters");
    }
    if (states(expression) > maxStates) {
      throw tooLarge("more than " + maxStates + " states, with repetitions written out");
    }
    if (EndlessFolding.isIn(expression, flags)) {
      throw new PatternSyntaxException(
          "expression ignores the case of characters from U+1C80 to U+1C88, alone or in a range"
              + " (expected: others, for which there is an end)");
    }
  }

  private static PatternSyntaxException tooLarge(String why) {
    return new PatternSyntaxException("expression is too large: " + why);
  }

  /** At least as many as the compiled expression has; too large a number for too deep a one. */
  static long states(String expression) {
    return new Expressions(expression).measure();
  }

  private long measure() {
    while (at < expression.length()) {
      char c = expression.charAt(at++);
      switch (c) {
        case '\\' -> escape();
        case '[' -> characterClass();
        case '(' -> open();
        case ')' -> close();
        case '{' -> braces();
        // The choice, and what stands for an alternative that is empty.
        case '|' -> part(2);
        case '*', '+', '?' -> last = Math.min(MANY, last + 1);
        default -> part(1);
      }
      if (depth > MAX_DEPTH) {
        return MANY;
      }
    }
    while (!outer.isEmpty()) {
      close();
    }
    // Of the whole: where it begins, where it ends, and nothing in between.
    return Math.min(MANY, complete + last + 3);
  }

  private void part(long states) {
    complete = Math.min(MANY, complete + last);
    last = states;
  }

  private void escape() {
    char escaped = at < expression.length() ? expression.charAt(at++) : ' ';
    if (escaped == 'Q') {
      int end = expression.indexOf("\\E", at);
      end = end < 0 ? expression.length() : end;
      if (end > at) {
        part(end - at);
        part(1);
      }
      at = Math.min(expression.length(), end + 2);
      return;
    }
    if ((escaped == 'p' || escaped == 'P' || escaped == 'x') && expression.startsWith("{", at)) {
      int end = expression.indexOf('}', at);
      at = end < 0 ? expression.length() : end + 1;
    }
    part(1);
  }

  private void characterClass() {
    ClassScanner scanner = new ClassScanner(expression, at);
    while (scanner.next()) {
      // To its end.
    }
    at = scanner.at();
    part(1);
  }

  private void open() {
    if (expression.startsWith("?", at)) {
      // (?:, (?i:, (?P<name>
      while (at < expression.length() && ":>)".indexOf(expression.charAt(at)) < 0) {
        at++;
      }
      if (expression.startsWith(")", at)) {
        // (?i) is no part: what is repeated behind it stands before it.
        at++;
        return;
      }
      at = Math.min(expression.length(), at + 1);
    }
    depth++;
    part(0);
    outer.push(complete);
    complete = 0;
  }

  private void close() {
    if (outer.isEmpty()) {
      // RE2/J refuses it.
      return;
    }
    depth--;
    // Where it begins, where it ends, and what stands for nothing in between.
    long group = Math.min(MANY, complete + last + 3);
    complete = outer.pop();
    last = group;
  }

  private void braces() {
    int end = expression.indexOf('}', at);
    // Of two numbers of four digits at most; what is longer is none, and is not copied.
    String[] bounds =
        end < 0 || end - at > 9 ? new String[0] : expression.substring(at, end).split(",", -1);
    long min = bounds.length > 0 ? number(bounds[0]) : -1;
    long max = bounds.length == 2 && !bounds[1].isEmpty() ? number(bounds[1]) : min + 1;
    if (min < 0 || max < 0 || bounds.length > 2) {
      // Braces that are none of a repetition are characters.
      part(1);
      return;
    }
    last = Math.min(MANY, (last + 1) * Math.max(1, max));
    at = end + 1;
  }

  /** RE2/J takes digits, up to 1000, and none after a zero; -1 for what is none. */
  private static long number(String text) {
    if (text.isEmpty() || text.length() > 4 || (text.length() > 1 && text.startsWith("0"))) {
      return -1;
    }
    long number = 0;
    for (int i = 0; i < text.length(); i++) {
      int digit = text.charAt(i) - '0';
      if (digit < 0 || digit > 9) {
        return -1;
      }
      number = number * 10 + digit;
    }
    return number;
  }
}
