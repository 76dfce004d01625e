package io.endomesh.instrumentation.jdbc;

import io.endomesh.dataplane.SqlStatement;
import org.jspecify.annotations.Nullable;

/** What was added to a batch so far. Confined to the thread that uses the statement. */
final class Batch {

  /** Of different statements, or of ones that are not known. */
  static final SqlStatement MIXED = new SqlStatement("BATCH", null, "BATCH", null);

  private int size;
  private @Nullable SqlStatement statement;

  void add(@Nullable SqlStatement added) {
    boolean same =
        added != null
            && (statement == null ? size == 0 : statement.summary().equals(added.summary()));
    if (!same) {
      statement = MIXED;
    } else if (statement == null) {
      statement = added;
    }
    size++;
  }

  int size() {
    return size;
  }

  SqlStatement statement() {
    return statement == null ? MIXED : statement;
  }
}
