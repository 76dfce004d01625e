package io.endomesh.dataplane.conformance;

import static org.assertj.core.api.Assertions.assertThat;

import io.endomesh.dataplane.Attempt;
import io.endomesh.dataplane.Call;
import io.endomesh.dataplane.Database;
import io.endomesh.dataplane.DatabaseCall;
import io.endomesh.dataplane.Decision;
import io.endomesh.dataplane.Inbound;
import io.endomesh.dataplane.Reply;
import io.endomesh.dataplane.Snapshot;
import io.endomesh.dataplane.StatementRefusal;
import io.endomesh.dataplane.TestMesh;
import io.endomesh.dataplane.TestRequest;
import io.endomesh.dataplane.cluster.Breaker;
import io.endomesh.dataplane.database.DatabasePolicy;
import io.endomesh.dataplane.database.DatabasePolicy.Caller;
import io.endomesh.dataplane.database.Dialect;
import io.endomesh.dataplane.database.SqlText;
import io.endomesh.dataplane.database.StatementClass;
import io.endomesh.dataplane.database.StatementClasses;
import io.endomesh.dataplane.database.StatementFault;
import io.endomesh.dataplane.database.StatementLimit;
import io.endomesh.dataplane.route.Fault;
import io.endomesh.dataplane.route.Share;
import io.endomesh.dataplane.route.VirtualHost;
import java.sql.SQLException;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

@DisplayName("Databases in trouble")
class DatabaseTroubleTest extends Conformance {

  private static final String POLICY = "DatabasePolicy/shop/orders-db";
  private static final String SELECT = "SELECT id FROM orders";
  private static final String DELETE = "DELETE FROM orders";

  @Test
  @DisplayName(
      "one statement more than maxConcurrent is refused at once with SQLState 53400, and is"
          + " executed when another has ended, however that ended")
  void limit() {
    publish(new StatementLimit(2, 0));
    DatabaseCall first = executed(SELECT);
    DatabaseCall second = executed(DELETE);
    StatementRefusal refusal = statement(SELECT).refusal();
    assertThat(refusal.sqlState()).isEqualTo("53400");
    assertThat(refusal.policy()).isEqualTo(POLICY);
    assertThat(refusal.message())
        .isEqualTo(
            "2 statements are in flight at orders-db.shop, the maxConcurrent of "
                + POLICY
                + ": SELECT orders");
    first.ended(null, null);
    DatabaseCall third = executed(SELECT);
    second.ended(new SQLException("lost", "08006"), "08006");
    executed(SELECT);
    third.ended(null, null);
    third.ended(null, null);
    executed(SELECT);
    assertThat(statement(SELECT).refusal()).as("one that ended twice").isNotNull();
  }

  @Test
  @DisplayName("a statement that was refused takes no place, whoever refused it")
  void limitRefused() {
    publish(new StatementLimit(1, 0));
    DatabaseCall running = executed(SELECT);
    DatabaseCall refused = statement(SELECT);
    refused.ended(new SQLException(), refused.refusal().sqlState());
    running.ended(null, null);

    publish(new StatementLimit(1, 0), breaker(1), List.of());
    fail(executed(SELECT), "08006");
    DatabaseCall broken = statement(SELECT);
    assertThat(broken.refusal().sqlState()).isEqualTo("57000");
    broken.ended(new SQLException(), broken.refusal().sqlState());
    publish(new StatementLimit(1, 0));
    executed(SELECT);
  }

  @Test
  @DisplayName("a changed maxConcurrent counts the statements that are in flight already")
  void limitChanged() {
    publish(new StatementLimit(2, 0));
    DatabaseCall first = executed(SELECT);
    executed(SELECT);
    publish(new StatementLimit(1, 0));
    assertThat(statement(SELECT).refusal()).isNotNull();
    first.ended(null, null);
    assertThat(statement(SELECT).refusal()).as("one is enough").isNotNull();
    publish(new StatementLimit(2, 0));
    executed(SELECT);
    assertThat(statement(SELECT).refusal()).isNotNull();
  }

  @Test
  @DisplayName("with maxWait one more waits until another ends, and is refused if none does")
  void limitWaits() throws Exception {
    publish(new StatementLimit(1, seconds(60)));
    DatabaseCall running = executed(SELECT);
    AtomicReference<@Nullable Thread> waiting = new AtomicReference<>();
    CompletableFuture<DatabaseCall> next =
        CompletableFuture.supplyAsync(
            () -> {
              waiting.set(Thread.currentThread());
              return statement(SELECT);
            });
    awaitParked(waiting);
    assertThat(next).isNotDone();
    running.ended(null, null);
    assertThat(next.get(30, TimeUnit.SECONDS).refusal()).isNull();

    publish(new StatementLimit(1, millis(20)));
    assertThat(statement(SELECT).refusal().message())
        .contains(POLICY + "; none ended within 20 ms: SELECT orders");
  }

