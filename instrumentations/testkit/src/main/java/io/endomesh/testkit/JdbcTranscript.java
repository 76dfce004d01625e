package io.endomesh.testkit;

import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.ResultSetMetaData;
import java.sql.SQLException;
import java.sql.SQLWarning;
import java.sql.Savepoint;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What an application sees of a database, step by step, as text: run in a JVM with an agent and in
 * one without, it must be the same. Needs nothing but the JDK and the driver. Not thread-safe.
 */
public final class JdbcTranscript {

  private final Connection connection;
  private final List<String> lines = new ArrayList<>();

  /** One thing an application does, and what it sees. */
  @FunctionalInterface
  private interface Step {
    @Nullable Object run() throws SQLException;
  }

  private JdbcTranscript(Connection connection) {
    this.connection = connection;
  }

  /** Prints the transcript of a connection by the class path's driver: URL, user, password. */
  public static void main(String[] arguments) throws SQLException {
    try (Connection connection =
        DriverManager.getConnection(arguments[0], arguments[1], arguments[2])) {
      of(connection).forEach(System.out::println);
    }
  }

  /** Uses a table of its own; closes nothing. */
  public static List<String> of(Connection connection) {
    JdbcTranscript transcript = new JdbcTranscript(connection);
    transcript.state();
    transcript.statements();
    transcript.preparedAndBatches();
    transcript.errors();
    transcript.transactions();
    return transcript.lines;
  }

  private void state() {
    step("driver", () -> connection.getMetaData().getDriverVersion());
    step("product", () -> connection.getMetaData().getDatabaseProductVersion());
    step("user", () -> connection.getMetaData().getUserName());
    step("catalog", connection::getCatalog);
    step("schema", connection::getSchema);
    step("auto-commit", connection::getAutoCommit);
    step("isolation", connection::getTransactionIsolation);
    step("read-only", connection::isReadOnly);
    step("holdability", connection::getHoldability);
    step("valid", () -> connection.isValid(5));
  }

  private void statements() {
    try (Statement statement = connection.createStatement()) {
      step("warn", () -> statement.execute("DROP TABLE IF EXISTS transcript"));
      step("warnings", () -> warnings(statement.getWarnings()));
      step(
          "create",
          () ->
              statement.executeUpdate(
                  "CREATE TABLE transcript (id SERIAL PRIMARY KEY, item VARCHAR(100) NOT NULL)"));
      step(
          "insert",
          () ->
              statement.executeUpdate(
                  "INSERT INTO transcript (item) VALUES ('a')", Statement.RETURN_GENERATED_KEYS));
      step("keys", () -> rows(statement.getGeneratedKeys()));
      step(
          "large insert",
          () -> statement.executeLargeUpdate("INSERT INTO transcript (item) VALUES ('b')"));
      step("no keys", () -> rows(statement.getGeneratedKeys()));
      step("execute", () -> statement.execute("SELECT item FROM transcript ORDER BY id"));
      step("result set", () -> rows(statement.getResultSet()));
      step("more", statement::getMoreResults);
      step("count", statement::getUpdateCount);
    } catch (SQLException e) {
      lines.add(describe(e));
    }
  }

  private void preparedAndBatches() {
    try (PreparedStatement insert =
            connection.prepareStatement(
                "INSERT INTO transcript (item) VALUES (?)", new String[] {"id"});
        PreparedStatement select =
            connection.prepareStatement("SELECT id, item FROM transcript WHERE item = ?");
        Statement statement = connection.createStatement()) {
      insert.setString(1, "c");
      step("prepared insert", insert::executeUpdate);
      step("prepared keys", () -> rows(insert.getGeneratedKeys()));
      for (String item : List.of("d", "e", "f")) {
        insert.setString(1, item);
        insert.addBatch();
      }
      step("batch", () -> Arrays.toString(insert.executeBatch()));
      step("empty batch", () -> Arrays.toString(insert.executeBatch()));
      select.setString(1, "e");
      step("columns", () -> columns(select.getMetaData()));
      step("select", () -> rows(select.executeQuery()));
      statement.addBatch("INSERT INTO transcript (item) VALUES ('g')");
      statement.addBatch("DELETE FROM transcript WHERE item = 'a'");
      step("mixed batch", () -> Arrays.toString(statement.executeBatch()));
      statement.addBatch("INSERT INTO transcript (item) VALUES ('h')");
      statement.clearBatch();
      step("cleared batch", () -> Arrays.toString(statement.executeBatch()));
      statement.setMaxRows(2);
      step(
          "limited", () -> rows(statement.executeQuery("SELECT item FROM transcript ORDER BY id")));
    } catch (SQLException e) {
      lines.add(describe(e));
    }
  }

