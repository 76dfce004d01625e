package io.endomesh.testkit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.endomesh.dataplane.database.DatabasePolicy;
import io.endomesh.dataplane.database.StatementClass;
import java.sql.CallableStatement;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.sql.Statement;
import java.sql.Types;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;

/** What a DatabasePolicy makes of statements. */
abstract class JdbcPolicyContract extends JdbcStatementContract {

  @Test
  void statement_ofAClassNotAllowed_isRefusedAndNamesThePolicy() throws SQLException {
    routes.database(HOST, allowing(StatementClass.READ), real());
    try (Connection connection = connect(database().url(HOST));
        Statement statement = connection.createStatement();
        PreparedStatement insert =
            connection.prepareStatement("INSERT INTO orders (item) VALUES (?)")) {
      insert.setString(1, "secret");
      assertRefused(() -> statement.execute(INSERT));
      assertRefused(() -> statement.executeUpdate(INSERT, Statement.RETURN_GENERATED_KEYS));
      assertRefused(() -> statement.executeUpdate("DROP TABLE orders"));
      assertRefused(() -> statement.executeQuery("SELECT id FROM orders FOR UPDATE"));
      assertRefused(() -> statement.execute("SELECT 1; DELETE FROM orders"));
      assertRefused(insert::execute);
      assertRefused(insert::executeUpdate);

      assertThat(one(connection, "SELECT COUNT(*) FROM orders")).isEqualTo("0");
    }
    assertThat(executions().subList(0, 7))
        .allSatisfy(each -> assertThat(each.sqlState()).isEqualTo("42501"));
    assertNoSecrets();
  }

  @Test
  void batch_withAStatementNotAllowed_isRefusedAndEmptied() throws SQLException {
    routes.database(HOST, allowing(StatementClass.DDL), real());
    try (Connection connection = connect(database().url(HOST));
        Statement statement = connection.createStatement();
        PreparedStatement insert =
            connection.prepareStatement("INSERT INTO orders (item) VALUES (?)")) {
      statement.addBatch("CREATE TABLE IF NOT EXISTS orders (id INT)");
      statement.addBatch(INSERT);
      insert.setString(1, "secret");
      insert.addBatch();

      assertRefused(statement::executeBatch);
      assertRefused(insert::executeBatch);
      assertThat(statement.executeBatch()).isEmpty();
      assertThat(insert.executeBatch()).isEmpty();

      routes.database(HOST, allowing(StatementClass.READ), real());
      assertThat(one(connection, "SELECT COUNT(*) FROM orders")).isEqualTo("0");
    }
  }

  @Test
  void procedure_isCalledIfAllowed() throws SQLException {
    routes.database(HOST, allowing(StatementClass.READ, StatementClass.CALL), real());
    try (Connection connection = connect(database().url(HOST));
        CallableStatement call = connection.prepareCall(database().call())) {
      call.registerOutParameter(1, Types.INTEGER);
      call.setInt(2, 21);
      call.execute();
      assertThat(call.getInt(1)).isEqualTo(42);

      routes.database(HOST, allowing(StatementClass.READ), real());
      assertRefused(call::execute);
    }
  }

  @Test
  void statement_ofNoKnownClass_isRefusedWhereThereIsAGuard() throws SQLException {
    routes.database(
        HOST,
        allowing(
            StatementClass.READ, StatementClass.WRITE, StatementClass.DDL, StatementClass.CALL),
        real());
    try (Connection connection = connect(database().url(HOST));
        Statement statement = connection.createStatement()) {
      assertRefused(() -> statement.execute("FROB the database"));

      routes.database(HOST, new DatabasePolicy(POLICY, List.of(), 0, 0), real());
      SQLException own =
          catchThrowableOfType(SQLException.class, () -> statement.execute("FROB the database"));
      assertThat(own.getSQLState()).as("the database's own").isNotEqualTo("42501");
    }
  }

  @Test
  void transaction_ofAllowedStatements_isTheApplications() throws SQLException {
    routes.database(HOST, allowing(StatementClass.READ, StatementClass.WRITE), real());
    try (Connection connection = connect(database().url(HOST));
        Statement statement = connection.createStatement()) {
      connection.setAutoCommit(false);
      statement.executeUpdate(INSERT);
      assertRefused(() -> statement.execute("DROP TABLE orders"));
      connection.commit();
      connection.setAutoCommit(true);
      assertThat(one(connection, "SELECT COUNT(*) FROM orders")).isEqualTo("1");
    }
  }

  @Test
  void statement_tooLong_isEndedAndTheErrorIsTheDriversOwn() throws SQLException {
    routes.database(HOST, new DatabasePolicy(POLICY, List.of(), 1, 0), real());
    try (Connection connection = connect(database().url(HOST));
        Statement statement = connection.createStatement()) {
      statement.setQueryTimeout(20);
      long start = System.nanoTime();

      SQLException e =
          catchThrowableOfType(
              SQLException.class, () -> statement.executeQuery(database().endless()));

      assertThat(Duration.ofNanos(System.nanoTime() - start)).isLessThan(Duration.ofSeconds(15));
      assertThat(e.getSuppressed())
          .anySatisfy(reason -> assertThat(reason).hasMessageContaining(POLICY));
      assertThat(statement.getQueryTimeout()).as("the application's").isEqualTo(20);
      assertThat(one(connection, "SELECT 1")).isEqualTo("1");
    }
  }

  @Test
  void timeout_ofTheApplication_isNeverRaised() throws SQLException {
    routes.database(HOST, new DatabasePolicy(POLICY, List.of(), 20, 0), real());
    try (Connection connection = connect(database().url(HOST));
        Statement statement = connection.createStatement()) {
      statement.setQueryTimeout(1);
      long start = System.nanoTime();

      SQLException e =
          catchThrowableOfType(
              SQLException.class, () -> statement.executeQuery(database().endless()));

      assertThat(Duration.ofNanos(System.nanoTime() - start)).isLessThan(Duration.ofSeconds(15));
      assertThat(e.getSuppressed())
          .allSatisfy(reason -> assertThat(reason).hasMessageNotContaining(POLICY));
      assertThat(statement.getQueryTimeout()).isEqualTo(1);
    }
  }
}