  @Test
  @DisplayName("whoever is interrupted while waiting is refused, and still interrupted")
  void limitInterrupted() {
    publish(new StatementLimit(1, seconds(60)));
    executed(SELECT);
    Thread.currentThread().interrupt();
    StatementRefusal refusal = statement(SELECT).refusal();
    assertThat(Thread.interrupted()).isTrue();
    assertThat(refusal.message()).contains("interrupted while it waited");
  }

  @Test
  @DisplayName("what begins and ends a transaction is neither counted nor refused nor aborted")
  void control() {
    publish(new StatementLimit(1, 0), breaker(1), List.of(abort(StatementClasses.NONE, "40001")));
    executed("ROLLBACK").ended(new SQLException(), "08006");
    executed("COMMIT");
    executed("BEGIN");
  }

  @Test
  @DisplayName(
      "after too many failures nothing is executed: SQLState 57000 names the policy, until the"
          + " time is over and a statement tries")
  void breaker() {
    publish(null, breaker(4), List.of());
    for (int i = 0; i < 2; i++) {
      executed(SELECT).ended(null, null);
    }
    fail(executed(SELECT), "08006");
    fail(executed(SELECT), "57P01");
    StatementRefusal refusal = statement(SELECT).refusal();
    assertThat(refusal.sqlState()).isEqualTo("57000");
    assertThat(refusal.policy()).isEqualTo(POLICY);
    assertThat(refusal.message())
        .isEqualTo(
            "the breaker of "
                + POLICY
                + " is open, nothing is executed at orders-db.shop: 2 of 4 failed; it is tried"
                + " again in 5000 ms");

    clock.advance(Duration.ofSeconds(5));
    DatabaseCall trying = executed(SELECT);
    assertThat(statement(SELECT).refusal().message()).contains("it is being tried again");
    trying.ended(null, null);
    executed(SELECT);
  }

  @Test
  @DisplayName(
      "connection errors (class 08), shutdowns (57P01 to 57P03), too many connections (53300) and"
          + " time-outs are failures of the database")
  void failures() {
    for (String state : List.of("08000", "08S01", "57P01", "57P02", "57P03", "53300", "90067")) {
      publish(null, named(state), List.of());
      fail(executed(SELECT), state);
      assertThat(statement(SELECT).refusal()).as(state).isNotNull();
    }
    publish(null, named("timeout"), List.of());
    executed(SELECT).ended(new SQLException("canceled", "57014"), "57014", /* timedOut= */ true);
    assertThat(statement(SELECT).refusal()).isNotNull();
  }

  @Test
  @DisplayName(
      "violated constraints (23), syntax (42), data (22), conflicts (40) and what the application"
          + " canceled are none")
  void noFailures() {
    publish(null, breaker(1), List.of());
    for (String state : List.of("23505", "42601", "42501", "22001", "40001", "55P03", "57014")) {
      fail(executed(SELECT), state);
      executed(SELECT).ended(new SQLException(), null);
      assertThat(statement(SELECT).refusal()).as(state).isNull();
    }
  }

  @Test
  @DisplayName(
      "connections that cannot be opened count as well, and are not tried while it is open")
  void connections() {
    publish(null, breaker(2), List.of());
    for (int i = 0; i < 2; i++) {
      Call call = connect();
      assertThat(call.next()).isInstanceOf(Attempt.class);
      call.opened(new SQLException("refused", "08001"));
    }
    assertThat(statement(SELECT).refusal().sqlState()).isEqualTo("57000");
    Reply reply = (Reply) connect().next();
    assertThat(reply.decidedBy()).isEqualTo(POLICY);
    assertThat(reply.message())
        .isEqualTo(
            "no connection to orders-db.shop is opened: 2 of 2 failed; it is tried again in 5000"
                + " ms");

    clock.advance(Duration.ofSeconds(5));
    Call given = connect();
    given.next();
    given.notOpened();
    Call trying = connect();
    assertThat(trying.next()).as("leave that nobody used").isInstanceOf(Attempt.class);
    trying.opened(null);
    trying.notOpened();
    executed(SELECT);
  }

  @Test
  @DisplayName("an opening that fails over to another endpoint is one, and no failure")
  void connectionFailsOver() {
    publish(null, breaker(1), List.of());
    Call call = connect();
    Attempt attempt = (Attempt) call.next();
    attempt.failed(new SQLException("refused"), /* sent= */ false);
    Decision second = call.next();
    ((Attempt) second).connected();
    call.opened(null);
    executed(SELECT);
  }

  @Test
  @DisplayName("a fault aborts its share of statements with its SQLState, naming the policy")
  void abort() {
    publish(
        null,
        null,
        List.of(
            new StatementFault(
                List.of(),
                StatementClasses.NONE,
                StatementFault.FOREVER,
                null,
                new StatementFault.Abort(new Share(100_000), "40001"))));
    int aborted = 0;
    for (int i = 0; i < 10_000; i++) {
      DatabaseCall call = statement(SELECT);
      aborted += call.refusal() == null ? 0 : 1;
    }
    assertShare(aborted, 10_000, 0.1);

    publish(null, null, List.of(abort(StatementClasses.NONE, "40001")));
    StatementRefusal refusal = statement(SELECT).refusal();
    assertThat(refusal.sqlState()).isEqualTo("40001");
    assertThat(refusal.policy()).isEqualTo(POLICY);
    assertThat(refusal.message())
        .isEqualTo("aborted on purpose by the fault of " + POLICY + ": SELECT orders");
  }

