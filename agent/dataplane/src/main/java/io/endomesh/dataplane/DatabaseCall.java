package io.endomesh.dataplane;

import io.endomesh.dataplane.database.DatabasePolicy;
import org.jspecify.annotations.Nullable;

/**
 * One execution of a statement on a database. The instrumentation lets the driver do its work,
 * unless there is a {@link #refusal}, and says how it ended, exactly once. Not thread-safe.
 */
public final class DatabaseCall {

  private final Mesh mesh;
  private final Database database;
  private final @Nullable DatabasePolicy policy;
  private final SqlStatement statement;
  private final int batchSize;
  private final CallContext context;
  private final long startNanos;
  private final @Nullable Object observed;
  private final @Nullable StatementRefusal refusal;
  private boolean ended;

  DatabaseCall(
      Mesh mesh,
      Database database,
      @Nullable DatabasePolicy policy,
      SqlStatement statement,
      int batchSize) {
    this.mesh = mesh;
    this.database = database;
    this.policy = policy;
    this.statement = statement;
    this.batchSize = batchSize;
    this.context = CallContext.current();
    this.startNanos = mesh.nanoTime();
    this.observed = mesh.observer().statementStarted(this);
    this.refusal = StatementPipeline.refusal(this);
  }

  public Database database() {
    return database;
  }

  public SqlStatement statement() {
    return statement;
  }

  /** The rules of the database, null if there are none. */
  public @Nullable DatabasePolicy policy() {
    return policy;
  }

  /** Why the statement must not be given to the driver; null if it may be. */
  public @Nullable StatementRefusal refusal() {
    return refusal;
  }

  /** True if a statement that took so long is to be told of. */
  public boolean isSlow(long durationNanos) {
    return policy != null && policy.slowNanos() > 0 && durationNanos >= policy.slowNanos();
  }

  /** Statements sent in one go; 1 if this is no batch. */
  public int batchSize() {
    return batchSize;
  }

  Mesh mesh() {
    return mesh;
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
