package io.endomesh.dataplane;

import io.endomesh.dataplane.cluster.Breaker;
import io.endomesh.dataplane.database.DatabaseFailure;
import io.endomesh.dataplane.database.DatabaseLoad;
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
  private @Nullable StatementRefusal refusal;
  private long leftNanos;
  private boolean inSlot;
  private Breaker.Permit permit = Breaker.Permit.FREE;
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
  }

  /** Decides whether it may go on, which may take a while: it may be delayed, or have to wait. */
  DatabaseCall decided() {
    refusal = StatementPipeline.refusal(this);
    leftNanos = mesh.nanoTime();
    return this;
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

  /** Of the database, for all statements of this workload. */
  DatabaseLoad load() {
    return mesh.databaseLoad(String.valueOf(database.service()));
  }

  /** It has a slot of the load, and gives it back when it ends. */
  void inSlot() {
    inSlot = true;
  }

  /** It was let through by a breaker, which wants to know how it ended. */
  void permitted(Breaker.Permit permit) {
    this.permit = permit;
  }

  /** Who calls, and on whose behalf: the context that was current when the call began. */
  public CallContext context() {
    return context;
  }

  /** Nanoseconds since the driver got it. */
  public long elapsedNanos() {
    return mesh.nanoTime() - leftNanos;
  }

  /**
   * As {@link #ended(Throwable, String, boolean)}, of one that did not take too long.
   *
   * @param sqlState of the error, null if there is none
   */
  public void ended(@Nullable Throwable error, @Nullable String sqlState) {
    ended(error, sqlState, /* timedOut= */ false);
  }

  /**
   * The driver returned or threw, or the statement was not given to it.
   *
   * @param sqlState of the error ({@code SQLException.getSQLState()}), null if there is none
   * @param timedOut true if the error is that the time for it was over
   */
  public void ended(@Nullable Throwable error, @Nullable String sqlState, boolean timedOut) {
    if (ended) {
      return;
    }
    ended = true;
    long now = mesh.nanoTime();
    if (inSlot) {
      load().leave();
    }
    if (refusal == null) {
      permit.outcome(outcome(timedOut || DatabaseFailure.is(sqlState), error, now), now);
    }
    mesh.observer().statementEnded(this, observed, now - startNanos, error, sqlState);
  }

  /** An error that is the application's own is a success of the database: it answered. */
  private Outcome outcome(boolean failed, @Nullable Throwable error, long now) {
    return failed
        ? new Outcome(0, Outcome.NOT_GRPC, error, now - leftNanos)
        : new Outcome(ANSWERED, Outcome.NOT_GRPC, null, now - leftNanos);
  }

  /** A statement has no status; it counts as a success. */
  private static final int ANSWERED = 200;
}
