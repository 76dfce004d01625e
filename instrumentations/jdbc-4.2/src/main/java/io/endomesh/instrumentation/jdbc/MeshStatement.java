package io.endomesh.instrumentation.jdbc;

import io.endomesh.dataplane.Database;
import io.endomesh.dataplane.DatabaseCall;
import io.endomesh.dataplane.SqlStatement;
import io.endomesh.dataplane.database.Dialect;
import io.endomesh.dataplane.database.SqlBatch;
import io.endomesh.dataplane.database.SqlTexts;
import io.endomesh.dataplane.database.StatementClass;
import io.endomesh.dataplane.database.StatementClasses;
import io.endomesh.weaving.CallDepth;
import io.endomesh.weaving.WeakIdentityMap;
import io.endomesh.weaving.Weaving;
import java.sql.PreparedStatement;
import java.sql.Statement;
import org.jspecify.annotations.Nullable;

/** What becomes of the execution of statements: observed, refused, ended in time. Thread-safe. */
final class MeshStatement {

  /** Inside while a driver executes, or does its upkeep: its methods call each other. */
  static final CallDepth EXECUTING = new CallDepth();

  /** Of a statement that was prepared before the agent came. */
  private static final SqlStatement UNKNOWN =
      new SqlStatement("OTHER", null, "OTHER", null, StatementClasses.of(StatementClass.UNKNOWN));

  private static final WeakIdentityMap<PreparedStatement, SqlStatement> PREPARED =
      new WeakIdentityMap<>();
  private static final WeakIdentityMap<Statement, SqlBatch> BATCHES = new WeakIdentityMap<>();

  private MeshStatement() {}

  static void prepared(PreparedStatement statement, String sql) {
    PREPARED.putIfAbsent(statement, describe(statement, sql));
  }

  /**
   * @param sql null for another set of values of a prepared statement
   */
  static void added(Statement statement, @Nullable String sql) {
    SqlBatch batch = BATCHES.get(statement);
    if (batch == null) {
      batch = new SqlBatch();
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
      return Execution.PLAIN;
    }
    Database database = Databases.of(statement);
    if (database == null) {
      return Execution.PLAIN;
    }
    return begin(
        statement, database, sql == null ? preparedAs(statement) : describe(statement, sql), null);
  }

  /** As {@link #begin}; drivers empty a batch when they execute it, however that ends. */
  static Execution beginBatch(Statement statement) {
    if (!EXECUTING.enter() || Weaving.onAgentThread()) {
      return Execution.PLAIN;
    }
    SqlBatch batch = BATCHES.remove(statement);
    Database database = Databases.of(statement);
    return database == null || batch == null
        ? Execution.PLAIN
        : begin(statement, database, batch.statement(), batch);
  }

  private static Execution begin(
      Statement statement, Database database, SqlStatement known, @Nullable SqlBatch batch) {
    DatabaseCall call = Weaving.mesh().statement(database, known, batch == null ? 1 : batch.size());
    if (call.refusal() != null) {
      return new Execution(call, call.refusal(), batch != null);
    }
    try {
      return new Execution(call, QueryTimeout.begin(statement, call.policy()));
    } catch (RuntimeException | Error e) {
      // The driver executes it all the same, and nobody will say how that ended.
      call.ended(null, null);
      throw e;
    }
  }

  private static SqlStatement preparedAs(Statement statement) {
    SqlStatement known =
        statement instanceof PreparedStatement prepared ? PREPARED.get(prepared) : null;
    return known == null ? UNKNOWN : known;
  }

  private static SqlStatement describe(Statement statement, String sql) {
    return SqlTexts.describe(sql, dialect(statement));
  }

  /** By the driver, so that nothing is asked of the server. */
  private static Dialect dialect(Statement statement) {
    String type = statement.getClass().getName();
    if (type.startsWith("com.mysql.") || type.startsWith("org.mariadb.")) {
      return Dialect.MYSQL;
    }
    if (type.startsWith("com.microsoft.")) {
      return Dialect.SQL_SERVER;
    }
    return type.startsWith("org.h2.") ? Dialect.H2 : Dialect.POSTGRESQL;
  }
}
