package io.endomesh.testkit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.endomesh.dataplane.CallContext;
import io.endomesh.dataplane.Database;
import io.endomesh.dataplane.DatabaseCall;
import java.sql.CallableStatement;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Savepoint;
import java.sql.Statement;
import java.sql.Types;
import org.junit.jupiter.api.Test;

/** What is seen of statements. */
abstract class JdbcStatementContract extends JdbcConnectionContract {

  @Test
  void statement_executed_isObservedOnceWithoutValues() throws SQLException {
    routes.host(HOST, real());
    try (Connection connection = connect(database().url(HOST));
        Statement statement = connection.createStatement()) {
      statement.executeUpdate("INSERT INTO orders (item) VALUES ('secret')");

      DatabaseCall call = only().call();
      assertThat(call.database())
          .isEqualTo(
              new Database(
                  database().system(),
                  HOST + ".default",
                  HOST,
                  0,
                  database().server().database(),
                  HOST,
                  real().address()));
      assertThat(call.statement().operation()).isEqualTo("INSERT");
      assertThat(call.statement().collection()).isEqualTo("orders");
      assertThat(call.statement().text()).isEqualTo("INSERT INTO orders (item) VALUES (?)");
      assertThat(call.batchSize()).isEqualTo(1);

      statement.execute("UPDATE orders SET item = 'other secret'");
      statement.executeQuery("SELECT item FROM orders").close();
      statement.execute("DELETE FROM orders", Statement.RETURN_GENERATED_KEYS);
    }
    assertThat(executions)
        .extracting(Execution::summary)
        .containsExactly("INSERT orders", "UPDATE orders", "SELECT orders", "DELETE orders");
    assertNoSecrets();
  }

  @Test
  void literals_ofEachKind_areHidden() throws SQLException {
    routes.host(HOST, real());
    try (Connection connection = connect(database().url(HOST));
        Statement statement = connection.createStatement()) {
      assertThat(statement.executeUpdate(database().literals())).isEqualTo(1);
    }
    assertThat(only().summary()).isEqualTo("INSERT orders");
    assertNoSecrets();
  }

  @Test
  void preparedStatement_executed_isObservedOnceWithoutValues() throws SQLException {
    routes.host(HOST, real());
    try (Connection connection = connect(database().url(HOST));
        PreparedStatement insert =
            connection.prepareStatement(
                "INSERT INTO orders (item) VALUES (?)", Statement.RETURN_GENERATED_KEYS);
        PreparedStatement select =
            connection.prepareStatement("SELECT id FROM orders WHERE item = ?")) {
      assertThat(executions).as("before anything was executed").isEmpty();
      // Often enough for drivers that prepare on the server after some executions.
      for (int i = 0; i < 10; i++) {
        insert.setString(1, "secret");
        insert.executeUpdate();
        insert.getGeneratedKeys().close();
      }
      select.setString(1, "secret");
      try (ResultSet found = select.executeQuery()) {
        assertThat(found.next()).isTrue();
      }
      select.execute();
    }
    assertThat(executions.subList(0, 10)).allMatch(each -> each.summary().equals("INSERT orders"));
    assertThat(executions.subList(10, executions.size()))
        .extracting(Execution::summary)
        .containsExactly("SELECT orders", "SELECT orders");
    assertNoSecrets();
  }

  @Test
  void callableStatement_executed_isObservedOnce() throws SQLException {
    routes.host(HOST, real());
    try (Connection connection = connect(database().url(HOST));
        CallableStatement call = connection.prepareCall(database().call())) {
      call.registerOutParameter(1, Types.INTEGER);
      call.setInt(2, 21);
      executions.clear();
      started.set(0);
      call.execute();
      assertThat(call.getInt(1)).isEqualTo(42);
    }
    assertThat(only().summary()).isEqualToIgnoringCase("CALL twice");
  }

