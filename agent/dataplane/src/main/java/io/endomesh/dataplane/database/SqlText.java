package io.endomesh.dataplane.database;

import io.endomesh.dataplane.SqlStatement;
import org.jspecify.annotations.Nullable;

/**
 * Reads what a statement does, without the values it does it to. A tokenizer and rules on its
 * words, not a parser: what they do not know is {@link StatementClass#UNKNOWN}. Stateless.
 */
public final class SqlText {

  /** Longer texts are cut: a span is no place for a whole report query. */
  private static final int MAX_TEXT_CHARS = 1_000;

  private SqlText() {}

  /**
   * @param sql as the application gave it to the driver; may hold several statements
   */
  public static SqlStatement describe(String sql, Dialect dialect) {
    SqlReader reading = new SqlReader(sql, dialect).read();
    SqlSummary summary = new SqlSummary(reading.tokens());
    String operation = summary.operation();
    @Nullable String collection = summary.collection(operation);
    String text = reading.text();
    return new SqlStatement(
        operation,
        collection,
        collection == null ? operation : operation + " " + collection,
        text.length() <= MAX_TEXT_CHARS ? text : text.substring(0, MAX_TEXT_CHARS) + "…",
        reading.isAmbiguous()
            ? StatementClasses.of(StatementClass.UNKNOWN)
            : SqlClasses.of(reading.tokens(), dialect));
  }
}
