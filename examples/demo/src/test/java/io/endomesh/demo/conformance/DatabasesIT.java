package io.endomesh.demo.conformance;

import static org.assertj.core.api.Assertions.assertThat;

import io.endomesh.demo.Await;
import io.endomesh.demo.CheckFailed;
import io.endomesh.demo.ControllerProcess;
import io.endomesh.demo.Http;
import io.endomesh.demo.Installation;
import io.endomesh.demo.Spoken;
import io.endomesh.testkit.database.DatabaseServer;
import io.endomesh.testkit.database.PostgresServer;
import io.endomesh.testkit.database.ServerTls;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Predicate;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * Every field of a DatabasePolicy, from what is applied to another outcome of a transaction in an
 * application that runs on: two servers of each kind, one application under the agent with the
 * driver alone and with HikariCP before it, one controller.
 */
@Timeout(180)
class DatabasesIT {

  /** Ten times the time in which what was applied is promised to be in force. */
  private static final Duration IN_FORCE = Duration.ofSeconds(10);

  private static final String PLACE = "SELECT name FROM place";
  private static final String WHO =
      "SELECT client_dn FROM pg_stat_ssl WHERE pid = pg_backend_pid()";

  private static final String WRITE = "INSERT INTO place VALUES ('another')";

  /** The order of the endpoints is that in which primaries are tried. */
  private static final String ENTRY =
      """
      apiVersion: networking.istio.io/v1
      kind: ServiceEntry
      metadata: {name: NAME, namespace: shop}
      spec:
        hosts: [NAME, NAME-ro]
        ports: [{number: 5432, name: sql, protocol: TCP}]
        resolution: STATIC
        endpoints:
          - {address: 127.0.0.1, ports: {sql: FIRST}, labels: {role: primary, kind: database}}
          - {address: 127.0.0.1, ports: {sql: SECOND}, labels: {role: replica, kind: database}}
      ---
      """;

  private static final String POLICY =
      """
      apiVersion: endomesh.io/v1
      kind: DatabasePolicy
      metadata: {name: NAME, namespace: shop}
      spec:
        targetRefs: [{group: networking.istio.io, kind: ServiceEntry, name: NAME}]
      """;

  private static final String ROLES =
      "  primary: {matchLabels: {role: primary}}\n"
          + "  replicas: {matchLabels: {role: replica}, hosts: [NAME-ro]}\n";

  private static final Http HTTP = new Http();

  @TempDir private static Path run;
  private static ControllerProcess controller;
  private static Spoken application;

  private String name = "";

  @BeforeAll
  static void start() throws IOException {
    Installation installation = new Installation(Path.of(System.getProperty("endomesh.home")));
    controller = new ControllerProcess(installation, run, HTTP, 0);
    List<String> command =
        Installation.java(
            "-javaagent:%s=join-file=%s,namespace=shop,service=orders,state-dir=%s"
                .formatted(
                    installation.agent(), controller.joinFile("shop"), run.resolve("state")));
    command.addAll(
        List.of("-cp", System.getProperty("java.class.path"), "sample.database.Transactions"));
    application = Spoken.start(command);
  }

  @AfterAll
  static void stop() throws Exception {
    try {
      assertThat(application.end()).as(application.said()).isZero();
      assertThat(application.said()).doesNotContain("endomesh ERROR", "suppressed");
    } finally {
      application.close();
      controller.close();
    }
  }

  @ParameterizedTest
  @EnumSource
  void policy_thatIsApplied_holdsInAnApplicationThatRunsOn(DatabaseKind kind) throws Exception {
    assumeInstalled(kind.missing());
    name = kind.name().toLowerCase(Locale.ROOT) + "-db";
    try (DatabaseServer first = kind.start(directory("first"), "first");
        DatabaseServer second = kind.start(directory("second"), "second")) {
      String entry =
          ENTRY
              .replace("FIRST", Integer.toString(first.port()))
              .replace("SECOND", Integer.toString(second.port()));
      controller.apply((entry + POLICY + ROLES).replace("NAME", name));
      String writer = kind.url(name);
      say("open " + name + " " + writer + " " + kind.url(name + "-ro"));

      readOnlyTransactionsGoToTheReplica();
      statementsOfOtherClassesAreRefused();
      statementsThatTakeTooLongAreEnded(kind);
      slowStatementsAreInTheLog(kind);
      statementsBeyondTheLimitAreRefusedOrWait(kind);
      breakerOpensAndClosesAgain(kind);
      statementsFailOnPurpose();
      connectionsGoOnAtTheNextServer(first);
    }
  }

