package io.endomesh.dataplane;

import org.jspecify.annotations.Nullable;

/**
 * One execution of a statement on a database. The instrumentation lets the driver do its work and
 * says how it ended, exactly once. Not thread-safe.
 */
public final class DatabaseCall {

  private final Mesh mesh;
  private final Database database;
  private final SqlStatement statement;
  private final int batchSize;
  private final CallContext context;
  private final long startNanos;
  private final @Nullable Object observed;
  private boolean ended;

  DatabaseCall(Mesh mesh, Database database, SqlStatement statement, int batchSize) {
    this.mesh = mesh;
    this.database = database;
    this.statement = statement;
    this.batchSize = batchSize;
    this.context = CallContext.current();
    this.startNanos = mesh.nanoTime();
    this.observed = mesh.observer().statementStarted(this);
  }

  public Database database() {
    return database;
  }

  public SqlStatement statement() {
    return statement;
  }

  /** Statements sent in one go; 1 if this is no batch. */
  public int batchSize() {
    return batchSize;
  }

  /** Who calls, and on whose behalf: the context that was current when the call began. */
  public CallContext context() {
    return context;
  }

  /**
   * The driver returned or threw.
   *
   * @param sqlState of the error ({@code SQLException.getSQLState()}), null if there is none
   */
  public void ended(@Nullable Throwable error, @Nullable String sqlState) {
    if (ended) {
      return;
    }
    ended = true;
    mesh.observer().statementEnded(this, observed, mesh.nanoTime() - startNanos, error, sqlState);
  }
}
