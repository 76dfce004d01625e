package io.endomesh.testkit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.endomesh.dataplane.cluster.Breaker;
import io.endomesh.dataplane.database.DatabasePolicy;
import io.endomesh.dataplane.database.StatementClass;
import io.endomesh.dataplane.database.StatementClasses;
import io.endomesh.dataplane.database.StatementFault;
import io.endomesh.dataplane.database.StatementFault.Abort;
import io.endomesh.dataplane.database.StatementLimit;
import io.endomesh.dataplane.route.Fault.Delay;
import io.endomesh.dataplane.route.Share;
import io.endomesh.testkit.DatabaseUnderTest.Pool;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.sql.SQLTransactionRollbackException;
import java.sql.SQLTransientConnectionException;
import java.sql.SQLTransientException;
import java.sql.Statement;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** What a DatabasePolicy does for a database in trouble, and what it makes go wrong on purpose. */
abstract class JdbcTroubleContract extends JdbcPolicyContract {

  private static final AtomicInteger POLICIES = new AtomicInteger();

  /** Another one for each test: the state of a breaker belongs to its policy. */
  private final String policy = "DatabasePolicy/default/trouble-" + POLICIES.incrementAndGet();

  @Test
  void statement_moreThanMaxConcurrent_isRefusedUntilAnotherEnds() throws Exception {
    // It waits for its place, should the other connection be looking for one just then.
    routes.database(HOST, limited(1, Duration.ofMinutes(1)), real());
    try (Connection busy = connect(database().url(HOST));
        Connection connection = connect(database().url(HOST));
        Statement running = busy.createStatement();
        Statement statement = connection.createStatement()) {
      CompletableFuture<Void> ended = execute(running, database().endless());
      Await.until("its begin", () -> started.get() == 1);
      routes.database(HOST, limited(1, Duration.ZERO), real());
      Await.until("a place taken", () -> isRefused(connection));

      SQLException refused = failure(() -> statement.executeQuery("SELECT 1"));
      assertThat((Throwable) refused).isExactlyInstanceOf(SQLTransientException.class);
      assertThat(refused.getSQLState()).isEqualTo("53400");
      assertThat(refused.getMessage()).contains("1 statements are in flight").contains(policy);

      cancelUntil(running, ended);
      assertThat(one(connection, "SELECT 1")).isEqualTo("1");
      assertThat(one(busy, "SELECT 2")).as("canceled, and no worse for it").isEqualTo("2");
    }
  }

  @Test
  void pool_moreThanMaxConcurrentWithMaxWait_allAreExecuted() throws Exception {
    routes.database(HOST, limited(1, Duration.ofSeconds(60)), real());
    try (Pool pool = database().pool(database().url(HOST), 3)) {
      List<CompletableFuture<Void>> all = new ArrayList<>();
      for (int i = 0; i < 3; i++) {
        all.add(CompletableFuture.runAsync(() -> insertTen(pool)));
      }
      for (CompletableFuture<Void> each : all) {
        each.get(60, TimeUnit.SECONDS);
      }
      try (Connection connection = pool.connection()) {
        assertThat(one(connection, "SELECT COUNT(*) FROM orders")).isEqualTo("30");
      }
    }
    assertThat(executions()).hasSize(31).allMatch(each -> each.error() == null);
  }

  @Test
  void breaker_connectionsFail_opensForAllAndClosesWhenTheDatabaseIsBack() throws Exception {
    DatabasePolicy breaking = breaking(0, Duration.ofSeconds(2));
    routes.database(HOST, breaking, real());
    try (Connection open = connect(database().url(HOST));
        Statement statement = open.createStatement()) {
      open.setAutoCommit(false);
      assertThat(one(open, "SELECT 1")).isEqualTo("1");
      routes.database(HOST, breaking, refusing());
      // Two succeeded so far: the first that fails is more than a fifth.
      failure(database().url(HOST));
      int asked = attempts().size();

      SQLException notExecuted = failure(() -> statement.executeQuery("SELECT 2"));
      assertThat((Throwable) notExecuted).isInstanceOf(SQLTransientConnectionException.class);
      assertThat(notExecuted.getSQLState()).isEqualTo("57000");
      assertThat(notExecuted.getMessage()).contains(policy);
      SQLException notOpened = failure(database().url(HOST));
      assertThat((Throwable) notOpened).isInstanceOf(SQLTransientConnectionException.class);
      assertThat(notOpened.getSQLState()).isEqualTo("08001");
      assertThat(notOpened.getMessage()).contains("no connection to").contains(policy);
      assertThat(attempts()).as("nobody was asked").hasSize(asked);
      open.commit();
      open.setAutoCommit(true);

      routes.database(HOST, breaking, real());
      Await.until("a closed breaker", () -> isAnswered(open));
      connect(database().url(HOST)).close();
    }
  }

  @Test
  void breaker_errorsOfTheApplication_neverOpenIt() throws Exception {
    routes.database(HOST, breaking(0, Duration.ofMinutes(1)), real());
    try (Connection connection = connect(database().url(HOST));
        Statement statement = connection.createStatement()) {
      for (int i = 0; i < 3; i++) {
        failure(() -> statement.executeUpdate("INSERT INTO orders (item) VALUES (NULL)"));
        failure(() -> statement.executeQuery("SELECT nothing FROM nowhere"));
        assertThat(one(connection, "SELECT 1")).isEqualTo("1");
      }
      CompletableFuture<Void> ended = execute(statement, database().endless());
      cancelUntil(statement, ended);
      assertThat(one(connection, "SELECT 1")).isEqualTo("1");
    }
  }