  @Test
  void databaseThatWantsACertificate_knowsWhichWorkloadItIs() throws Exception {
    assumeInstalled(DatabaseKind.POSTGRESQL.missing());
    name = "mutual-db";
    SelfSigned server = SelfSigned.of("mutual-db.internal", directory("certificate"));
    String root =
        HTTP.get(controller.url() + "/api/v1/ca").json().path("roots").path(0).path("pem").asText();
    try (DatabaseServer database =
        PostgresServer.installed()
            .orElseThrow()
            .start(
                directory("server"),
                "shop",
                "shop-password",
                "shop",
                ServerTls.of(
                    server.certificate(), server.key(), SelfSigned.read(root), "orders.shop"))) {
      String port = Integer.toString(database.port());
      controller.apply(
          (ENTRY.replace("FIRST", port).replace("SECOND", port) + POLICY).replace("NAME", name));
      String url = DatabaseKind.POSTGRESQL.url(name) + "?sslmode=disable";
      say("open " + name + " " + url + " " + url);

      untilBoth("write", WHO, said -> said.startsWith("28000: "));
      apply("  tls: {mode: MUTUAL, sni: mutual-db.internal, caCertificates: %s}\n", server);
      untilBoth("write", WHO, "/CN=orders.shop"::equals);

      apply("  tls: {mode: MUTUAL, sni: other-db.internal, caCertificates: %s}\n", server);
      until(
          "another name refused",
          () -> transactions(name, 1, "write", WHO),
          said -> said.get(0).startsWith("08"));
    }
  }

  private void apply(String spec, SelfSigned server) {
    apply(spec.formatted('"' + server.pem().replace("\n", "\\n") + '"'));
  }

  private void readOnlyTransactionsGoToTheReplica() {
    untilBoth("write", PLACE, "first"::equals);
    untilBoth("read", PLACE, "second"::equals);
  }

  private void statementsOfOtherClassesAreRefused() {
    apply(ROLES + "  statements: {allow: [{callers: [orders], classes: [READ]}]}\n");
    untilBoth("write", WRITE, said -> refused(said, "42501"));
    untilBoth("write", PLACE, "first"::equals);
  }

  private void statementsThatTakeTooLongAreEnded(DatabaseKind kind) {
    apply(ROLES + "  statements: {timeout: 1s}\n");
    untilBoth("write", WRITE, "done"::equals);
    long start = System.nanoTime();
    for (String source : sources()) {
      assertThat(transactions(source, 1, "read", kind.endless()))
          .singleElement()
          .asString()
          .contains("statement timeout of " + policy());
    }
    assertThat(Duration.ofNanos(System.nanoTime() - start)).isLessThan(Duration.ofSeconds(10));
  }

  private void slowStatementsAreInTheLog(DatabaseKind kind) throws Exception {
    apply(ROLES + "  statements: {slowAfter: 100ms}\n");
    String nap = kind.nap("0.3");
    Await.until(
        "a slow statement in the log",
        IN_FORCE,
        () -> {
          transactions(name, 1, "write", nap);
          return application.said().contains("slow statement destination=" + name + " ");
        });
    assertThat(application.said())
        .contains("policy=\"" + policy() + "\"")
        .contains("text=\"" + kind.nap("?") + "\"")
        .doesNotContain(nap);
  }

