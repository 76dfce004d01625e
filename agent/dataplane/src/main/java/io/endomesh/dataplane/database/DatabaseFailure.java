package io.endomesh.dataplane.database;

import java.io.EOFException;
import java.net.SocketException;
import java.net.UnknownHostException;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Errors that say that a database is in trouble, and not that it was asked for what it does not do:
 * a violated constraint (SQLSTATE class 23) or a syntax error (42) is the application's own.
 * Stateless.
 */
public final class DatabaseFailure {

  /** "Connection exception" (SQL:2016, part 2, table 38). */
  private static final String CONNECTION_EXCEPTION = "08";

  private static final Set<String> STATES =
      Set.of(
          // PostgreSQL, appendix A: admin_shutdown, crash_shutdown, cannot_connect_now.
          "57P01",
          "57P02",
          "57P03",
          // too_many_connections. MySQL's has class 08.
          "53300",
          // H2, ErrorCode: CONNECTION_BROKEN_1, DATABASE_IS_CLOSED, DATABASE_CALLED_AT_SHUTDOWN.
          "90067",
          "90098",
          "90121");

  private DatabaseFailure() {}

  /**
   * @param sqlState of an error, null if it has none
   */
  public static boolean is(@Nullable String sqlState) {
    return sqlState != null
        && (sqlState.startsWith(CONNECTION_EXCEPTION) || STATES.contains(sqlState));
  }

  /** True if a socket said so: no server answered, so another endpoint may. */
  public static boolean isUnreachable(Throwable failure) {
    return causedBy(failure, SocketException.class)
        || causedBy(failure, UnknownHostException.class)
        || causedBy(failure, EOFException.class);
  }

  public static boolean causedBy(Throwable failure, Class<? extends Throwable> type) {
    for (@Nullable Throwable cause = failure.getCause(); cause != null; cause = cause.getCause()) {
      if (type.isInstance(cause)) {
        return true;
      }
    }
    return false;
  }
}
