package io.endomesh.contracts.r2dbc;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;

import io.endomesh.contracts.r2dbc.R2dbcUnderTest.Session;
import io.endomesh.dataplane.cluster.Endpoint;
import io.endomesh.dataplane.database.DatabasePolicy;
import io.endomesh.dataplane.database.StatementClass;
import io.endomesh.dataplane.database.StatementClasses;
import io.endomesh.dataplane.database.StatementLimit;
import io.endomesh.testkit.Await;
import io.endomesh.testkit.Contract;
import io.endomesh.testkit.DatabaseFixture;
import io.endomesh.testkit.StagedCode;
import io.endomesh.testkit.TestRoutes;
import io.endomesh.testkit.database.DatabaseServer;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What the mesh promises to an application that asks its database by R2DBC. */
@Contract("R2DBC driver")
abstract class R2dbcContract extends DatabaseFixture {

  private static final String POLICY = "DatabasePolicy/default/orders-db";
  private static final String INSERT = "INSERT INTO orders (item) VALUES ('secret')";
  private static final String COUNT = "SELECT COUNT(*) FROM orders";

  private final R2dbcUnderTest library =
      StagedCode.make(
          getClass(), R2dbcUnderTest.class, "io.endomesh.contracts.r2dbc.library.Application");

  abstract DatabaseServer server();

  /** As {@code r2dbc:NAME:} has it. */
  abstract String driver();

  /** An interface of the driver that applications cast connections to. */
  abstract String connectionType();

  /** Takes longer than any test. */
  abstract String endless();

  /** The only parameter of a statement, as the driver has it written. */
  abstract String parameter();

  @BeforeEach
  void prepare() throws Exception {
    try (Session session = at("127.0.0.1:" + server().port())) {
      session.ask("DROP TABLE IF EXISTS orders");
      session.ask("CREATE TABLE orders (id SERIAL PRIMARY KEY, item VARCHAR(100) NOT NULL)");
    }
    observe();
  }

  private Session at(String authority) throws Exception {
    return at(driver(), authority, server().password());
  }

  final Session at(String driver, String authority, String password) throws Exception {
    return library.open(
        "r2dbc:" + driver + "://" + authority + "/" + server().database(),
        server().user(),
        password);
  }

  final Endpoint real() {
    return TestRoutes.endpoint(server().port(), null);
  }

  @Test
  void host_ofTheMesh_isLedToAnEndpoint_andItsStatementsAreSeen() throws Exception {
    routes.host(HOST, real());
    try (Session session = at(HOST)) {
      session.ask(INSERT);
      assertThat(session.ask("SELECT item FROM orders")).containsExactly("secret");
    }

    assertThat(attempts()).hasSize(1);
    assertThat(executions())
        .extracting(Execution::summary)
        .containsExactly("INSERT orders", "SELECT orders");
    var database = executions().get(0).call().database();
    assertThat(database.service()).isEqualTo(HOST + ".default");
    assertThat(database.host()).isEqualTo(HOST);
    assertThat(database.namespace()).isEqualTo(server().database());
    assertThat(database.peer()).isEqualTo(real().address());
    assertNoSecrets();
  }

  @Test
  void values_areNotSeen_andEachSetOfThemCounts() throws Exception {
    routes.host(HOST, real());
    String insert = "INSERT INTO orders (item) VALUES (" + parameter() + ")";
    try (Session session = at(HOST)) {
      session.ask(insert, "secret 1");
      session.each(insert, "secret 2", "secret 3", "secret 4");
      session.batch(INSERT, INSERT);
      session.batch(INSERT, "DELETE FROM orders");
    }

    assertThat(executions())
        .extracting(each -> each.call().batchSize())
        .containsExactly(1, 3, 2, 2);
    assertThat(executions())
        .extracting(Execution::summary)
        .containsExactly("INSERT orders", "INSERT orders", "INSERT orders", "BATCH");
    assertNoSecrets();
  }

  @Test
  void statement_theDatabaseRefuses_isSeenWithItsState_andIsTheDriversException() throws Exception {
    routes.host(HOST, real());
    try (Session session = at(HOST)) {
      Throwable refused = catchThrowable(() -> session.ask("SELECT id FROM nowhere"));

      assertThat(refused.getClass().getName()).contains("r2dbc");
      assertThat(only().error()).isNotNull();
      assertThat(only().sqlState()).startsWith("42");
      assertThat(session.ask(COUNT)).containsExactly("0");
    }
  }

  @Test
  void host_outsideTheMesh_isReachedAsEver_andItsStatementsAreSeen() throws Exception {
    try (Session session = at("localhost:" + server().port())) {
      assertThat(session.ask(COUNT)).containsExactly("0");
    }

    assertThat(attempts()).isEmpty();
    assertThat(only().call().database().service()).isNull();
    assertThat(only().call().database().port()).isEqualTo(server().port());
  }

