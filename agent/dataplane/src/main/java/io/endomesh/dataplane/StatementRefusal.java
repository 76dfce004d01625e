package io.endomesh.dataplane;

/**
 * A statement that is not given to the driver, and why. Immutable.
 *
 * @param sqlState of the exception that the application gets
 * @param message one sentence for its developer, no secret
 * @param policy resource that decided, {@code DatabasePolicy/shop/orders-db}
 */
public record StatementRefusal(String sqlState, String message, String policy) {

  /** "insufficient privilege", as PostgreSQL, H2 and others have it (SQLSTATE class 42). */
  public static final String INSUFFICIENT_PRIVILEGE = "42501";
}
