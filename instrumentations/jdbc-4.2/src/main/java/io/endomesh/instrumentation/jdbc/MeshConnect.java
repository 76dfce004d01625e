package io.endomesh.instrumentation.jdbc;

import io.endomesh.dataplane.Attempt;
import io.endomesh.dataplane.AttemptResult;
import io.endomesh.dataplane.BlockingCall;
import io.endomesh.dataplane.Call;
import io.endomesh.dataplane.Database;
import io.endomesh.dataplane.Reply;
import io.endomesh.weaving.CallDepth;
import io.endomesh.weaving.Weaving;
import java.net.ConnectException;
import java.net.InetSocketAddress;
import java.net.NoRouteToHostException;
import java.net.UnknownHostException;
import java.sql.Connection;
import java.sql.Driver;
import java.sql.SQLException;
import java.sql.SQLNonTransientConnectionException;
import java.sql.SQLTransientConnectionException;
import java.util.Properties;
import org.jspecify.annotations.Nullable;

/**
 * Opens a connection to a database of the mesh: each attempt gives the driver the same URL with the
 * address of one endpoint. Thread-safe.
 */
final class MeshConnect {

  /** Inside while the driver opens a connection for an attempt: drivers call each other. */
  private static final CallDepth CONNECTING = new CallDepth();

  /** SQLSTATE class 08 is "connection exception" (SQL:2016, part 2, table 38). */
  private static final String CONNECTION_EXCEPTION = "08";

  /** "SQL-client unable to establish SQL-connection". */
  private static final String UNABLE_TO_CONNECT = "08001";

  /** "SQL-server rejected establishment of SQL-connection". */
  private static final String REJECTED = "08004";

  private static final int FORBIDDEN = 403;

  private MeshConnect() {}

  /** Null if the host is not in the mesh: the driver goes on by itself. */
  static @Nullable Connected connect(Driver driver, String url, @Nullable Properties properties) {
    JdbcUrl parsed = CONNECTING.isInside() || Weaving.onAgentThread() ? null : JdbcUrl.parse(url);
    if (parsed == null) {
      return null;
    }
    Call call = Weaving.mesh().call(new ConnectRequest(parsed.authority()));
    return call == null ? null : run(call, new Opening(driver, parsed, properties));
  }

  private static Connected run(Call call, Opening opening) {
    try {
      return new Connected(BlockingCall.run(call, opening), null);
    } catch (SQLException | Error e) {
      return new Connected(null, e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return new Connected(
          null, new SQLTransientConnectionException("interrupted", UNABLE_TO_CONNECT, e));
    }
  }

  /**
   * @param properties as the application gave them
   */
  private record Opening(Driver driver, JdbcUrl url, @Nullable Properties properties)
      implements BlockingCall.Exchange<Connection, SQLException> {

    @Override
    public AttemptResult<Connection> exchange(Attempt attempt) throws SQLException {
      InetSocketAddress address = attempt.endpoint().address();
      CONNECTING.enter();
      try {
        Connection connection = driver.connect(url.at(address), properties);
        attempt.connected();
        Databases.opened(
            connection,
            new Database(
                url.system(),
                attempt.call().service(),
                url.host(),
                url.port(),
                url.database(),
                address));
        return new AttemptResult.Delivered<>(connection);
      } catch (SQLException e) {
        return failed(attempt, e);
      } finally {
        CONNECTING.exit();
      }
    }

    /** Nothing was executed on a connection that was not made: another endpoint may be tried. */
    private static AttemptResult<Connection> failed(Attempt attempt, SQLException e)
        throws SQLException {
      if (!isConnectionFailure(e)) {
        // The server answered: a wrong password is wrong on every endpoint.
        attempt.connected();
        throw e;
      }
      long delayNanos = attempt.failed(e, /* sent= */ false);
      if (delayNanos == Attempt.DELIVER) {
        throw e;
      }
      return new AttemptResult.Again<>(delayNanos);
    }

    @Override
    public Connection reply(Reply reply) throws SQLException {
      String message = reply.message() + " (decided by " + reply.decidedBy() + ")";
      throw reply.status() == FORBIDDEN
          ? new SQLNonTransientConnectionException(message, REJECTED)
          : new SQLTransientConnectionException(message, UNABLE_TO_CONNECT);
    }
  }

  private static boolean isConnectionFailure(SQLException e) {
    String state = e.getSQLState();
    if (state != null && state.startsWith(CONNECTION_EXCEPTION)) {
      return true;
    }
    for (Throwable cause = e.getCause(); cause != null; cause = cause.getCause()) {
      if (cause instanceof ConnectException
          || cause instanceof NoRouteToHostException
          || cause instanceof UnknownHostException) {
        return true;
      }
    }
    return false;
  }
}