  @Test
  void breaker_statementsTakeTooLong_opensIt() throws Exception {
    routes.database(HOST, breaking(1, Duration.ofMinutes(1)), real());
    try (Connection connection = connect(database().url(HOST));
        Statement statement = connection.createStatement()) {
      failure(() -> statement.executeQuery(database().endless()));
      assertThat(failure(() -> statement.executeQuery("SELECT 1")).getSQLState())
          .isEqualTo("57000");
    }
  }

  @Test
  void fault_ofAClass_abortsItWithItsSqlStateAndNothingElse() throws Exception {
    routes.database(HOST, faulty(null, new Abort(Share.ALL, "40001")), real());
    try (Pool pool = database().pool(database().url(HOST), 1);
        Connection connection = pool.connection();
        Statement statement = connection.createStatement();
        PreparedStatement insert =
            connection.prepareStatement("INSERT INTO orders (item) VALUES (?)")) {
      insert.setString(1, "secret");
      SQLException aborted = failure(insert::executeUpdate);
      assertThat((Throwable) aborted).isExactlyInstanceOf(SQLTransactionRollbackException.class);
      assertThat(aborted.getSQLState()).isEqualTo("40001");
      assertThat(aborted.getMessage()).contains("on purpose").contains(policy);
      insert.addBatch();
      assertThat(failure(insert::executeBatch).getSQLState()).isEqualTo("40001");
      assertThat(insert.executeBatch()).isEmpty();
      assertThat(failure(() -> statement.execute("DELETE FROM orders")).getSQLState())
          .isEqualTo("40001");

      assertThat(one(connection, "SELECT COUNT(*) FROM orders")).isEqualTo("0");
      insert.setString(1, "again");
      assertThat(failure(insert::executeUpdate).getSQLState()).isEqualTo("40001");
      routes.database(HOST, new DatabasePolicy(policy, List.of(), 0, 0), real());
      assertThat(insert.executeUpdate()).as("with the same parameters").isEqualTo(1);
      assertThat(one(connection, "SELECT item FROM orders")).isEqualTo("again");
    }
    assertNoSecrets();
  }

  @Test
  void fault_delay_comesBeforeTheStatement() throws Exception {
    Duration delay = Duration.ofMillis(100);
    routes.database(HOST, faulty(new Delay(Share.ALL, delay.toNanos()), null), real());
    try (Connection connection = connect(database().url(HOST));
        Statement statement = connection.createStatement()) {
      long start = System.nanoTime();
      assertThat(statement.executeUpdate("INSERT INTO orders (item) VALUES ('a')")).isEqualTo(1);
      assertThat(Duration.ofNanos(System.nanoTime() - start)).isGreaterThanOrEqualTo(delay);
    }
  }

  private DatabasePolicy limited(int max, Duration wait) {
    return new DatabasePolicy(
        policy, List.of(), 0, 0, new StatementLimit(max, wait.toNanos()), null, List.of());
  }

  /** Opens as soon as a fifth fails. */
  private DatabasePolicy breaking(int timeoutSeconds, Duration open) {
    Breaker breaker =
        new Breaker(policy, TimeUnit.SECONDS.toNanos(60), 1, 20, 0, 100, open.toNanos(), 1);
    return new DatabasePolicy(policy, List.of(), timeoutSeconds, 0, null, breaker, List.of());
  }

  private DatabasePolicy faulty(@Nullable Delay delay, @Nullable Abort abort) {
    StatementFault writes =
        new StatementFault(
            List.of(),
            StatementClasses.of(StatementClass.WRITE),
            StatementFault.FOREVER,
            delay,
            abort);
    return new DatabasePolicy(policy, List.of(), 0, 0, null, null, List.of(writes));
  }

  private static void insertTen(Pool pool) {
    for (int i = 0; i < 10; i++) {
      try (Connection connection = pool.connection();
          Statement statement = connection.createStatement()) {
        statement.executeUpdate("INSERT INTO orders (item) VALUES ('a')");
      } catch (SQLException e) {
        throw new IllegalStateException(e);
      }
    }
  }

  /** In a thread of its own. */
  private static CompletableFuture<Void> execute(Statement statement, String sql) {
    return CompletableFuture.runAsync(
        () -> {
          try {
            statement.execute(sql);
          } catch (SQLException e) {
            // How a statement ends that the application cancels is the driver's own.
            assertThat(e.getSQLState()).isNotEqualTo("53400");
          }
        });
  }

  /** Again and again: drivers cancel only what has begun. */
  static void cancelUntil(Statement statement, CompletableFuture<Void> ended) {
    Await.until(
        "the end of what the application cancels",
        () -> {
          try {
            statement.cancel();
          } catch (SQLException e) {
            throw new IllegalStateException(e);
          }
          return ended.isDone();
        });
  }

  private static boolean isRefused(Connection connection) {
    try {
      one(connection, "SELECT 1");
      return false;
    } catch (SQLException refused) {
      return true;
    }
  }

  private static boolean isAnswered(Connection connection) {
    return !isRefused(connection);
  }

  private static SQLException failure(ThrowingCallable execution) {
    SQLException e = catchThrowableOfType(SQLException.class, execution);
    assertThat((Throwable) e).isNotNull();
    return e;
  }
}
