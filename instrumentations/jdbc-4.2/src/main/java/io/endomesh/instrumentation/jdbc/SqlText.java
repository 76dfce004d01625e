package io.endomesh.instrumentation.jdbc;

import io.endomesh.dataplane.SqlStatement;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Reads what a statement does, without the values it does it to. A tokenizer, not a parser: it
 * knows comments, literals and names (of the SQL standard, PostgreSQL's dollar quotes and MySQL's
 * back ticks; see {@link Dialect}), and what follows FROM, INTO, UPDATE and TABLE. Stateless.
 */
final class SqlText {

  /** Longer texts are cut: a span is no place for a whole report query. */
  private static final int MAX_TEXT_CHARS = 1_000;

  private static final Set<String> OPERATIONS =
      Set.of(
          "SELECT",
          "INSERT",
          "UPDATE",
          "DELETE",
          "MERGE",
          "CALL",
          "CREATE",
          "ALTER",
          "DROP",
          "TRUNCATE",
          "SET",
          "SHOW",
          "EXPLAIN",
          "BEGIN",
          "START",
          "COMMIT",
          "ROLLBACK",
          "VALUES",
          "COPY",
          "LOCK",
          "GRANT",
          "REVOKE",
          "REPLACE",
          "USE",
          "ANALYZE",
          "VACUUM");

  /** What a common table expression can lead up to. */
  private static final Set<String> AFTER_WITH =
      Set.of("SELECT", "INSERT", "UPDATE", "DELETE", "MERGE");

  private static final String OTHER = "OTHER";

  private final String sql;
  private final Dialect dialect;
  private final StringBuilder text = new StringBuilder();
  private final List<String> words = new ArrayList<>();
  private final List<Integer> depths = new ArrayList<>();
  private int at;
  private int depth;

  private SqlText(String sql, Dialect dialect) {
    this.sql = sql;
    this.dialect = dialect;
  }

  static SqlStatement describe(String sql, Dialect dialect) {
    SqlText reading = new SqlText(sql, dialect);
    reading.read();
    String operation = reading.operation();
    String collection = reading.collection(operation);
    String text = reading.text.toString().trim();
    return new SqlStatement(
        operation,
        collection,
        collection == null ? operation : operation + " " + collection,
        text.length() <= MAX_TEXT_CHARS ? text : text.substring(0, MAX_TEXT_CHARS) + "…");
  }

  private void read() {
    while (at < sql.length()) {
      char c = sql.charAt(at);
      if (sql.startsWith("--", at) || (c == '#' && dialect == Dialect.MYSQL)) {
        skipTo("\n");
      } else if (sql.startsWith("/*", at)) {
        at += 2;
        skipTo("*/");
      } else if (c == '\'' || (c == '"' && dialect == Dialect.MYSQL)) {
        literal(c, dialect == Dialect.MYSQL);
      } else if ((c == 'E' || c == 'e') && sql.startsWith("'", at + 1)) {
        at++;
        literal('\'', true);
      } else if (c == '"' || c == '`') {
        quotedName(c);
      } else if (c == '$' && dollarQuote()) {
        text.append('?');
      } else if (Character.isDigit(c)) {
        number();
      } else if (Character.isJavaIdentifierStart(c)) {
        word();
      } else {
        symbol(c);
      }
    }
  }

  private void skipTo(String end) {
    int found = sql.indexOf(end, at);
    at = found < 0 ? sql.length() : found + end.length();
    text.append(' ');
  }

  /** Quotes are doubled inside. */
  private void literal(char quote, boolean backslashEscapes) {
    at++;
    while (at < sql.length()) {
      char c = sql.charAt(at);
      boolean doubled = c == quote && at + 1 < sql.length() && sql.charAt(at + 1) == quote;
      if (doubled || (c == '\\' && backslashEscapes)) {
        at += 2;
      } else if (c == quote) {
        break;
      } else {
        at++;
      }
    }
    at++;
    text.append('?');
  }

