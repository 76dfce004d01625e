package io.endomesh.testkit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.endomesh.dataplane.database.DatabasePolicy;
import io.endomesh.dataplane.database.DatabasePolicy.Caller;
import io.endomesh.dataplane.database.DatabasePolicy.Grant;
import io.endomesh.dataplane.database.StatementClass;
import io.endomesh.dataplane.database.StatementClasses;
import io.endomesh.testkit.DatabaseUnderTest.Pool;
import io.endomesh.weaving.Weaving;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.List;
import java.util.Set;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.Test;

/** What is promised to an application that has its connections from a pool. */
abstract class JdbcPoolPromises extends JdbcFixture {

  static final String POLICY = "DatabasePolicy/default/orders-db";

  static final String INSERT = "INSERT INTO orders (item) VALUES ('secret')";

  @Test
  void pool_connectionsAndStatements_areThoseOfTheMesh() throws Exception {
    Set<String> before = threadsOfTheAgent();
    Relay server = open(relay());
    routes.host(HOST, server.endpoint());
    try (Pool pool = database().pool(database().url(HOST), 2)) {
      for (int i = 0; i < 10; i++) {
        try (Connection connection = pool.connection();
            PreparedStatement insert =
                connection.prepareStatement("INSERT INTO orders (item) VALUES (?)")) {
          insert.setString(1, "secret");
          insert.executeUpdate();
        }
      }
      Await.until("second connection of the pool", () -> server.connections() >= 2);
    }
    assertThat(executions).hasSize(10).allMatch(each -> each.summary().equals("INSERT orders"));
    assertThat(executions)
        .allMatch(each -> (HOST + ".default").equals(each.call().database().service()));
    assertThat(threadsOfTheAgent()).isEqualTo(before);
  }

  @Test
  void pool_endpointGoesAway_newConnectionsGoToAnother() throws Exception {
    Relay leaving = relay();
    routes.host(HOST, leaving.endpoint());
    try (Pool pool = database().pool(database().url(HOST), 1)) {
      Connection broken = pool.connection();
      assertThat(one(broken, "SELECT 1")).isEqualTo("1");
      routes.host(HOST, leaving.endpoint(), real());
      leaving.close();
      assertThatThrownBy(() -> one(broken, "SELECT 2")).isInstanceOf(SQLException.class);
      giveBack(broken);
      try (Connection connection = pool.connection()) {
        assertThat(one(connection, "SELECT 3")).isEqualTo("3");
      }
    }
  }

  /** A broken one goes back as well; some drivers say once more that it is broken. */
  private static void giveBack(Connection broken) {
    try {
      broken.close();
    } catch (SQLException again) {
      assertThat(again.getSQLState()).isNotNull();
    }
  }

  @Test
  void pool_connectionSetReadOnlyWhenOpen_staysWhereItIs() throws SQLException {
    Relay primary = open(relay());
    Relay replica = open(relay());
    routes.roles(
        HOST,
        TestRoutes.cluster("primary", primary.endpoint()),
        TestRoutes.cluster("replicas", replica.endpoint()));

    try (Pool pool = database().pool(database().url(HOST), 1);
        Connection connection = pool.connection()) {
      connection.setReadOnly(true);
      assertThat(one(connection, "SELECT 1")).isEqualTo("1");
    }
    assertThat(primary.connections()).isPositive();
    assertThat(replica.connections()).isZero();
  }

  @Test
  void pool_statementRefused_keepsItsConnection() throws SQLException {
    Relay server = open(relay());
    routes.database(HOST, allowing(StatementClass.READ), server.endpoint());
    try (Pool pool = database().pool(database().url(HOST), 1)) {
      int opened;
      try (Connection connection = pool.connection();
          Statement statement = connection.createStatement()) {
        opened = server.connections();
        assertRefused(() -> statement.executeUpdate(INSERT));
      }
      try (Connection connection = pool.connection()) {
        assertThat(one(connection, "SELECT COUNT(*) FROM orders")).isEqualTo("0");
      }
      assertThat(server.connections()).isEqualTo(opened);
    }
  }

  @Test
  void pool_policyChanges_openConnectionsFollow() throws SQLException {
    routes.database(HOST, allowing(StatementClass.READ, StatementClass.WRITE), real());
    try (Pool pool = database().pool(database().url(HOST), 1);
        Connection connection = pool.connection();
        Statement statement = connection.createStatement()) {
      statement.executeUpdate(INSERT);
      routes.database(HOST, allowing(StatementClass.READ), real());
      assertRefused(() -> statement.executeUpdate(INSERT));
      routes.database(
          HOST,
          new DatabasePolicy(
              POLICY,
              List.of(
                  new Grant(List.of(), StatementClasses.of(StatementClass.READ)),
                  new Grant(
                      List.of(new Caller(Weaving.mesh().workload().namespace(), null)),
                      StatementClasses.of(StatementClass.WRITE))),
              0,
              0),
          real());
      statement.executeUpdate(INSERT);
      assertThat(one(connection, "SELECT COUNT(*) FROM orders")).isEqualTo("2");
    }
  }

  static DatabasePolicy allowing(StatementClass... classes) {
    return new DatabasePolicy(
        POLICY, List.of(new Grant(List.of(), StatementClasses.of(classes))), 0, 0);
  }

  static void assertRefused(ThrowingCallable execution) {
    SQLException e = catchThrowableOfType(SQLException.class, execution);
    assertThat(e.getSQLState()).isEqualTo("42501");
    assertThat(e.getMessage()).contains(POLICY).doesNotContain("secret");
  }
}
