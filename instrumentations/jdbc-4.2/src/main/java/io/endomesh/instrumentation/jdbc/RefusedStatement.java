package io.endomesh.instrumentation.jdbc;

import io.endomesh.dataplane.StatementRefusal;
import java.sql.SQLException;
import java.sql.SQLIntegrityConstraintViolationException;
import java.sql.SQLNonTransientConnectionException;
import java.sql.SQLTransactionRollbackException;
import java.sql.SQLTransientConnectionException;
import java.sql.SQLTransientException;

/**
 * What the application catches in place of a driver's exception. By its type an application sees
 * whether trying again may help, as JDBC has it. Stateless.
 */
final class RefusedStatement {

  private RefusedStatement() {}

  /** The types of classes 08, 23 and 40 are those of JDBC 4.2, tables 8-1 and 8-2. */
  static SQLException exception(StatementRefusal refusal) {
    String state = refusal.sqlState();
    String message = refusal.message();
    return switch (state) {
      case StatementRefusal.LIMIT_EXCEEDED -> new SQLTransientException(message, state);
      case StatementRefusal.BREAKER_OPEN -> new SQLTransientConnectionException(message, state);
      default ->
          switch (state.substring(0, 2)) {
            case "08" -> new SQLNonTransientConnectionException(message, state);
            case "23" -> new SQLIntegrityConstraintViolationException(message, state);
            case "40" -> new SQLTransactionRollbackException(message, state);
            default -> new SQLException(message, state);
          };
    };
  }
}
