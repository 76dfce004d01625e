package io.endomesh.instrumentation.jdbc;

import io.endomesh.dataplane.database.DatabasePolicy;
import io.endomesh.weaving.AgentLog;
import java.sql.SQLException;
import java.sql.SQLTimeoutException;
import java.sql.Statement;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * The time that a policy gives one execution, by the driver's own means: {@code setQueryTimeout}
 * for as long as it executes. It shortens what the application set and never lengthens it;
 * afterwards the application's stands there again. Immutable.
 *
 * @param seconds of the policy
 * @param ownSeconds as the application set it, 0 for none
 */
record QueryTimeout(String policy, int seconds, int ownSeconds) {

  /**
   * Of drivers that throw no {@link SQLTimeoutException}: "query canceled" of PostgreSQL, and
   * MariaDB's "query execution was interrupted".
   */
  private static final Set<String> TIMED_OUT = Set.of("57014", "70100");

  /** Drivers' timers follow the time of day, which may be set while they run. */
  private static final double TIMER_ACCURACY = 0.9;

  /** Null if there is none, or the application's own is as short. */
  static @Nullable QueryTimeout begin(Statement statement, @Nullable DatabasePolicy policy) {
    int seconds = policy == null ? 0 : policy.timeoutSeconds();
    if (policy == null || seconds == 0) {
      return null;
    }
    try {
      int own = statement.getQueryTimeout();
      if (own > 0 && own <= seconds) {
        return null;
      }
      statement.setQueryTimeout(seconds);
      return new QueryTimeout(policy.name(), seconds, own);
    } catch (SQLException e) {
      AgentLog.warnOnce(
          "query timeout " + policy.name(),
          "the statement timeout of "
              + policy.name()
              + " has no effect, the driver would not have it: "
              + e.getMessage());
      return null;
    }
  }

  /**
   * True if an execution was ended because its time was over, be it the policy's or the
   * application's own. Drivers throw the same when the application cancels it; only the time tells.
   *
   * @param elapsedNanos since the driver got it
   */
  static boolean isOver(Statement statement, @Nullable Throwable error, long elapsedNanos)
      throws SQLException {
    if (!isTimeout(error) || statement.isClosed()) {
      return false;
    }
    int seconds = statement.getQueryTimeout();
    return seconds > 0 && elapsedNanos >= TimeUnit.SECONDS.toNanos(seconds) * TIMER_ACCURACY;
  }

  private static boolean isTimeout(@Nullable Throwable error) {
    return error instanceof SQLTimeoutException
        || error instanceof SQLException e && TIMED_OUT.contains(String.valueOf(e.getSQLState()));
  }

  void end(Statement statement, @Nullable Throwable error) throws SQLException {
    if (error != null && isTimeout(error)) {
      error.addSuppressed(
          new SQLTimeoutException("statement timeout of " + policy + ": " + seconds + " s"));
    }
    if (!statement.isClosed()) {
      statement.setQueryTimeout(ownSeconds);
    }
  }
}
