package io.endomesh.instrumentation.jdbc;

import io.endomesh.dataplane.database.DatabaseFailure;
import java.io.InterruptedIOException;
import java.sql.SQLException;
import java.sql.SQLTimeoutException;
import java.util.Set;

/** Reads what a driver throws that could not connect. Stateless. */
final class ConnectionFailure {

  /** SQLSTATE class 08 is "connection exception" (SQL:2016, part 2, table 38). */
  private static final String CONNECTION_EXCEPTION = "08";

  /**
   * Of Oracle's driver, whose states for what goes wrong in the network are of no class: connection
   * closed, lost contact, end of stream ("Error Messages", ORA-12537, ORA-12547, ORA-17800).
   */
  private static final Set<String> ORACLE_STATES = Set.of("66000", "72000");

  private static final Set<Integer> ORACLE_CLOSED = Set.of(12_537, 12_547, 17_800);

  private ConnectionFailure() {}

  /** True if no server answered, so that another endpoint may. */
  static boolean isUnreachable(SQLException e) {
    String state = e.getSQLState();
    if (state != null
        && (state.startsWith(CONNECTION_EXCEPTION)
            || (ORACLE_STATES.contains(state) && ORACLE_CLOSED.contains(e.getErrorCode())))) {
      return true;
    }
    // H2 has states of its own.
    return DatabaseFailure.isUnreachable(e) || isTimeout(e);
  }

  /** True if the time that the application gives to connect has passed. */
  static boolean isTimeout(SQLException e) {
    return e instanceof SQLTimeoutException
        || DatabaseFailure.causedBy(e, InterruptedIOException.class);
  }
}