  @Test
  void batch_ofPreparedStatement_isObservedOnceWithItsSize() throws SQLException {
    routes.host(HOST, real());
    try (Connection connection = connect(database().url(HOST));
        PreparedStatement insert =
            connection.prepareStatement("INSERT INTO orders (item) VALUES (?)")) {
      for (int size : new int[] {3, 5}) {
        insert.setString(1, "given up");
        insert.addBatch();
        insert.clearBatch();
        for (int i = 0; i < size; i++) {
          insert.setString(1, "secret");
          insert.addBatch();
        }
        assertThat(insert.executeBatch()).hasSize(size);
      }
      assertThat(insert.executeBatch()).isEmpty();
    }
    assertThat(executions)
        .extracting(each -> each.summary() + " " + each.call().batchSize())
        .containsExactly("INSERT orders 3", "INSERT orders 5");
    assertNoSecrets();
  }

  @Test
  void batch_ofStatement_isObservedOnceWithItsSize() throws SQLException {
    routes.host(HOST, real());
    try (Connection connection = connect(database().url(HOST));
        Statement statement = connection.createStatement()) {
      statement.addBatch("INSERT INTO orders (item) VALUES ('secret')");
      statement.addBatch("INSERT INTO orders (item) VALUES ('other secret')");
      statement.executeBatch();
      statement.addBatch("INSERT INTO orders (item) VALUES ('secret')");
      statement.addBatch("DELETE FROM orders");
      statement.addBatch("INSERT INTO orders (item) VALUES ('secret')");
      statement.executeBatch();
    }
    assertThat(executions)
        .extracting(each -> each.summary() + " " + each.call().batchSize())
        .containsExactly("INSERT orders 2", "BATCH 3");
    assertNoSecrets();
  }

  @Test
  void statement_fails_isObservedWithItsSqlState() throws SQLException {
    routes.host(HOST, real());
    try (Connection connection = connect(database().url(HOST));
        Statement statement = connection.createStatement()) {
      SQLException e =
          catchThrowableOfType(
              SQLException.class, () -> statement.executeQuery("SELECT item FROM nowhere"));

      assertThat(only().error()).isSameAs(e);
      assertThat(only().sqlState()).isEqualTo(e.getSQLState()).isNotNull();
      assertThat(only().summary()).isEqualTo("SELECT nowhere");
    }
  }

  @Test
  void driversOwnStatements_areNotTheApplications() throws SQLException {
    routes.host(HOST, real());
    try (Connection connection = connect(database().url(HOST));
        Statement statement = connection.createStatement()) {
      assertThat(connection.isValid(5)).isTrue();
      connection.setTransactionIsolation(Connection.TRANSACTION_SERIALIZABLE);
      connection.setReadOnly(true);
      connection.setReadOnly(false);
      connection.setAutoCommit(false);
      statement.executeUpdate("INSERT INTO orders (item) VALUES ('kept')");
      Savepoint savepoint = connection.setSavepoint();
      statement.executeUpdate("INSERT INTO orders (item) VALUES ('taken back')");
      connection.rollback(savepoint);
      connection.commit();
      statement.executeUpdate("DELETE FROM orders");
      connection.rollback();
      connection.setAutoCommit(true);
      assertThat(one(connection, "SELECT COUNT(*) FROM orders")).isEqualTo("1");
    }
    assertThat(executions)
        .extracting(Execution::summary)
        .containsExactly("INSERT orders", "INSERT orders", "DELETE orders", "SELECT orders");
  }

  @Test
  void context_ofTheCaller_isThatOfConnectionAndStatement() throws SQLException {
    routes.host(HOST, real());
    CallContext caller = new CallContext("trace", CallContext.NO_DEADLINE, "spiffe://x/sa/caller");
    CallContext before = caller.attach();
    try (Connection connection = connect(database().url(HOST))) {
      one(connection, "SELECT 1");
    } finally {
      CallContext.restore(before);
    }
    assertThat(attempts).extracting(attempt -> attempt.call().context()).containsExactly(caller);
    assertThat(only().call().context()).isEqualTo(caller);
  }
}