  private void statementsBeyondTheLimitAreRefusedOrWait(DatabaseKind kind) {
    apply(ROLES + "  statements: {maxConcurrent: 1}\n");
    for (String source : sources()) {
      until(
          source + " refused beyond one",
          () -> transactions(source, 3, "write", kind.nap("0.5")),
          said ->
              said.stream().filter(each -> refused(each, "53400")).count() == 2
                  && said.stream().filter(each -> !refused(each, "53400")).count() == 1);
    }
    // The timeout is for what comes next, should it begin before its own policy is in force.
    apply(ROLES + "  statements: {maxConcurrent: 1, maxWait: 3s, timeout: 2s}\n");
    for (String source : sources()) {
      until(
          source + " waiting",
          () -> transactions(source, 3, "write", kind.nap("0.5")),
          said -> said.stream().noneMatch(each -> refused(each, "53400")));
    }
  }

  private void breakerOpensAndClosesAgain(DatabaseKind kind) {
    apply(
        ROLES
            + "  statements: {timeout: 1s}\n"
            + "  breaker: {minimumCalls: 2, failurePercent: 50, openDuration: 1s}\n");
    until(
        "the breaker open",
        () -> transactions("pooled-" + name, 2, "write", kind.endless()),
        said -> said.stream().anyMatch(each -> refused(each, "57000") || refused(each, "08001")));
    until(
        "the breaker closed",
        () -> transactions("pooled-" + name, 1, "write", PLACE),
        List.of("first")::equals);
  }

  private void statementsFailOnPurpose() {
    apply(ROLES + "  statements: {faults: [{classes: [WRITE], abort: {sqlState: '40001'}}]}\n");
    untilBoth("write", WRITE, said -> said.startsWith("40001: ") && said.contains(policy()));
    untilBoth("write", PLACE, "first"::equals);
    apply(ROLES);
    untilBoth("write", WRITE, "done"::equals);
  }

  /** Both are primaries now: the one that stands first is gone for. */
  private void connectionsGoOnAtTheNextServer(DatabaseServer first) {
    apply("  primary: {matchLabels: {kind: database}}\n");
    untilBoth("write", PLACE, "first"::equals);
    first.close();
    untilBoth("write", PLACE, "second"::equals);
  }

  private static void assumeInstalled(String missing) {
    if (!missing.isEmpty()) {
      String why = missing + ": not installed (expected: apt-get install " + missing + ")";
      assertThat(System.getenv("CI")).as(why).isNull();
      Assumptions.abort("skipped, " + why);
    }
  }

  private Path directory(String which) throws IOException {
    return Files.createTempDirectory(name + "-" + which);
  }

  /** As {@code endomesh apply} does it, without a JVM for each. */
  private void apply(String spec) {
    Http.Answer answer =
        HTTP.post(
            controller.url() + "/api/v1/apply",
            "application/yaml",
            (POLICY + spec).replace("NAME", name));
    assertThat(answer.ok()).as(answer.body()).isTrue();
  }

  private String policy() {
    return "DatabasePolicy/shop/" + name;
  }

  private boolean refused(String said, String state) {
    return said.startsWith(state + ": ") && said.contains(policy());
  }

  private List<String> sources() {
    return List.of(name, "pooled-" + name);
  }

  /** Until the driver alone, and the pool, show it. */
  private void untilBoth(String mode, String sql, Predicate<String> wanted) {
    for (String source : sources()) {
      until(
          source + " for " + mode + ": " + sql,
          () -> transactions(source, 1, mode, sql),
          said -> wanted.test(said.get(0)));
    }
  }

  private static void until(String what, Outcomes outcomes, Predicate<List<String>> wanted) {
    AtomicReference<List<String>> last = new AtomicReference<>(List.of());
    try {
      Await.until(
          what,
          IN_FORCE,
          () -> {
            last.set(outcomes.get());
            return wanted.test(last.get());
          });
    } catch (CheckFailed late) {
      throw new AssertionError(late.getMessage() + ": " + last.get(), late);
    }
  }

  /** Makes transactions, and says how they went. */
  private interface Outcomes {
    List<String> get();
  }

  private static List<String> transactions(String source, int count, String mode, String sql) {
    return List.of(say(source + " " + count + " " + mode + " " + sql).split(" \\| "));
  }

  private static String say(String line) {
    try {
      application.say(line);
      return application.after("did ");
    } catch (IOException | InterruptedException e) {
      throw new AssertionError(line, e);
    }
  }
}
