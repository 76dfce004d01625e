package io.endomesh.dataplane.database;

import java.util.ArrayList;
import java.util.List;
import java.util.regex.Pattern;

/**
 * Takes a text of SQL apart: comments, values and names (of the SQL standard and of each {@link
 * Dialect}) from the words between them. A text of which the server may see other ends of a comment
 * or a value, because a setting of it decides, is said to be ambiguous: what stands between them
 * may be read as the wrong one of both. Not thread-safe.
 */
final class SqlReader {

  /** As SQL Server reads it ("Constants (Transact-SQL)"); a sign of an exponent stands apart. */
  private static final Pattern NUMBER = Pattern.compile("0[xX][0-9A-Fa-f]*|[0-9.]+(?:[eE][0-9]*)?");

  /** "Database identifiers" of SQL Server, without those that begin with a sign. */
  private static final Pattern NAME =
      Pattern.compile("[\\p{L}\\p{Nl}_][\\p{L}\\p{Nl}\\p{Nd}\\p{Mn}\\p{Mc}_$]*");

  private final String sql;
  private final Dialect dialect;
  private final StringBuilder text = new StringBuilder();
  private final List<SqlToken> tokens = new ArrayList<>();
  private int at;
  private int depth;
  private boolean ambiguous;

  SqlReader(String sql, Dialect dialect) {
    this.sql = sql;
    this.dialect = dialect;
  }

  SqlReader read() {
    while (at < sql.length()) {
      char c = sql.charAt(at);
      if (beginsLineComment(c)) {
        lineComment();
      } else if (sql.startsWith("/*", at)) {
        blockComment();
      } else if (c == '\'' || (c == '"' && dialect == Dialect.MYSQL)) {
        literal(c, dialect == Dialect.MYSQL);
      } else if ((c == 'E' || c == 'e')
          && dialect == Dialect.POSTGRESQL
          && sql.startsWith("'", at + 1)) {
        at++;
        literal('\'', true);
      } else if (c == '"' || c == '`') {
        quotedName(c, c);
      } else if (c == '[' && dialect == Dialect.SQL_SERVER) {
        quotedName(c, ']');
      } else if (c == '$' && dialect != Dialect.SQL_SERVER && dollarQuote()) {
        text.append('?');
      } else if (Character.isDigit(c)) {
        number();
      } else if (beginsWord(c)) {
        word();
      } else {
        sign(c);
      }
    }
    return this;
  }

  List<SqlToken> tokens() {
    return tokens;
  }

  /** With every value replaced by {@code ?}, without comments. */
  String text() {
    return text.toString().trim();
  }

  boolean isAmbiguous() {
    return ambiguous;
  }

  private boolean beginsLineComment(char c) {
    if (sql.startsWith("--", at)) {
      // MySQL wants a blank behind it, so that 5--3 is 8 ("Comments").
      return dialect != Dialect.MYSQL || at + 2 == sql.length() || sql.charAt(at + 2) <= ' ';
    }
    return (c == '#' && dialect == Dialect.MYSQL)
        || (dialect == Dialect.H2 && sql.startsWith("//", at));
  }

  private void lineComment() {
    int end = sql.indexOf('\n', at);
    end = end < 0 ? sql.length() : end;
    // Alone, it ends a comment for some servers only. Not looked for beyond this line: a script of
    // many comments would be read once for each of them.
    for (int i = at; i < end - 1; i++) {
      ambiguous |= sql.charAt(i) == '\r';
    }
    skipTo(end);
  }

  private void blockComment() {
    // MySQL and MariaDB execute what stands in these.
    ambiguous |=
        dialect == Dialect.MYSQL && (sql.startsWith("/*!", at) || sql.startsWith("/*M!", at));
    int nested = 1;
    int end = at + 2;
    while (nested > 0 && end < sql.length()) {
      if (sql.startsWith("*/", end)) {
        nested--;
        end += 2;
      } else if (sql.startsWith("/*", end)) {
        // Some count comments within comments, MySQL does not, H2 by its version.
        ambiguous |= dialect == Dialect.MYSQL || dialect == Dialect.H2;
        nested += dialect == Dialect.POSTGRESQL || dialect == Dialect.SQL_SERVER ? 1 : 0;
        end += 2;
      } else {
        end++;
      }
    }
    ambiguous |= nested > 0;
    skipTo(end);
  }

