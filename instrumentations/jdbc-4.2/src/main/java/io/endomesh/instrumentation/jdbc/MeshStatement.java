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

  /** Inside while a driver executes, or does its upkeep: its methods call each other. */
  static final CallDepth EXECUTING = new CallDepth();

  /**
   * Different texts that are remembered. An application that prepares its statements has a few
   * hundred; one that writes values into them has no end of them, and gains nothing by it.
   */
  private static final int MAX_TEXTS = 1_000;

  /** Of a statement that was prepared before the agent came. */
  private static final SqlStatement UNKNOWN = new SqlStatement("OTHER", null, "OTHER", null);

  private static final WeakIdentityMap<PreparedStatement, SqlStatement> PREPARED =
      new WeakIdentityMap<>();
  private static final WeakIdentityMap<Statement, Batch> BATCHES = new WeakIdentityMap<>();
  private static final ConcurrentMap<String, SqlStatement> STANDARD = new ConcurrentHashMap<>();
  private static final ConcurrentMap<String, SqlStatement> OF_MYSQL = new ConcurrentHashMap<>();

  private MeshStatement() {}

  static void prepared(PreparedStatement statement, String sql) {
    PREPARED.putIfAbsent(statement, describe(statement, sql));
  }

  /**
   * @param sql null for another set of values of a prepared statement
   */
  static void added(Statement statement, @Nullable String sql) {
    Batch batch = BATCHES.get(statement);
    if (batch == null) {
      batch = new Batch();
      BATCHES.put(statement, batch);
    }
    batch.add(sql == null ? preparedAs(statement) : describe(statement, sql));
  }

  static void cleared(Statement statement) {
    if (!EXECUTING.isInside()) {
      BATCHES.remove(statement);
    }
  }

  /**
   * Always gives an execution, so that what was entered is left again.
   *
   * @param sql null for a prepared statement
   */
  static Execution begin(Statement statement, @Nullable String sql) {
    if (!EXECUTING.enter() || Weaving.onAgentThread()) {
      return new Execution(null);
    }
    Database database = Databases.of(statement);
    if (database == null) {
      return new Execution(null);
    }
    SqlStatement known = sql == null ? preparedAs(statement) : describe(statement, sql);
    return observe(database, known == null ? UNKNOWN : known, 1);
  }

  /** As {@link #begin}; drivers empty a batch when they execute it, however that ends. */
  static Execution beginBatch(Statement statement) {
    if (!EXECUTING.enter() || Weaving.onAgentThread()) {
      return new Execution(null);
    }
    Batch batch = BATCHES.remove(statement);
    Database database = Databases.of(statement);
    return database == null || batch == null
        ? new Execution(null)
        : observe(database, batch.statement(), batch.size());
  }

  private static Execution observe(Database database, SqlStatement statement, int batchSize) {
    return new Execution(Weaving.mesh().statement(database, statement, batchSize));
  }

  private static @Nullable SqlStatement preparedAs(Statement statement) {
    return statement instanceof PreparedStatement known ? PREPARED.get(known) : null;
  }

  private static SqlStatement describe(Statement statement, String sql) {
    Dialect dialect = Dialect.of(statement);
    ConcurrentMap<String, SqlStatement> texts = dialect == Dialect.MYSQL ? OF_MYSQL : STANDARD;
    SqlStatement known = texts.get(sql);
    if (known != null) {
      return known;
    }
    SqlStatement described = SqlText.describe(sql, dialect);
    if (texts.size() < MAX_TEXTS) {
      texts.put(sql, described);
    }
    return described;
  }
}
