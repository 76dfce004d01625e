package io.endomesh.instrumentation.r2dbc;

import io.endomesh.dataplane.StatementRefusal;
import io.r2dbc.spi.R2dbcDataIntegrityViolationException;
import io.r2dbc.spi.R2dbcException;
import io.r2dbc.spi.R2dbcNonTransientResourceException;
import io.r2dbc.spi.R2dbcPermissionDeniedException;
import io.r2dbc.spi.R2dbcRollbackException;
import io.r2dbc.spi.R2dbcTransientResourceException;

/**
 * What the application gets in place of a driver's exception. By its type it sees whether trying
 * again may help (R2DBC 1.0, 13.2). Stateless.
 */
final class RefusedStatement {

  private RefusedStatement() {}

  static R2dbcException exception(StatementRefusal refusal) {
    String state = refusal.sqlState();
    String message = refusal.message();
    return switch (state) {
      case StatementRefusal.LIMIT_EXCEEDED, StatementRefusal.BREAKER_OPEN ->
          new R2dbcTransientResourceException(message, state);
      case StatementRefusal.INSUFFICIENT_PRIVILEGE ->
          new R2dbcPermissionDeniedException(message, state);
      default ->
          switch (state.substring(0, 2)) {
            case "23" -> new R2dbcDataIntegrityViolationException(message, state);
            case "40" -> new R2dbcRollbackException(message, state);
            default -> new R2dbcNonTransientResourceException(message, state);
          };
    };
  }
}
