package io.endomesh.testkit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.endomesh.dataplane.Database;
import io.endomesh.dataplane.cluster.Endpoint;
import io.endomesh.dataplane.route.RetryPolicy;
import io.endomesh.dataplane.route.RouteAction;
import io.endomesh.dataplane.route.RoutePolicy;
import io.endomesh.testkit.TestRoutes.Rules;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.SQLNonTransientConnectionException;
import java.util.List;
import java.util.Properties;
import java.util.Set;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** Where connections go, and what the application sees if they cannot be opened. */
abstract class JdbcConnectionContract extends JdbcPoolPromises {

  // Where a connection goes.

  @Test
  void host_noDnsKnows_reachesItsEndpoint() throws SQLException {
    Relay server = open(relay());
    routes.host(HOST, server.endpoint());

    try (Connection connection = connect(database().url(HOST))) {
      assertThat(one(connection, "SELECT 1")).isEqualTo("1");
    }
    assertThat(server.connections()).isEqualTo(1);
  }

  @Test
  void portDatabaseParametersAndUser_arriveAsWritten() throws SQLException {
    routes.host(HOST + ":7777", real());

    try (Connection connection = connect(database().url(HOST + ":7777"))) {
      assertThat(one(connection, database().setting())).isEqualTo("4321");
      // H2 leaves out that it is in memory.
      assertThat(database().server().database()).endsWithIgnoringCase(connection.getCatalog());
      assertThat(connection.getMetaData().getUserName())
          .startsWithIgnoringCase(database().server().user());
    }
    Database observed = executions.get(0).call().database();
    assertThat(observed.host()).isEqualTo(HOST);
    assertThat(observed.port()).isEqualTo(7777);
  }

  @Test
  void host_unknownToTheMesh_isLeftAlone() throws SQLException {
    try (Connection connection = connect(direct())) {
      assertThat(one(connection, "SELECT 1")).isEqualTo("1");
    }
    assertThat(attempts).isEmpty();
    Database observed = only().call().database();
    assertThat(observed.service()).isNull();
    assertThat(observed.host()).isEqualTo("127.0.0.1");
    assertThat(observed.port()).isEqualTo(database().server().port());
  }

  @Test
  void url_ofSeveralServers_isLeftToTheDriver() throws Exception {
    Relay first = open(relay());
    Relay second = open(relay());
    routes.host(HOST, open(Relay.closing()).endpoint());
    routes.host("127.0.0.1:" + first.port(), open(Relay.closing()).endpoint());

    try (Connection connection =
        connect(
            database().severalHosts("127.0.0.1:" + first.port(), "127.0.0.1:" + second.port()))) {
      assertThat(one(connection, "SELECT 1")).isEqualTo("1");
    }
    assertThat(attempts).isEmpty();
    assertThat(first.connections()).isPositive();
  }

  @Test
  void url_ofAnotherDriver_isAnsweredWithNullAndReachesNoEndpoint() throws SQLException {
    Relay server = open(relay());
    routes.host(HOST, server.endpoint());

    assertThat(database().driver().connect(database().foreign(HOST), login())).isNull();

    assertThat(attempts).isEmpty();
    assertThat(server.connections()).isZero();
  }

  @Test
  void endpoints_two_shareNewConnections() throws SQLException {
    Relay one = open(relay());
    Relay two = open(relay());
    routes.host(HOST, one.endpoint(), two.endpoint());

    for (int i = 0; i < 40; i++) {
      connect(database().url(HOST)).close();
    }

    // 20 of 40 expected; five standard deviations (3.2 each) on either side.
    assertThat(one.connections()).isBetween(4, 36);
    assertThat(two.connections()).isEqualTo(40 - one.connections());
  }

  @Test
  void configuration_changes_connectionsStayAndNewOnesFollow() throws SQLException {
    Relay before = open(relay());
    Relay after = open(relay());
    routes.host(HOST, before.endpoint());
    try (Connection kept = connect(database().url(HOST))) {
      routes.host(HOST, after.endpoint());

      assertThat(one(kept, "SELECT 1")).isEqualTo("1");
      try (Connection fresh = connect(database().url(HOST))) {
        assertThat(one(fresh, "SELECT 2")).isEqualTo("2");
        assertThat(one(kept, "SELECT 3")).isEqualTo("3");
      }
    }
    assertThat(before.connections()).isEqualTo(1);
    assertThat(after.connections()).isEqualTo(1);
    assertThat(executions)
        .extracting(each -> port(each.call()))
        .containsExactly(before.port(), after.port(), before.port());
  }

  @Test
  void url_thatMetaDataShows_isTheApplications() throws SQLException {
    String shown;
    try (Connection connection = connect(direct())) {
      shown = connection.getMetaData().getURL();
    }
    routes.host(HOST, real());
    routes.host(HOST + ":7777", real());

    String authority = "127.0.0.1:" + database().server().port();
    assertThat(shown).contains(authority);
    for (String written : List.of(HOST, HOST + ":7777")) {
      try (Connection connection = connect(database().url(written))) {
        assertThat(connection.getMetaData().getURL()).isEqualTo(shown.replace(authority, written));
      }
    }
  }

