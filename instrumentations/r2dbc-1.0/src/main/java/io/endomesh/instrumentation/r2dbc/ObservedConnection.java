package io.endomesh.instrumentation.r2dbc;

import io.endomesh.dataplane.Database;
import io.endomesh.dataplane.database.SqlTexts;
import io.r2dbc.spi.Batch;
import io.r2dbc.spi.Connection;
import io.r2dbc.spi.Statement;
import java.lang.reflect.Method;
import org.jspecify.annotations.Nullable;

/** A connection whose statements are observed. */
final class ObservedConnection extends Observed {

  private final Target target;
  private final Database database;

  private ObservedConnection(Connection connection, Target target, Database database) {
    super(connection);
    this.target = target;
    this.database = database;
  }

  static Connection of(Connection connection, Target target, Database database) {
    return (Connection) new ObservedConnection(connection, target, database).proxy();
  }

  @Override
  @Nullable Object shown(
      Method method, @Nullable Object @Nullable [] arguments, @Nullable Object returned) {
    if (returned instanceof Statement statement
        && arguments != null
        && arguments[0] instanceof String sql) {
      return new ObservedStatement(statement, database, SqlTexts.describe(sql, target.dialect()))
          .proxy();
    }
    return returned instanceof Batch batch
        ? new ObservedBatch(batch, database, target.dialect()).proxy()
        : returned;
  }
}
