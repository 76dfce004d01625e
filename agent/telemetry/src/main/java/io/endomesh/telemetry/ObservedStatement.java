package io.endomesh.telemetry;

import io.endomesh.dataplane.Database;
import io.endomesh.dataplane.DatabaseCall;
import io.endomesh.dataplane.SqlStatement;
import io.opentelemetry.api.trace.SpanContext;
import org.jspecify.annotations.Nullable;

/** One execution of a statement on a database. */
final class ObservedStatement extends Observed {

  final Database database;
  final SqlStatement statement;
  final int batchSize;
  @Nullable String sqlState;

  /** That refused it; null if none did. */
  @Nullable String policy;

  /** By whose measure it was slow; null if it was not. */
  @Nullable String slowBy;

  ObservedStatement(DatabaseCall call, SpanContext span, SpanContext parent, long startEpochNanos) {
    super(span, parent, startEpochNanos);
    this.database = call.database();
    this.statement = call.statement();
    this.batchSize = call.batchSize();
  }

  /** What the database's policy has to say of it. */
  void judge(DatabaseCall call) {
    if (call.refusal() != null) {
      policy = call.refusal().policy();
    } else if (call.policy() != null && call.isSlow(durationNanos)) {
      slowBy = call.policy().name();
    }
  }

  /** SQLSTATE is the error's type where there is one, as the database conventions have it. */
  void end(long durationNanos, @Nullable Throwable error, @Nullable String sqlState) {
    this.durationNanos = durationNanos;
    this.sqlState = sqlState;
    if (error != null) {
      errorType = sqlState != null ? sqlState : error.getClass().getName();
    }
  }

  @Override
  Instrument instrument() {
    return Instrument.DATABASE;
  }
}
