package io.endomesh.testkit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.endomesh.dataplane.cluster.Endpoint;
import io.endomesh.dataplane.cluster.Load;
import io.endomesh.dataplane.cluster.Locality;
import io.endomesh.dataplane.identity.OriginatedTls;
import io.endomesh.dataplane.identity.PeerName;
import io.endomesh.dataplane.identity.TestAuthority;
import io.endomesh.testkit.database.ServerTls;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.security.GeneralSecurityException;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/**
 * TLS between a driver and its database as a policy says, whatever the application's URL does. The
 * server asks its user for a certificate of the mesh, and has one of an authority of its own.
 */
@Contract("JDBC driver")
public abstract class JdbcTlsContract extends DatabaseFixture {

  /** Whom the server's certificate names. */
  public static final String NAME = "orders-db.internal";

  /** Of the server's certificate, and of no workload's. */
  public static final TestAuthority AUTHORITY = new TestAuthority("CN=databases");

  /** With TLS. */
  protected abstract DatabaseUnderTest database();

  /** Without. */
  protected abstract SharedServer plaintext();

  @BeforeEach
  void start() {
    // A pool may have set it, for all.
    DriverManager.setLoginTimeout(0);
    observe();
  }

  @Test
  void mutual_serverKnowsTheWorkloadByItsCertificate() throws Exception {
    try (Connection direct = connect(database().url("127.0.0.1:" + port()))) {
      assertThat(direct).as("a connection without a certificate").isNull();
    } catch (SQLException expected) {
      // The server wants a certificate.
    }
    routes.host(HOST, endpoint(port(), tls(AUTHORITY, NAME, true)));

    try (Connection connection = connect(database().url(HOST))) {
      assertThat(answers(connection)).isTrue();
    }
  }

  @Test
  void simple_userWithAPassword_isServed_andWhoMustShowACertificateIsNot() throws Exception {
    routes.host(HOST, endpoint(port(), tls(AUTHORITY, NAME, false)));

    Properties reader = login();
    reader.setProperty("user", ServerTls.READER);
    try (Connection connection = database().driver().connect(database().url(HOST), reader)) {
      assertThat(answers(connection)).isTrue();
    }
    assertThatThrownBy(() -> connect(database().url(HOST)).close())
        .isInstanceOf(SQLException.class);
  }

  @Test
  void server_ofAnotherName_isNotSpokenTo() throws Exception {
    routes.host(HOST, endpoint(port(), tls(AUTHORITY, "billing-db.internal", true)));

    assertThatThrownBy(() -> connect(database().url(HOST)).close())
        .isInstanceOf(SQLException.class)
        .hasStackTraceContaining(
            "server proves [orders-db.internal] (expected: [billing-db.internal])");
  }

  @Test
  void server_ofAnotherAuthority_isNotSpokenTo() throws Exception {
    routes.host(HOST, endpoint(port(), tls(new TestAuthority("CN=databases"), NAME, true)));

    assertThatThrownBy(() -> connect(database().url(HOST)).close())
        .isInstanceOf(SQLException.class);
  }

  @Test
  void server_withoutTls_isNotSpokenTo() throws Exception {
    routes.host(HOST, endpoint(plaintext().server().port(), tls(AUTHORITY, NAME, true)));

    assertThatThrownBy(() -> connect(database().url(HOST)).close())
        .isInstanceOf(SQLException.class);
  }

  @Test
  void application_thatWaitsForATimeOnly_isConnectedAsWell() throws Exception {
    routes.host(HOST, endpoint(port(), tls(AUTHORITY, NAME, true)));

    try (Connection connection = connect(database().impatient(HOST))) {
      assertThat(answers(connection)).isTrue();
    }
  }

  @Test
  void url_isShownAsWritten() throws Exception {
    routes.host(HOST, endpoint(port(), tls(AUTHORITY, NAME, true)));

    try (Connection connection = connect(database().url(HOST))) {
      // Some drivers write it anew, from what differs from their defaults.
      assertThat(connection.getMetaData().getURL())
          .startsWith(database().url(HOST).replaceFirst("\\?.*", "?"))
          .doesNotContainIgnoringCase("sslMode=verify")
          .doesNotContainIgnoringCase("sslMode=require")
          .doesNotContainIgnoringCase("useSsl=true");
    }
  }

  @Test
  void timeoutOfAStatement_endsIt() throws Exception {
    routes.host(HOST, endpoint(port(), tls(AUTHORITY, NAME, true)));

    try (Connection connection = connect(database().url(HOST));
        Statement statement = connection.createStatement()) {
      statement.setQueryTimeout(1);
      assertThatThrownBy(() -> statement.execute(database().endless()))
          .isInstanceOf(SQLException.class);
    }
  }

  @Test
  void cancel_endsAStatement() throws Exception {
    routes.host(HOST, endpoint(port(), tls(AUTHORITY, NAME, true)));

    try (Connection connection = connect(database().url(HOST));
        Statement statement = connection.createStatement()) {
      CompletableFuture<Void> running =
          CompletableFuture.runAsync(
              () ->
                  assertThatThrownBy(() -> statement.execute(database().endless()))
                      .isInstanceOf(SQLException.class));
      try (Connection other = connect(database().url(HOST));
          Statement asking = other.createStatement()) {
        awaitRunning(asking);
      }
      JdbcTroubleContract.cancelUntil(statement, running);
      running.join();
    }
  }

  /** Until the server runs an endless statement. */
  private void awaitRunning(Statement asking) {
    Await.until(
        "an endless statement that runs",
        () -> {
          try (ResultSet count = asking.executeQuery(database().running())) {
            return count.next() && count.getInt(1) > 0;
          } catch (SQLException e) {
            throw new IllegalStateException(e);
          }
        });
  }

  private boolean answers(Connection connection) throws SQLException {
    try (Statement statement = connection.createStatement()) {
      return statement.execute("SELECT 1");
    }
  }

  private Connection connect(String url) throws SQLException {
    return database().driver().connect(url, login());
  }

  private Properties login() {
    Properties login = new Properties();
    login.setProperty("user", database().server().user());
    login.setProperty("password", database().server().password());
    return login;
  }

  private int port() {
    return database().server().port();
  }

  private static OriginatedTls tls(TestAuthority authority, String name, boolean ownCertificate)
      throws GeneralSecurityException {
    return new OriginatedTls(
        List.of(authority.root()),
        name,
        List.of(new PeerName(PeerName.Kind.DNS, name)),
        ownCertificate);
  }

  private static Endpoint endpoint(int port, OriginatedTls tls) {
    return new Endpoint(
        new InetSocketAddress(InetAddress.getLoopbackAddress(), port),
        null,
        Map.of(),
        1,
        0,
        Locality.NONE,
        1,
        tls,
        new Load());
  }
}