  private void skipTo(int end) {
    at = end;
    text.append(' ');
  }

  /** Quotes are doubled inside. */
  private void literal(char quote, boolean backslashEscapes) {
    boolean mayEscape = !backslashEscapes && dialect != Dialect.SQL_SERVER;
    at++;
    boolean open = true;
    while (open && at < sql.length()) {
      char c = sql.charAt(at);
      boolean quoteFollows = at + 1 < sql.length() && sql.charAt(at + 1) == quote;
      // A server's setting may have a backslash escape (standard_conforming_strings = off).
      ambiguous |= c == '\\' && mayEscape && quoteFollows;
      if ((c == quote && quoteFollows) || (c == '\\' && backslashEscapes)) {
        at += 2;
      } else {
        open = c != quote;
        at++;
      }
    }
    ambiguous |= open;
    at = Math.min(at, sql.length());
    text.append('?');
  }

  /** Doubled quotes inside make two names of one, which changes neither where it ends. */
  private void quotedName(char quote, char closing) {
    int end = sql.indexOf(closing, at + 1);
    while (closing == ']' && end >= 0 && sql.startsWith("]]", end)) {
      end = sql.indexOf(closing, end + 2);
    }
    // A back tick quotes names in MySQL, and in H2 as a mode has it.
    ambiguous |= end < 0 || (quote == '`' && dialect != Dialect.MYSQL && dialect != Dialect.H2);
    end = end < 0 ? sql.length() : end + 1;
    add(SqlToken.Kind.NAME, sql.substring(at + 1, Math.max(at + 1, end - 1)));
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
    for (int i = 1; i < tag.length() - 1; i++) {
      if (!Character.isLetterOrDigit(tag.charAt(i)) && tag.charAt(i) != '_') {
        return false;
      }
    }
    int end = sql.indexOf(tag, second + 1);
    boolean known = dialect == Dialect.POSTGRESQL || (dialect == Dialect.H2 && tag.equals("$$"));
    ambiguous |= end < 0 || !known;
    at = end < 0 ? sql.length() : end + tag.length();
    return true;
  }

  private void number() {
    int start = at;
    while (at < sql.length()
        && (Character.isLetterOrDigit(sql.charAt(at)) || sql.charAt(at) == '.')) {
      at++;
    }
    // Where nothing parts statements, 1DELETE is the end of one and the beginning of another.
    ambiguous |=
        dialect == Dialect.SQL_SERVER && !NUMBER.matcher(sql.substring(start, at)).matches();
    text.append('?');
  }

  /** SQL Server's money begins with the sign of a currency, which Java takes for a letter. */
  private boolean beginsWord(char c) {
    return Character.isJavaIdentifierStart(c)
        && !(dialect == Dialect.SQL_SERVER && Character.getType(c) == Character.CURRENCY_SYMBOL);
  }

  private void word() {
    int start = at;
    while (at < sql.length() && Character.isJavaIdentifierPart(sql.charAt(at))) {
      at++;
    }
    String word = sql.substring(start, at);
    // Java takes more for part of a name than SQL Server does: what ends one there must not here
    // hide the next word.
    ambiguous |= dialect == Dialect.SQL_SERVER && !NAME.matcher(word).matches();
    add(SqlToken.Kind.WORD, word);
    text.append(sql, start, at);
  }

  private void sign(char c) {
    boolean blank = Character.isWhitespace(c);
    if (!blank || (text.length() > 0 && text.charAt(text.length() - 1) != ' ')) {
      text.append(blank ? ' ' : c);
    }
    at++;
    if (blank) {
      return;
    }
    depth = c == ';' ? 0 : c == ')' ? depth - 1 : depth;
    add(SqlToken.Kind.SIGN, String.valueOf(c));
    depth = c == '(' ? depth + 1 : depth;
  }

  private void add(SqlToken.Kind kind, String word) {
    tokens.add(new SqlToken(kind, word, depth));
  }
}