  private void errors() {
    try (Statement statement = connection.createStatement()) {
      step("no table", () -> statement.executeQuery("SELECT * FROM nowhere"));
      step("no sql", () -> statement.execute("SELEKT 1"));
      step("null", () -> statement.execute("INSERT INTO transcript (item) VALUES (NULL)"));
      step("wrong kind", () -> statement.executeUpdate("SELECT 1"));
      statement.addBatch("INSERT INTO transcript (item) VALUES ('i')");
      statement.addBatch("INSERT INTO transcript (item) VALUES (NULL)");
      step("broken batch", statement::executeBatch);
      statement.closeOnCompletion();
      step("closes", () -> rows(statement.executeQuery("SELECT 1")));
      step("closed", () -> statement.execute("SELECT 1"));
    } catch (SQLException e) {
      lines.add(describe(e));
    }
  }

  private void transactions() {
    try (Statement statement = connection.createStatement()) {
      connection.setAutoCommit(false);
      statement.executeUpdate("INSERT INTO transcript (item) VALUES ('j')");
      Savepoint savepoint = connection.setSavepoint("half");
      statement.executeUpdate("INSERT INTO transcript (item) VALUES ('k')");
      connection.rollback(savepoint);
      connection.commit();
      statement.executeUpdate("INSERT INTO transcript (item) VALUES ('l')");
      connection.rollback();
      connection.setAutoCommit(true);
      step(
          "committed",
          () -> rows(statement.executeQuery("SELECT item FROM transcript ORDER BY item")));
      connection.setReadOnly(true);
      step("read-only", connection::isReadOnly);
      step(
          "write while read-only",
          () -> statement.executeUpdate("INSERT INTO transcript (item) VALUES ('m')"));
      connection.setReadOnly(false);
      connection.setTransactionIsolation(Connection.TRANSACTION_SERIALIZABLE);
      step("isolation", connection::getTransactionIsolation);
      step("drop", () -> statement.executeUpdate("DROP TABLE transcript"));
    } catch (SQLException e) {
      lines.add(describe(e));
    }
  }

  private void step(String name, Step step) {
    try {
      lines.add(name + ": " + step.run());
    } catch (SQLException e) {
      lines.add(name + ": " + describe(e));
    }
  }

  private static String describe(SQLException e) {
    return e.getClass().getName()
        + " "
        + e.getSQLState()
        + " "
        + e.getErrorCode()
        + " "
        + String.valueOf(e.getMessage()).replaceAll("\\s+", " ").replaceAll("conn=\\d+", "conn");
  }

  private static String warnings(@Nullable SQLWarning first) {
    List<String> all = new ArrayList<>();
    for (SQLWarning warning = first; warning != null; warning = warning.getNextWarning()) {
      all.add(describe(warning));
    }
    return all.toString();
  }

  private static String rows(ResultSet results) throws SQLException {
    try (results) {
      List<String> rows = new ArrayList<>();
      int columns = results.getMetaData().getColumnCount();
      while (results.next()) {
        List<String> row = new ArrayList<>();
        for (int i = 1; i <= columns; i++) {
          row.add(results.getMetaData().getColumnLabel(i) + "=" + results.getString(i));
        }
        rows.add(row.toString());
      }
      return rows.toString();
    }
  }

  private static String columns(ResultSetMetaData metaData) throws SQLException {
    List<String> columns = new ArrayList<>();
    for (int i = 1; i <= metaData.getColumnCount(); i++) {
      columns.add(
          metaData.getColumnLabel(i)
              + " "
              + metaData.getColumnTypeName(i)
              + " "
              + metaData.isNullable(i));
    }
    return columns.toString();
  }
}
