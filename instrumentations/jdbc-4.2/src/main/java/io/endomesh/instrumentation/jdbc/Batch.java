package io.endomesh.instrumentation.jdbc;

import io.endomesh.dataplane.SqlStatement;
import io.endomesh.dataplane.database.StatementClasses;
import org.jspecify.annotations.Nullable;

/** What was added to a batch so far. Confined to the thread that uses the statement. */
final class Batch {

  private int size;
  private @Nullable SqlStatement statement;
  private StatementClasses classes = StatementClasses.NONE;
  private boolean mixed;

  void add(SqlStatement added) {
    if (statement == null) {
      statement = added;
    } else {
      mixed |= !statement.summary().equals(added.summary());
    }
    classes = classes.and(added.classes());
    size++;
  }

  int size() {
    return size;
  }

  /** Of all that was added; different statements have no name and no text in common. */
  SqlStatement statement() {
    SqlStatement first = statement;
    return first == null || mixed
        ? new SqlStatement("BATCH", null, "BATCH", null, classes)
        : new SqlStatement(
            first.operation(), first.collection(), first.summary(), first.text(), classes);
  }
}
