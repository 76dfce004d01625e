package io.endomesh.dataplane.database;

import io.endomesh.dataplane.Reply;

/**
 * Why the mesh opens no connection, in the terms of a database's client. Immutable.
 *
 * @param mayPass true if trying again may help
 * @param noEndpoint true if there is nobody to connect to
 * @param timedOut true if the time for all attempts is over
 */
public record ConnectRefusal(
    String message, String sqlState, boolean mayPass, boolean noEndpoint, boolean timedOut) {

  /** "SQL-client unable to establish SQL-connection" (SQL:2016, part 2, table 38). */
  public static final String UNABLE_TO_CONNECT = "08001";

  /** "SQL-server rejected establishment of SQL-connection" (as above). */
  public static final String REJECTED = "08004";

  private static final int FORBIDDEN = 403;

  /** Bad Gateway: the workload may not call the host, and trying again will not change it. */
  private static final int BLOCKED = 502;

  /** Gateway Timeout. */
  private static final int TIMEOUT = 504;

  /** What {@link Reply#decidedBy} says if no policy decided, but there is nobody to connect to. */
  private static final String NO_ENDPOINT = "endpoint";

  public static ConnectRefusal of(Reply reply) {
    return new ConnectRefusal(
        reply.message() + " (decided by " + reply.decidedBy() + ")",
        reply.status() == FORBIDDEN ? REJECTED : UNABLE_TO_CONNECT,
        reply.status() != FORBIDDEN && reply.status() != BLOCKED,
        reply.decidedBy().equals(NO_ENDPOINT),
        reply.status() == TIMEOUT);
  }

  /** Of an endpoint that proves who it is in a way that the driver cannot be given. */
  public static String unproven(Object address, String expected) {
    return address
        + " must prove "
        + expected
        + ", which this driver cannot be made to check (expected: an endpoint without identity, as"
        + " those of a ServiceEntry are; TLS by a DatabasePolicy for the JDBC drivers of"
        + " PostgreSQL, MySQL and MariaDB)";
  }
}
