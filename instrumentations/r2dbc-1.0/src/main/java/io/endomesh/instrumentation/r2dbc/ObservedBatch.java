package io.endomesh.instrumentation.r2dbc;

import io.endomesh.dataplane.Database;
import io.endomesh.dataplane.database.Dialect;
import io.endomesh.dataplane.database.SqlBatch;
import io.endomesh.dataplane.database.SqlTexts;
import io.r2dbc.spi.Batch;
import java.lang.reflect.Method;
import org.jspecify.annotations.Nullable;

/** Statements that are sent in one go. */
final class ObservedBatch extends Observed {

  private final Database database;
  private final Dialect dialect;
  private final SqlBatch batch = new SqlBatch();

  ObservedBatch(Batch original, Database database, Dialect dialect) {
    super(original);
    this.database = database;
    this.dialect = dialect;
  }

  @Override
  void told(Method method, @Nullable Object @Nullable [] arguments) {
    if (arguments != null && arguments.length == 1 && arguments[0] instanceof String sql) {
      batch.add(SqlTexts.describe(sql, dialect));
    }
  }

  @Override
  @Nullable Object shown(
      Method method, @Nullable Object @Nullable [] arguments, @Nullable Object returned) {
    return Execution.begins(method)
        ? Execution.observed(returned, database, batch.statement(), batch.size())
        : returned;
  }
}
