package io.endomesh.instrumentation.r2dbc;

import io.endomesh.dataplane.Database;
import io.endomesh.dataplane.SqlStatement;
import io.r2dbc.spi.Statement;
import java.lang.reflect.Method;
import org.jspecify.annotations.Nullable;

/** A statement; each further set of values makes it one more in a batch. */
final class ObservedStatement extends Observed {

  private final Database database;
  private final SqlStatement statement;
  private int sets = 1;

  ObservedStatement(Statement original, Database database, SqlStatement statement) {
    super(original);
    this.database = database;
    this.statement = statement;
  }

  @Override
  void told(Method method, @Nullable Object @Nullable [] arguments) {
    if (method.getName().equals("add")) {
      sets++;
    }
  }

  @Override
  @Nullable Object shown(
      Method method, @Nullable Object @Nullable [] arguments, @Nullable Object returned) {
    if (!Execution.begins(method)) {
      return returned;
    }
    int size = sets;
    sets = 1; // As drivers forget them.
    return Execution.observed(returned, database, statement, size);
  }
}