  @Test
  @DisplayName(
      "a fault is for its callers and classes only; the first that is for a statement counts")
  void faultsOf() {
    StatementClasses writes = StatementClasses.of(StatementClass.WRITE, StatementClass.DDL);
    publish(
        null,
        null,
        List.of(
            faultOf(new Caller("shop", "orders"), StatementClasses.NONE, "08006"),
            faultOf(new Caller("shop", "web"), writes, "40001"),
            faultOf(new Caller("shop", null), writes, "40P01")));
    assertThat(statement(SELECT).refusal()).isNull();
    assertThat(statement(DELETE).refusal().sqlState()).isEqualTo("40001");
    assertThat(statement("SELECT id FROM orders FOR UPDATE").refusal()).isNotNull();
  }

  @Test
  @DisplayName("a fault is over at its time")
  void faultEnds() {
    long until = clock.millis() + 1_000;
    publish(
        null,
        null,
        List.of(
            new StatementFault(
                List.of(),
                StatementClasses.NONE,
                until,
                null,
                new StatementFault.Abort(Share.ALL, "40001"))));
    assertThat(statement(SELECT).refusal()).isNotNull();
    clock.advance(Duration.ofMillis(999));
    assertThat(statement(SELECT).refusal()).isNotNull();
    clock.advance(Duration.ofMillis(1));
    assertThat(statement(SELECT).refusal()).isNull();
  }

  @Test
  @DisplayName("a fault delays statements before they take a place, and those go on then")
  void delay() {
    publish(
        new StatementLimit(1, 0),
        null,
        List.of(
            new StatementFault(
                List.of(),
                StatementClasses.NONE,
                StatementFault.FOREVER,
                new Fault.Delay(Share.ALL, millis(30)),
                null)));
    long start = System.nanoTime();
    executed(SELECT);
    assertThat(System.nanoTime() - start).isGreaterThanOrEqualTo(millis(30));
    assertThat(statement(SELECT).refusal()).isNotNull();
  }

  @Test
  @DisplayName("faults are not held against the database: no breaker opens on them")
  void faultIsNoFailure() {
    publish(null, breaker(1), List.of(abort(StatementClasses.NONE, "08006")));
    DatabaseCall aborted = statement(SELECT);
    aborted.ended(new SQLException("", "08006"), aborted.refusal().sqlState());
    publish(null, breaker(1), List.of());
    executed(SELECT);
  }

  private static StatementFault abort(StatementClasses classes, String state) {
    return new StatementFault(
        List.of(),
        classes,
        StatementFault.FOREVER,
        null,
        new StatementFault.Abort(Share.ALL, state));
  }

  private static StatementFault faultOf(Caller caller, StatementClasses classes, String state) {
    return new StatementFault(
        List.of(caller),
        classes,
        StatementFault.FOREVER,
        null,
        new StatementFault.Abort(Share.ALL, state));
  }

  private static Breaker breaker(int minimum) {
    return new Breaker(POLICY, seconds(10), minimum, 50, 0, 100, seconds(5), 1);
  }

  /** Another one each: the state of a breaker belongs to its policy. */
  private static Breaker named(String name) {
    return new Breaker(name, seconds(10), 1, 50, 0, 100, seconds(5), 1);
  }

  private void publish(StatementLimit limit) {
    publish(limit, null, List.of());
  }

  private void publish(
      @Nullable StatementLimit limit, @Nullable Breaker breaker, List<StatementFault> faults) {
    DatabasePolicy policy = new DatabasePolicy(POLICY, List.of(), 0, 0, limit, breaker, faults);
    VirtualHost host = new VirtualHost("orders-db.shop", List.of(TestMesh.route(orders)), policy);
    mesh.publish(new Snapshot(1, Map.of("orders-db:5432", host), Inbound.OPEN, null));
  }

  private Call connect() {
    return mesh.call(TestRequest.connecting("orders-db:5432"));
  }

  private DatabaseCall statement(String sql) {
    Database database =
        new Database(
            "postgresql", "orders-db.shop", "Orders-DB", 5432, "shop", "orders-db:5432", null);
    return mesh.statement(database, SqlText.describe(sql, Dialect.POSTGRESQL), 1);
  }

  private DatabaseCall executed(String sql) {
    DatabaseCall call = statement(sql);
    assertThat(call.refusal()).isNull();
    return call;
  }

  private static void fail(DatabaseCall call, String state) {
    call.ended(new SQLException("", state), state);
  }

  /** Until the other thread waits. */
  private static void awaitParked(AtomicReference<@Nullable Thread> thread) {
    long end = System.nanoTime() + seconds(30);
    while (thread.get() == null || thread.get().getState() != Thread.State.TIMED_WAITING) {
      assertThat(System.nanoTime()).isLessThan(end);
      Thread.onSpinWait();
    }
  }
}
