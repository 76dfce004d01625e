package io.endomesh.testkit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.endomesh.dataplane.cluster.Endpoint;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.Properties;
import java.util.Set;
import java.util.TreeSet;
import org.junit.jupiter.api.BeforeEach;

/**
 * An application with a driver and its server, and what is seen of both. Holds no promise itself.
 */
abstract class JdbcFixture extends DatabaseFixture {

  /** The driver under test and its server, the same for all tests of a class. */
  protected abstract DatabaseUnderTest database();

  @BeforeEach
  void start() throws SQLException {
    // A pool may have set it, for all.
    DriverManager.setLoginTimeout(0);
    try (Connection connection = connect(direct());
        Statement statement = connection.createStatement()) {
      statement.execute("DROP TABLE IF EXISTS orders");
      statement.execute("CREATE TABLE orders (id SERIAL PRIMARY KEY, item VARCHAR(100) NOT NULL)");
      statement.execute(database().function());
    }
    observe();
  }

  protected final Connection connect(String url) throws SQLException {
    return connect(url, login());
  }

  final Connection connect(String url, Properties login) throws SQLException {
    Connection connection = database().driver().connect(url, login);
    assertThat(connection).as(url).isNotNull();
    return connection;
  }

  /** What the application asked, on its connection. */
  protected static String one(Connection connection, String query) throws SQLException {
    try (Statement statement = connection.createStatement();
        ResultSet result = statement.executeQuery(query)) {
      assertThat(result.next()).isTrue();
      return result.getString(1);
    }
  }

  /** The real server as an endpoint. */
  protected final Endpoint real() {
    return TestRoutes.endpoint(database().server().port(), null);
  }

  final Relay relay() {
    return Relay.to(database().server().port());
  }

  /** The server's real address, which is not in the mesh. */
  final String direct() {
    return database().url("127.0.0.1:" + database().server().port());
  }

  final Properties login() {
    Properties login = new Properties();
    login.setProperty("user", database().server().user());
    login.setProperty("password", database().server().password());
    return login;
  }

  final SQLException failure(String url) {
    return failure(url, login());
  }

  final SQLException failure(String url, Properties login) {
    SQLException e = catchThrowableOfType(SQLException.class, () -> connect(url, login).close());
    assertThat((Throwable) e).as(url).isNotNull();
    return e;
  }

  static void assertSameKind(SQLException e, SQLException own) {
    assertThat(e.getClass().getName()).isEqualTo(own.getClass().getName());
    assertThat(e.getSQLState()).isEqualTo(own.getSQLState());
    assertThat(e.getErrorCode()).isEqualTo(own.getErrorCode());
  }

  static Set<String> threadsOfTheAgent() {
    Set<String> names = new TreeSet<>();
    for (Thread thread : Thread.getAllStackTraces().keySet()) {
      if (thread.getName().startsWith("endomesh-")) {
        names.add(thread.getName());
      }
    }
    return names;
  }
}
