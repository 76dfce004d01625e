package io.endomesh.testkit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.endomesh.dataplane.Attempt;
import io.endomesh.dataplane.CallContext;
import io.endomesh.dataplane.CallObserver;
import io.endomesh.dataplane.Database;
import io.endomesh.dataplane.DatabaseCall;
import io.endomesh.dataplane.Outcome;
import io.endomesh.dataplane.cluster.Endpoint;
import io.endomesh.dataplane.route.RetryPolicy;
import io.endomesh.dataplane.route.RouteAction;
import io.endomesh.dataplane.route.RoutePolicy;
import io.endomesh.testkit.DatabaseUnderTest.Pool;
import io.endomesh.testkit.TestRoutes.Rules;
import io.endomesh.weaving.Weaving;
import java.io.File;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.sql.CallableStatement;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.SQLNonTransientConnectionException;
import java.sql.Savepoint;
import java.sql.Statement;
import java.sql.Types;
import java.util.ArrayList;
import java.util.List;
import java.util.Properties;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/**
 * What the mesh promises to an application that uses a database, whichever driver it has. A driver
 * inherits the promises by saying how its URLs are written.
 */
@Contract("JDBC driver")
public abstract class JdbcContract {

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
  private final AtomicInteger started = new AtomicInteger();
  private final List<Execution> executions = new CopyOnWriteArrayList<>();
  private final List<Attempt> attempts = new CopyOnWriteArrayList<>();
  private final AtomicInteger ended = new AtomicInteger();

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
    assertThat(ended.get()).as("attempts that ended").isEqualTo(attempts.size());
    assertThat(attempts)
        .as("attempts in flight")
        .allMatch(attempt -> attempt.endpoint().load().inFlight() == 0);
  }

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

    // 20 of 40 expected; four standard deviations (3.2 each) on either side.
    assertThat(one.connections()).isBetween(7, 33);
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

  // What is seen of statements.

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

  // As without a mesh.

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
      Await.until("second connection of the pool", () -> server.connections() == 2);
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
  void application_seesWhatItSeesWithoutAnAgent() throws Exception {
    List<String> without = transcriptWithoutAgent();
    routes.host(HOST, real());
    for (String url : List.of(direct(), database().url(HOST))) {
      try (Connection connection = connect(url)) {
        assertThat(JdbcTranscript.of(connection)).isEqualTo(without);
      }
    }
    assertThat(without).hasSizeGreaterThan(30);
  }

  private List<String> transcriptWithoutAgent() throws Exception {
    Path ours =
        Path.of(JdbcTranscript.class.getProtectionDomain().getCodeSource().getLocation().toURI());
    Process process =
        new ProcessBuilder(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-cp",
                ours + File.pathSeparator + database().classPath(),
                JdbcTranscript.class.getName(),
                direct(),
                database().server().user(),
                database().server().password())
            .redirectError(ProcessBuilder.Redirect.INHERIT)
            .start();
    String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    assertThat(process.waitFor()).isZero();
    return output.lines().toList();
  }

  protected final Connection connect(String url) throws SQLException {
    return connect(url, login());
  }

  private Connection connect(String url, Properties login) throws SQLException {
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

  private Execution only() {
    assertThat(executions()).hasSize(1);
    return executions.get(0);
  }

  private Relay relay() {
    return Relay.to(database().server().port());
  }

  /** The server's real address, which is not in the mesh. */
  private String direct() {
    return database().url("127.0.0.1:" + database().server().port());
  }

  private Properties login() {
    Properties login = new Properties();
    login.setProperty("user", database().server().user());
    login.setProperty("password", database().server().password());
    return login;
  }

  private SQLException failure(String url) {
    return failure(url, login());
  }

  private SQLException failure(String url, Properties login) {
    SQLException e = catchThrowableOfType(SQLException.class, () -> connect(url, login).close());
    assertThat((Throwable) e).as(url).isNotNull();
    return e;
  }

  private static void assertSameKind(SQLException e, SQLException own) {
    assertThat(e.getClass().getName()).isEqualTo(own.getClass().getName());
    assertThat(e.getSQLState()).isEqualTo(own.getSQLState());
    assertThat(e.getErrorCode()).isEqualTo(own.getErrorCode());
  }

  private void assertNoSecrets() {
    assertThat(executions())
        .allSatisfy(
            each -> assertThat(each.call().statement().toString()).doesNotContain("secret"));
  }

  private static int port(DatabaseCall call) {
    var peer = call.database().peer();
    return peer == null ? 0 : peer.getPort();
  }

  private static Set<String> threadsOfTheAgent() {
    Set<String> names = new TreeSet<>();
    for (Thread thread : Thread.getAllStackTraces().keySet()) {
      if (thread.getName().startsWith("endomesh-")) {
        names.add(thread.getName());
      }
    }
    return names;
  }

  private static Endpoint refusing() throws IOException {
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
