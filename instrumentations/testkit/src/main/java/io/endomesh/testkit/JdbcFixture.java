package io.endomesh.testkit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.endomesh.dataplane.Attempt;
import io.endomesh.dataplane.CallObserver;
import io.endomesh.dataplane.DatabaseCall;
import io.endomesh.dataplane.Outcome;
import io.endomesh.dataplane.cluster.Endpoint;
import io.endomesh.weaving.Weaving;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import java.util.Properties;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;

/**
 * An application with a driver and its server, and what is seen of both. Holds no promise itself.
 */
abstract class JdbcFixture {

  /** A name that no DNS knows. */
  protected static final String HOST = "orders-db";

  /** One execution that ended. */
  protected record Execution(
      DatabaseCall call, @Nullable Throwable error, @Nullable String sqlState) {

    String summary() {
      return call.statement().summary();
    }
  }

  protected final TestRoutes routes = new TestRoutes();
  private final List<AutoCloseable> opened = new ArrayList<>();
  final AtomicInteger started = new AtomicInteger();
  final List<Execution> executions = new CopyOnWriteArrayList<>();
  final List<Attempt> attempts = new CopyOnWriteArrayList<>();
  final AtomicInteger ended = new AtomicInteger();

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
    Weaving.mesh().observer(new Seeing());
  }

  @AfterEach
  void stop() throws Exception {
    for (AutoCloseable resource : opened) {
      resource.close();
    }
    // A pool may be closed while threads of its own still open connections.
    Await.until("end of all attempts", () -> ended.get() == attempts.size());
    assertThat(attempts)
        .as("attempts in flight")
        .allMatch(attempt -> attempt.endpoint().load().inFlight() == 0);
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

  protected final <T extends AutoCloseable> T open(T resource) {
    opened.add(resource);
    return resource;
  }

  /** The real server as an endpoint. */
  protected final Endpoint real() {
    return TestRoutes.endpoint(database().server().port(), null);
  }

  protected final List<Attempt> attempts() {
    return attempts;
  }

  /** All executions that ended; none goes on. */
  protected final List<Execution> executions() {
    assertThat(executions).hasSize(started.get());
    return executions;
  }

  final Execution only() {
    assertThat(executions()).hasSize(1);
    return executions.get(0);
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

  final void assertNoSecrets() {
    assertThat(executions())
        .allSatisfy(
            each -> assertThat(each.call().statement().toString()).doesNotContain("secret"));
  }

  static int port(DatabaseCall call) {
    var peer = call.database().peer();
    return peer == null ? 0 : peer.getPort();
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

  static Endpoint refusing() throws IOException {
    try (ServerSocket closed = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      return TestRoutes.endpoint(closed.getLocalPort(), null);
    }
  }

  private final class Seeing implements CallObserver {
    @Override
    public @Nullable Object attemptStarted(Attempt attempt) {
      attempts.add(attempt);
      return null;
    }

    @Override
    public void attemptEnded(Attempt attempt, @Nullable Object begun, Outcome outcome) {
      ended.incrementAndGet();
    }

    @Override
    public @Nullable Object statementStarted(DatabaseCall call) {
      started.incrementAndGet();
      return call;
    }

    @Override
    public void statementEnded(
        DatabaseCall call,
        @Nullable Object begun,
        long durationNanos,
        @Nullable Throwable error,
        @Nullable String sqlState) {
      assertThat(begun).isSameAs(call);
      executions.add(new Execution(call, error, sqlState));
    }
  }
}