  // When it cannot be opened.

  @Test
  void endpoint_refuses_connectionGoesToAnother() throws Exception {
    routes.host(HOST, refusing(), real());

    for (int i = 0; i < 10; i++) {
      connect(database().url(HOST)).close();
    }
    assertThat(attempts).hasSizeGreaterThanOrEqualTo(10);
  }

  @Test
  void endpoint_closesAtOnce_connectionGoesToAnother() throws Exception {
    Relay closing = open(Relay.closing());
    routes.host(HOST, closing.endpoint(), real());

    // Each has an even chance to go to the closing one first; 2^-30 that none does.
    for (int i = 0; i < 30 && closing.connections() == 0; i++) {
      connect(database().url(HOST)).close();
    }
    assertThat(closing.connections()).isPositive();
  }

  @Test
  void endpoint_saysNothing_applicationsTimeoutIsKept() {
    Relay one = open(Relay.silent());
    Relay two = open(Relay.silent());
    routes.host(HOST, one.endpoint(), two.endpoint());

    assertThatThrownBy(() -> connect(database().impatient(HOST))).isInstanceOf(SQLException.class);

    assertThat(attempts).as("attempts, each as long as the time-out").hasSize(1);
  }

  @Test
  void endpoint_thatMustProveAnIdentity_isNotReachedInPlaintext() {
    Relay relay = open(Relay.silent());
    String identity = TestRoutes.spiffeId("database");
    routes.host(HOST, TestRoutes.endpoint(relay.endpoint().address().getPort(), identity));

    assertThat(failure(database().url(HOST)).getMessage()).contains(identity);
    assertThat(relay.connections()).isZero();
  }

  @Test
  void endpoints_allRefuse_errorIsTheDriversOwn() throws Exception {
    Endpoint refusing = refusing();
    SQLException own = failure(database().url("127.0.0.1:" + refusing.address().getPort()));
    routes.host(HOST, refusing, refusing());

    assertSameKind(failure(database().url(HOST)), own);
    assertThat(attempts).hasSize(3);
  }

  @Test
  void endpoints_none_errorIsTheDriversOwnAndNamesTheReason() throws Exception {
    SQLException own = failure(database().url("127.0.0.1:" + refusing().address().getPort()));
    routes.host(HOST);

    SQLException e = failure(database().url(HOST));

    assertSameKind(e, own);
    assertThat(e.getSuppressed())
        .anySatisfy(reason -> assertThat(reason).hasMessageContaining("no endpoint of " + HOST));
  }

  @Test
  void host_thatMayNotBeCalled_isRefusedAndNamesThePolicy() throws Exception {
    routes.route(
        HOST, new RouteAction.Respond(502, HOST + " may not be called"), RoutePolicy.DEFAULT);

    SQLException refused = failure(database().url(HOST));

    assertThat((Throwable) refused).isInstanceOf(SQLNonTransientConnectionException.class);
    assertThat(refused.getSQLState()).isEqualTo("08001");
    assertThat((Throwable) refused)
        .hasMessage(HOST + " may not be called (decided by HTTPRoute/default/" + HOST + " rule 0)");
  }

  @Test
  void password_wrong_isNotTriedElsewhere() {
    Properties wrong = login();
    wrong.setProperty("password", "wrong");
    routes.host(HOST, real(), real());

    SQLException own = failure(direct(), wrong);
    assertSameKind(failure(database().url(HOST), wrong), own);

    assertThat(own.getSQLState()).startsWith("28");
    assertThat(attempts).hasSize(1);
  }

  @Test
  void database_unknown_isNotTriedElsewhere() {
    routes.host(HOST, real(), real());

    SQLException own =
        failure(database().unknownDatabase("127.0.0.1:" + database().server().port()));
    assertSameKind(failure(database().unknownDatabase(HOST)), own);

    assertThat(attempts).hasSize(1);
  }

  @Test
  void wait_betweenAttempts_isEndedByInterrupt() throws Exception {
    long hour = 3_600_000_000_000L;
    routes.host(
        HOST,
        new Rules(0, 0, new RetryPolicy(1, Set.of(), Set.of(), false, hour, hour)),
        refusing(),
        refusing());
    AtomicReference<@Nullable Throwable> thrown = new AtomicReference<>();
    AtomicReference<@Nullable Boolean> interrupted = new AtomicReference<>();
    Thread application =
        new Thread(
            () -> {
              try {
                connect(database().url(HOST)).close();
              } catch (SQLException | RuntimeException e) {
                thrown.set(e);
              }
              interrupted.set(Thread.currentThread().isInterrupted());
            },
            "application");
    application.setDaemon(true);
    application.start();
    Await.until(
        "wait for the next attempt",
        () -> ended.get() == 1 && application.getState() == Thread.State.TIMED_WAITING);

    application.interrupt();
    application.join(10_000);

    assertThat(thrown.get()).isInstanceOf(SQLException.class);
    assertThat(interrupted.get()).isEqualTo(true);
  }
}
