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

  /** "configuration limit exceeded" (PostgreSQL, appendix A). */
  public static final String LIMIT_EXCEEDED = "53400";

  /**
   * "operator intervention" (PostgreSQL, appendix A). Not of class 08: pools throw away connections
   * with such errors, and then have to open new ones at a database that is in trouble.
   */
  public static final String BREAKER_OPEN = "57000";
}
