package io.endomesh.instrumentation.jdbc;

import io.endomesh.dataplane.Attempt;
import io.endomesh.dataplane.AttemptResult;
import io.endomesh.dataplane.BlockingCall;
import io.endomesh.dataplane.Call;
import io.endomesh.dataplane.Database;
import io.endomesh.dataplane.Reply;
import io.endomesh.dataplane.database.ConnectRefusal;
import io.endomesh.dataplane.database.ConnectRequest;
import io.endomesh.dataplane.database.DatabaseFailure;
import io.endomesh.dataplane.identity.ClientTls;
import io.endomesh.dataplane.identity.OriginatedTls;
import io.endomesh.dataplane.identity.PrescribedTls;
import io.endomesh.weaving.AgentLog;
import io.endomesh.weaving.CallDepth;
import io.endomesh.weaving.Weaving;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.sql.Connection;
import java.sql.Driver;
import java.sql.SQLException;
import java.sql.SQLNonTransientConnectionException;
import java.sql.SQLTransientConnectionException;
import java.util.Locale;
import java.util.Properties;
import org.jspecify.annotations.Nullable;

/**
 * Opens a connection to a database of the mesh: each attempt gives the driver the same URL with the
 * address of one endpoint. What the driver throws is the application's, as it is. Thread-safe.
 */
final class MeshConnect {

  /** Inside while the driver opens a connection for an attempt: drivers call each other. */
  private static final CallDepth CONNECTING = new CallDepth();

  private MeshConnect() {}

  /** Null if the host is not in the mesh: the driver goes on by itself. */
  static @Nullable Connected connect(Driver driver, String url, @Nullable Properties properties) {
    JdbcUrl parsed = CONNECTING.isInside() || Weaving.onAgentThread() ? null : JdbcUrl.parse(url);
    if (parsed == null || parsed.overridden(properties) || !accepts(driver, url)) {
      return null;
    }
    Call call =
        Weaving.mesh().call(new ConnectRequest(parsed.authority(), parsed.readOnly(properties)));
    return call == null
        ? null
        : run(call, new Opening(call, driver, parsed, properties, Patience.of(parsed, properties)));
  }

  /** {@code DriverManager} asks all drivers in turn; only the URL's own is led to an endpoint. */
  private static boolean accepts(Driver driver, String url) {
    try {
      return driver.acceptsURL(url);
    } catch (SQLException e) {
      // It says so once more, and to the application, when it goes on by itself.
      return false;
    }
  }

  private static Connected run(Call call, Opening opening) {
    try {
      return BlockingCall.run(call, opening);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return new Connected(
          null,
          new SQLTransientConnectionException("interrupted", ConnectRefusal.UNABLE_TO_CONNECT, e));
    } finally {
      call.notOpened();
    }
  }

