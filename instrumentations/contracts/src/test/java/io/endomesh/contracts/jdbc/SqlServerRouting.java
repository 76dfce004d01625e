package io.endomesh.contracts.jdbc;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.endomesh.dataplane.CallObserver;
import io.endomesh.dataplane.DatabaseCall;
import io.endomesh.dataplane.database.DatabasePolicy;
import io.endomesh.dataplane.database.DatabasePolicy.Grant;
import io.endomesh.dataplane.database.StatementClass;
import io.endomesh.dataplane.database.StatementClasses;
import io.endomesh.testkit.JdbcRoutingContract;
import io.endomesh.testkit.StagedLibrary;
import io.endomesh.testkit.TestRoutes;
import io.endomesh.testkit.database.TdsServer;
import io.endomesh.weaving.Weaving;
import java.sql.Connection;
import java.sql.Driver;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/**
 * Microsoft's driver. Its protocol is open, so a server that says yes to everything shows what
 * becomes of statements.
 */
abstract class SqlServerRouting extends JdbcRoutingContract {

  private static final String START = "jdbc:sqlserver://";

  /**
   * The other side is a socket of the test's, which no identity belongs to: it reads the driver's
   * prelogin and hangs up. The driver would also try again for itself.
   */
  private static final String SETTINGS = ";encrypt=false;connectRetryCount=0";

  /** Of a PRELOGIN packet ([MS-TDS] 2.2.3.1.1). */
  private static final int PRELOGIN = 0x12;

  static Driver driver(Class<?> test) {
    return new DriverVersion(
            StagedLibrary.of(test),
            "com.microsoft.sqlserver.jdbc.SQLServerDriver",
            StagedLibrary.named("hikari"),
            "Hikari")
        .driver();
  }

  /** A property for drivers that take their time with a server that hangs up, or empty. */
  protected String impatience() {
    return "";
  }

  @Override
  protected final List<String> urls(String host, int port) {
    String settings = SETTINGS + impatience();
    return List.of(
        START + host + ":" + port + ";databaseName=shop" + settings,
        START + host + "\\instance:" + port + ";database=shop" + settings,
        START + ";serverName=" + host + ";portNumber=" + port + ";databaseName=shop" + settings,
        START + ";databaseName=shop;port=" + port + settings + ";server={" + host + "}");
  }

  @Override
  protected final String severalHosts(int first, int second) {
    String settings = SETTINGS + impatience();
    return START
        + "127.0.0.1:"
        + first
        + ";databaseName=shop"
        + settings
        + ";failoverPartner=partner-"
        + second;
  }

  @Override
  protected final boolean greets(String firstBytes) {
    return firstBytes.charAt(0) == PRELOGIN;
  }

  private String url() {
    return START + HOST + ":7777;databaseName=shop" + SETTINGS;
  }

  @Test
  void connection_thatSaysItOnlyReads_goesToAReplica() throws Exception {
    TdsServer primary = open(new TdsServer());
    TdsServer replica = open(new TdsServer());
    routes.roles(
        HOST + ":7777",
        TestRoutes.cluster("primary", TestRoutes.endpoint(primary.port(), null)),
        TestRoutes.cluster("replicas", TestRoutes.endpoint(replica.port(), null)));

    connect(url()).close();
    assertThat(primary.logins()).isEqualTo(1);
    connect(url() + ";applicationIntent=ReadOnly").close();

    assertThat(primary.logins()).isEqualTo(1);
    assertThat(replica.logins()).isEqualTo(1);
  }

  @Test
  void url_thatMetaDataShows_namesTheHostAsWritten() throws Exception {
    TdsServer server = open(new TdsServer());
    routes.host(HOST + ":7777", TestRoutes.endpoint(server.port(), null));

    try (Connection connection = connect(url())) {
      assertThat(connection.getMetaData().getURL())
          .startsWith(START + HOST + ":7777;")
          .contains("databaseName=shop");
    }
  }

  @Test
  void statements_areObservedOnce_withoutValues() throws Exception {
    TdsServer server = open(new TdsServer());
    routes.host(HOST + ":7777", TestRoutes.endpoint(server.port(), null));
    List<DatabaseCall> executed = new CopyOnWriteArrayList<>();
    Weaving.mesh()
        .observer(
            new CallObserver() {
              @Override
              public @Nullable Object statementStarted(DatabaseCall call) {
                executed.add(call);
                return null;
              }
            });

    try (Connection connection = connect(url());
        Statement statement = connection.createStatement();
        PreparedStatement prepared =
            connection.prepareStatement("DELETE FROM [orders] WHERE id = ?")) {
      connection.setAutoCommit(false);
      statement.executeUpdate("INSERT INTO orders (item) VALUES (N'secret')");
      statement.addBatch("INSERT INTO orders (item) VALUES ('secret')");
      statement.addBatch("INSERT INTO orders (item) VALUES ('secret')");
      statement.executeBatch();
      prepared.setInt(1, 1);
      prepared.executeUpdate();
      connection.commit();
    }

    assertThat(executed)
        .extracting(call -> call.statement().summary())
        .containsExactly("INSERT orders", "INSERT orders", "DELETE orders");
    assertThat(executed)
        .allSatisfy(
            call -> {
              assertThat(call.database().system()).isEqualTo("microsoft.sql_server");
              assertThat(call.database().service()).isEqualTo(HOST + ":7777.default");
              assertThat(call.statement().toString()).doesNotContain("secret");
            });
  }

  @Test
  void statement_ofAClassNotAllowed_isRefusedAndNeverSent() throws Exception {
    TdsServer server = open(new TdsServer());
    String policy = "DatabasePolicy/default/orders-db";
    routes.database(
        HOST + ":7777",
        new DatabasePolicy(
            policy, List.of(new Grant(List.of(), StatementClasses.of(StatementClass.READ))), 0, 0),
        TestRoutes.endpoint(server.port(), null));

    try (Connection connection = connect(url());
        Statement statement = connection.createStatement();
        PreparedStatement prepared = connection.prepareStatement("UPDATE orders SET item = ?")) {
      int before = server.requests();
      prepared.setInt(1, 1);
      assertRefused(policy, () -> statement.executeUpdate("INSERT INTO orders VALUES (1)"));
      assertRefused(policy, () -> statement.execute("SELECT 1 DELETE FROM orders"));
      assertRefused(policy, () -> statement.execute("EXEC sp_who"));
      assertRefused(policy, prepared::executeUpdate);
      statement.addBatch("DROP TABLE orders");
      assertRefused(policy, statement::executeBatch);

      assertThat(server.requests()).isEqualTo(before);
    }
  }

  private static void assertRefused(String policy, ThrowingCallable execution) {
    SQLException e = catchThrowableOfType(SQLException.class, execution);
    assertThat(e.getSQLState()).isEqualTo("42501");
    assertThat(e.getMessage()).contains(policy);
  }
}
