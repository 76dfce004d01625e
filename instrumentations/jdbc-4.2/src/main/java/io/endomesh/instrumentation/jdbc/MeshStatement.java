package io.endomesh.instrumentation.jdbc;

import io.endomesh.dataplane.Database;
import io.endomesh.dataplane.SqlStatement;
import io.endomesh.weaving.CallDepth;
import io.endomesh.weaving.WeakIdentityMap;
import io.endomesh.weaving.Weaving;
import java.sql.PreparedStatement;
import java.sql.Statement;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import org.jspecify.annotations.Nullable;

/** Observes the execution of statements. Thread-safe. */
final class MeshStatement {

  /** Inside while a driver executes: its methods call each other. */
  static final CallDepth EXECUTING = new CallDepth();

  /**
   * Different texts that are remembered. An application that prepares its statements has a few
   * hundred; one that writes values into them has no end of them, and gains nothing by it.
   */
  private static final int MAX_TEXTS = 1_000;

  private static final SqlStatement BATCH = new SqlStatement("BATCH", null, "BATCH", null);

  private static final WeakIdentityMap<PreparedStatement, SqlStatement> PREPARED =
      new WeakIdentityMap<>();
  private static final ConcurrentMap<String, SqlStatement> KNOWN = new ConcurrentHashMap<>();

  private MeshStatement() {}

  static void prepared(PreparedStatement statement, String sql) {
    PREPARED.putIfAbsent(statement, describe(sql));
  }

  /** Always gives an execution, so that what was entered is left again. */
  static Execution begin(Statement statement, @Nullable String sql) {
    if (!EXECUTING.enter() || Weaving.onAgentThread()) {
      return new Execution(null);
    }
    Database database = Databases.of(statement);
    if (database == null) {
      return new Execution(null);
    }
    return new Execution(
        Weaving.mesh().statement(database, statementOf(statement, sql), /* batchSize= */ 1));
  }

  private static SqlStatement statementOf(Statement statement, @Nullable String sql) {
    if (sql != null) {
      return describe(sql);
    }
    SqlStatement prepared =
        statement instanceof PreparedStatement known ? PREPARED.get(known) : null;
    return prepared == null ? BATCH : prepared;
  }

  private static SqlStatement describe(String sql) {
    SqlStatement known = KNOWN.get(sql);
    if (known != null) {
      return known;
    }
    SqlStatement described = SqlText.describe(sql);
    if (KNOWN.size() < MAX_TEXTS) {
      KNOWN.put(sql, described);
    }
    return described;
  }
}