  /**
   * @param properties as the application gave them
   */
  private record Opening(
      Call call, Driver driver, JdbcUrl url, @Nullable Properties properties, Patience patience)
      implements BlockingCall.Exchange<Connected, RuntimeException> {

    @Override
    public AttemptResult<Connected> exchange(Attempt attempt) {
      InetSocketAddress address = attempt.endpoint().address();
      ClientTls tls = attempt.tls();
      // Nothing that speaks a database's protocol speaks mutual TLS of the mesh.
      OriginatedTls originated = attempt.endpoint().originated();
      JdbcUrl asked = originated == null ? null : DriverTls.asked(url);
      if (tls != null && asked == null) {
        return new AttemptResult.Delivered<>(closed(attempt, address, tls.expectedIdentity()));
      }
      Connected connected =
          originated == null || asked == null
              ? connect(url, address)
              : connect(asked, address, originated);
      Connection connection = connected.connection();
      if (connection != null) {
        attempt.connected();
        call.opened(null);
        tellIfUnguarded();
        Databases.opened(connection, database(attempt, address));
      } else if (connected.error() instanceof SQLException e
          && ConnectionFailure.isUnreachable(e)) {
        // Nothing was executed on a connection that was not made: another endpoint may be tried,
        // unless the application's time for it is over.
        long delayNanos = attempt.failed(e, /* sent= */ !patience.lastsAfter(e));
        if (delayNanos != Attempt.DELIVER) {
          return new AttemptResult.Again<>(delayNanos);
        }
        call.opened(e);
      } else if (connected.error() instanceof SQLException e) {
        // The server answered: a wrong password is wrong on every endpoint.
        attempt.connected();
        call.opened(DatabaseFailure.is(e.getSQLState()) ? e : null);
      } else {
        attempt.abandoned(connected.error());
      }
      return new AttemptResult.Delivered<>(connected);
    }

    /** Somebody may have written a policy for what it executes. */
    private void tellIfUnguarded() {
      if (url.system().equals(OracleUrl.SYSTEM)) {
        AgentLog.warnOnce(
            "unguarded " + url.host(),
            "statements on "
                + url.host()
                + " are neither observed nor guarded: for Oracle's driver a DatabasePolicy holds"
                + " for connections only");
      }
    }

    /** What the driver speaks would not prove who the server is. */
    private static Connected closed(Attempt attempt, InetSocketAddress address, String identity) {
      SQLException refusal =
          new SQLNonTransientConnectionException(
              ConnectRefusal.unproven(address, identity), ConnectRefusal.REJECTED);
      attempt.abandoned(refusal);
      return new Connected(null, refusal);
    }

    /** A connection that is not what the mesh says it must be is closed, and none. */
    private Connected connect(JdbcUrl asked, InetSocketAddress address, OriginatedTls tls) {
      PrescribedTls opening = PrescribedTls.of(tls, Weaving.mesh().identity());
      try {
        Connected connected = connect(asked, address);
        Connection connection = connected.connection();
        if (connection == null || opening.begun()) {
          return connected;
        }
        connection.close();
        return new Connected(
            null,
            new SQLNonTransientConnectionException(
                ConnectRefusal.unproven(address, tls.expected()), ConnectRefusal.REJECTED));
      } catch (SQLException e) {
        return new Connected(null, e);
      } finally {
        opening.end();
      }
    }

    /** What the driver throws is no exception of ours: it must not be suppressed. */
    private Connected connect(JdbcUrl url, InetSocketAddress address) {
      CONNECTING.enter();
      try {
        return new Connected(driver.connect(url.at(address), properties), null);
      } catch (SQLException | RuntimeException | Error e) {
        return new Connected(null, e);
      } finally {
        CONNECTING.exit();
      }
    }

    private Database database(Attempt attempt, InetSocketAddress address) {
      return new Database(
          url.system(),
          attempt.call().service(),
          url.host(),
          url.port(),
          url.database(),
          url.authority().toLowerCase(Locale.ROOT),
          address,
          attempt.tls() != null);
    }

    @Override
    public Connected reply(Reply reply) {
      ConnectRefusal refusal = ConnectRefusal.of(reply);
      if (!refusal.mayPass()) {
        return new Connected(
            null, new SQLNonTransientConnectionException(refusal.message(), refusal.sqlState()));
      }
      SQLException reason =
          new SQLTransientConnectionException(refusal.message(), refusal.sqlState());
      if (refusal.noEndpoint() || (refusal.timedOut() && call.attempts() > 0)) {
        call.opened(reason);
      }
      return refusal.noEndpoint() ? refused(reason) : new Connected(null, reason);
    }

    /**
     * The driver's own error, of a port that is taken and where nobody listens: applications and
     * pools know what their driver throws when the database is down. Ours stands beside it.
     */
    private Connected refused(SQLException reason) {
      try (Socket taken = new Socket()) {
        taken.bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0));
        Connected refused =
            connect(
                url, new InetSocketAddress(InetAddress.getLoopbackAddress(), taken.getLocalPort()));
        if (refused.error() == null) {
          return new Connected(null, reason);
        }
        refused.error().addSuppressed(reason);
        return refused;
      } catch (IOException e) {
        reason.addSuppressed(e);
        return new Connected(null, reason);
      }
    }
  }
}
