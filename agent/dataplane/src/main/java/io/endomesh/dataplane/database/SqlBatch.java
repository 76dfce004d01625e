package io.endomesh.dataplane.database;

import io.endomesh.dataplane.SqlStatement;
import org.jspecify.annotations.Nullable;

/** What an application added to a batch so far. Not thread-safe. */
public final class SqlBatch {

  private int size;
  private @Nullable SqlStatement statement;
  private StatementClasses classes = StatementClasses.NONE;
  private boolean mixed;

  public void add(SqlStatement added) {
    if (statement == null) {
      statement = added;
    } else {
      mixed |= !statement.summary().equals(added.summary());
    }
    classes = classes.and(added.classes());
    size++;
  }

  public int size() {
    return size;
  }

  /** Of all that was added; different statements have no name and no text in common. */
  public SqlStatement statement() {
    SqlStatement first = statement;
    return first == null || mixed
        ? new SqlStatement("BATCH", null, "BATCH", null, classes)
        : new SqlStatement(
            first.operation(), first.collection(), first.summary(), first.text(), classes);
  }
}