  @Test
  void endpoint_thatDoesNotAnswer_isFollowedByAnother() throws Exception {
    routes.host(HOST, refusing(), real());

    int opened = 0;
    // Each has an even chance to try the one that is gone first; 2^-30 that none does.
    while (opened < 30 && attempts().size() == opened) {
      try (Session session = at(HOST)) {
        assertThat(session.ask(COUNT)).containsExactly("0");
      }
      opened++;
    }

    assertThat(attempts()).hasSizeGreaterThan(opened);
    assertThat(executions()).allMatch(each -> port(each.call()) == server().port());
  }

  @Test
  void password_thatIsWrong_isWrongEverywhere() {
    routes.host(HOST, real(), real());

    Throwable refused = catchThrowable(() -> at(driver(), HOST, "not the password"));

    assertThat(refused.getClass().getName()).contains("r2dbc");
    assertThat(attempts()).hasSize(1);
  }

  @Test
  void service_withoutEndpoints_isAnExceptionThatSaysSo() {
    routes.host(HOST);

    Throwable refused = catchThrowable(() -> at(HOST));

    assertThat(refused.getClass().getSimpleName()).isEqualTo("R2dbcTransientResourceException");
    assertThat(refused).hasMessageContaining("no endpoint of " + HOST);
  }

  @Test
  void endpoint_thatMustProveItsIdentity_isRefused() {
    routes.host(HOST, TestRoutes.endpoint(server().port(), TestRoutes.spiffeId("orders-db")));

    Throwable refused = catchThrowable(() -> at(HOST));

    assertThat(refused.getClass().getSimpleName()).isEqualTo("R2dbcNonTransientResourceException");
    assertThat(refused).hasMessageContaining("must prove " + TestRoutes.spiffeId("orders-db"));
  }

  @Test
  void statement_ofAClassNotAllowed_isRefusedAndNamesThePolicy() throws Exception {
    DatabasePolicy.Grant reading =
        new DatabasePolicy.Grant(List.of(), StatementClasses.of(StatementClass.READ));
    routes.database(HOST, new DatabasePolicy(POLICY, List.of(reading), 0, 0), real());
    try (Session session = at(HOST)) {
      for (Throwable refused :
          List.of(
              catchThrowable(() -> session.ask(INSERT)),
              catchThrowable(() -> session.batch(COUNT, INSERT)))) {
        assertThat(refused.getClass().getSimpleName()).isEqualTo("R2dbcPermissionDeniedException");
        assertThat(refused).hasMessageContaining(POLICY).hasMessageNotContaining("secret");
      }
      assertThat(session.ask(COUNT)).containsExactly("0");
    }

    assertThat(executions().subList(0, 2)).extracting(Execution::sqlState).containsOnly("42501");
  }

  @Test
  void statement_thatTakesTooLong_isEnded() throws Exception {
    routes.database(HOST, new DatabasePolicy(POLICY, List.of(), 1, 0), real());
    // Not closed: MySQL's drivers wait there for what they cannot cancel.
    Session session = at(HOST);

    Throwable ended = catchThrowable(() -> session.ask(endless()));

    assertThat(ended.getClass().getSimpleName()).isEqualTo("R2dbcTimeoutException");
    assertThat(ended).hasMessageContaining("the timeout of " + POLICY);
    assertThat(only().sqlState()).isEqualTo("57014");
  }

  @Test
  void statement_thatHasToWait_keepsNoThreadOfTheDriver() throws Exception {
    StatementLimit one = new StatementLimit(1, TimeUnit.SECONDS.toNanos(10));
    routes.database(
        HOST, new DatabasePolicy(POLICY, List.of(), 0, 0, one, null, List.of()), real());
    try (Session session = at(HOST);
        Session second = at(HOST)) {
      CompletableFuture<List<String>> waiting =
          CompletableFuture.supplyAsync(() -> unchecked(() -> second.ask(COUNT)));
      assertThat(session.ask(COUNT)).containsExactly("0");
      assertThat(waiting.get(10, TimeUnit.SECONDS)).containsExactly("0");
      assertThat(session.threadOf(COUNT)).doesNotStartWith("endomesh-");
    }
    assertThat(executions()).allMatch(each -> each.error() == null);
  }

  private interface Asking {
    List<String> ask() throws Exception;
  }

  private static List<String> unchecked(Asking asking) {
    try {
      return asking.ask();
    } catch (Exception e) {
      throw new IllegalStateException(e);
    }
  }

  @Test
  void statement_givenUp_isSeenToEnd() throws Exception {
    routes.host(HOST, real());
    Session session = at(HOST);

    session.giveUp(endless());

    Await.until("end of the statement", () -> !executions().isEmpty());
    assertThat(only().error()).isNull();
  }

  @Test
  void connection_isWhatTheDriversIs() throws Exception {
    routes.host(HOST, real());
    try (Session session = at(HOST)) {
      assertThat(session.isA(connectionType())).isTrue();
    }
  }
}