  private void quotedName(char quote) {
    int end = sql.indexOf(quote, at + 1);
    end = end < 0 ? sql.length() : end + 1;
    add(sql.substring(Math.min(at + 1, end), Math.max(at + 1, end - 1)));
    text.append(sql, at, end);
    at = end;
  }

  /** {@code $tag$ … $tag$}; {@code $1} is a parameter. */
  private boolean dollarQuote() {
    int second = sql.indexOf('$', at + 1);
    if (second < 0 || (at + 1 < sql.length() && Character.isDigit(sql.charAt(at + 1)))) {
      return false;
    }
    String tag = sql.substring(at, second + 1);
    if (!tag.substring(1, tag.length() - 1).chars().allMatch(Character::isLetterOrDigit)) {
      return false;
    }
    int end = sql.indexOf(tag, second + 1);
    at = end < 0 ? sql.length() : end + tag.length();
    return true;
  }

  private void number() {
    while (at < sql.length()
        && (Character.isLetterOrDigit(sql.charAt(at)) || sql.charAt(at) == '.')) {
      at++;
    }
    text.append('?');
  }

  private void word() {
    int start = at;
    while (at < sql.length() && Character.isJavaIdentifierPart(sql.charAt(at))) {
      at++;
    }
    add(sql.substring(start, at));
    text.append(sql, start, at);
  }

  private void symbol(char c) {
    if (c == '(') {
      depth++;
    } else if (c == ')') {
      depth--;
    }
    if (c == ',' || c == '.') {
      add(String.valueOf(c));
    }
    boolean blank = Character.isWhitespace(c);
    if (!blank || (text.length() > 0 && text.charAt(text.length() - 1) != ' ')) {
      text.append(blank ? ' ' : c);
    }
    at++;
  }

  private void add(String word) {
    words.add(word);
    depths.add(depth);
  }

  private String operation() {
    if (words.isEmpty()) {
      return OTHER;
    }
    String first = upper(0);
    if (first.equals("WITH")) {
      for (int i = 1; i < words.size(); i++) {
        if (depths.get(i) == 0 && AFTER_WITH.contains(upper(i))) {
          return upper(i);
        }
      }
    }
    return OPERATIONS.contains(first) ? first : OTHER;
  }

  /** The one table it works on; null if there is none, or more than one. */
  private @Nullable String collection(String operation) {
    return switch (operation) {
      case "SELECT", "DELETE" -> after("FROM");
      case "INSERT", "MERGE", "REPLACE" -> after("INTO");
      case "UPDATE" -> after("UPDATE");
      case "CREATE", "ALTER", "DROP", "TRUNCATE" -> after("TABLE");
      case "CALL" -> after("CALL");
      default -> null;
    };
  }

  private @Nullable String after(String keyword) {
    for (int i = 0; i < words.size(); i++) {
      if (depths.get(i) == 0 && upper(i).equals(keyword)) {
        int name = i + 1;
        while (name < words.size() && Set.of("IF", "NOT", "EXISTS", "ONLY").contains(upper(name))) {
          name++;
        }
        return name < words.size() && depths.get(name) == 0 ? name(name) : null;
      }
    }
    return null;
  }

  private @Nullable String name(int at) {
    StringBuilder name = new StringBuilder(words.get(at));
    int next = at + 1;
    while (next + 1 < words.size() && words.get(next).equals(".")) {
      name.append('.').append(words.get(next + 1));
      next += 2;
    }
    for (int i = next; i < words.size() && depths.get(i) == 0; i++) {
      String word = upper(i);
      if (word.equals("JOIN") || (word.equals(",") && i <= next + 1)) {
        return null;
      }
      if (Set.of("WHERE", "SET", "VALUES", "ORDER", "GROUP", "LIMIT").contains(word)) {
        break;
      }
    }
    return name.toString();
  }

  private String upper(int i) {
    return words.get(i).toUpperCase(Locale.ROOT);
  }
}
