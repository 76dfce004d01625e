package io.endomesh.instrumentation.jdbc;

import io.endomesh.dataplane.DatabaseCall;
import java.sql.SQLException;
import org.jspecify.annotations.Nullable;

/**
 * One level of an execution: the outermost is observed, those within it only count down. Confined
 * to the thread that executes. Public because woven code hands it from enter to exit.
 */
public final class Execution {

  private final @Nullable DatabaseCall call;

  /** Null: not observed. */
  Execution(@Nullable DatabaseCall call) {
    this.call = call;
  }

  void end(@Nullable Throwable error) {
    MeshStatement.EXECUTING.exit();
    if (call != null) {
      call.ended(error, error instanceof SQLException sql ? sql.getSQLState() : null);
    }
  }
}
