package io.endomesh.instrumentation.jdbc;

import io.endomesh.dataplane.DatabaseCall;
import io.endomesh.dataplane.StatementRefusal;
import java.sql.SQLException;
import java.sql.Statement;
import org.jspecify.annotations.Nullable;

/**
 * One level of an execution: the outermost is observed, those within it only count down. Confined
 * to the thread that executes.
 */
final class Execution {

  /** Not observed. */
  static final Execution PLAIN = new Execution(null, null, null, false);

  private final @Nullable DatabaseCall call;
  private final @Nullable QueryTimeout timeout;
  private final @Nullable SQLException refusal;
  private final boolean batch;

  private Execution(
      @Nullable DatabaseCall call,
      @Nullable QueryTimeout timeout,
      @Nullable SQLException refusal,
      boolean batch) {
    this.call = call;
    this.timeout = timeout;
    this.refusal = refusal;
    this.batch = batch;
  }

  /**
   * @param timeout null leaves it to the application's
   */
  Execution(DatabaseCall call, @Nullable QueryTimeout timeout) {
    this(call, timeout, null, false);
  }

  /**
   * @param batch true if what was refused is a batch
   */
  Execution(DatabaseCall call, StatementRefusal refusal, boolean batch) {
    this(call, null, RefusedStatement.exception(refusal), batch);
  }

  /**
   * As advice hands it from enter to exit. The driver's method is skipped if the first is not null:
   * woven code knows none of our classes, so it cannot ask.
   */
  @Nullable Object[] entered() {
    return new @Nullable Object[] {refusal, this};
  }

  /**
   * @param entered null if entering failed
   * @return what the application gets in place of a result; null if the driver has answered
   */
  static @Nullable Throwable end(
      Statement statement, @Nullable Object @Nullable [] entered, @Nullable Throwable error) {
    if (entered != null && entered[1] instanceof Execution execution) {
      return execution.end(statement, error);
    }
    MeshStatement.EXECUTING.exit();
    return null;
  }

  private @Nullable Throwable end(Statement statement, @Nullable Throwable error) {
    SQLException refused = refusal;
    boolean timedOut = false;
    try {
      timedOut = call != null && QueryTimeout.isOver(statement, error, call.elapsedNanos());
      if (timeout != null) {
        timeout.end(statement, error);
      }
      if (batch) {
        // As after an execution that failed: drivers empty a batch then as well. Not so without
        // one: MariaDB's forgets the parameters with it, and the application may try again.
        statement.clearBatch();
      }
    } catch (SQLException notBatched) {
      // A statement that takes no batch has none to clear; a closed one fails where it is used.
    } finally {
      MeshStatement.EXECUTING.exit();
      // Whatever a driver threw just now: what the execution held is given back.
      if (call != null) {
        Throwable outcome = refused == null ? error : refused;
        call.ended(
            outcome, outcome instanceof SQLException sql ? sql.getSQLState() : null, timedOut);
      }
    }
    return refused;
  }
}
