package io.endomesh.controller.operations;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.endomesh.controller.Controller;
import io.endomesh.controller.ControllerOptions;
import io.endomesh.controller.TestWorkload;
import io.endomesh.controller.cli.Cli;
import io.endomesh.controller.etcd.EtcdAddress;
import io.endomesh.controller.etcd.RealEtcd;
import io.endomesh.controller.seal.KeySource;
import io.endomesh.proto.v1.ControllerMessage;
import io.grpc.StatusRuntimeException;
import java.io.IOException;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Base64;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Controllers whose store is in a real etcd. */
@Timeout(180)
class EtcdControllerTest {

  private static final ObjectMapper JSON = new ObjectMapper();

  private static final String PASSWORD = "correct horse battery";

  private static final String SERVICE =
      """
      {"apiVersion": "v1", "kind": "Service", "metadata": {"name": "%s", "namespace": "shop"},
       "spec": {"selector": {"app": "%s"}}}
      """;

  @TempDir Path directory;
  private RealEtcd etcd;
  private Path key;

  @BeforeEach
  void start() throws Exception {
    etcd = RealEtcd.start(directory.resolve("etcd"));
    key = directory.resolve("key");
    Files.writeString(key, Base64.getEncoder().encodeToString(new byte[32]));
  }

  @AfterEach
  void stop() {
    if (etcd != null) {
      etcd.close();
    }
  }

  @Test
  void controller_anotherMachine_hasTrustAndLoginsAndNothingInClear() throws Exception {
    String root;
    String authority;
    try (Controller controller = Controller.start(options("one", false).storedIn(etcd.address()))) {
      fill(controller);
      JsonNode status = JSON.readTree(send(controller, "GET", "/api/v1/status", "", "", 200));
      authority = status.path("certificateAuthority").path("fingerprint").asText();
      assertThat(authority).isNotEmpty();
      root = send(controller, "GET", "/spiffe/bundle", "", "", 200);
    }
    assertThat(Files.list(directory.resolve("one")).map(Path::getFileName).map(Path::toString))
        .as("what a controller leaves on its machine")
        .containsExactly("seal.json");
    assertThat(allBytes(directory.resolve("etcd")))
        .contains("secret/root.pem")
        .doesNotContain("PRIVATE KEY", "argon2id", "ema_");

    try (Controller again = Controller.start(options("two", true).storedIn(etcd.address()))) {
      String admin =
          Cli.run("controller", "admin-token", "--store=" + etcd.url(), "--seal-key-file=" + key)
              .out()
              .trim();
      JsonNode status = JSON.readTree(send(again, "GET", "/api/v1/status", "", admin, 200));
      assertThat(status.path("certificateAuthority").path("fingerprint").asText())
          .isEqualTo(authority);
      assertThat(send(again, "GET", "/spiffe/bundle", "", "", 200)).isEqualTo(root);
      assertHolds(again);
    }
  }

  @Test
  void etcd_doesNotAnswer_controllerServesSaysSoAndWritesNothing() throws Exception {
    try (Controller controller = Controller.start(options("one", false).storedIn(etcd.address()))) {
      fill(controller);
      String ready = send(controller, "GET", "/readyz", "", "", 200);
      assertThat(ready).contains("\"store\":true");
      etcd.stop();
      try {
        String refused =
            send(controller, "POST", "/api/v1/apply", SERVICE.formatted("late", "late"), "", 503);

        assertThat(refused).contains("\"unavailable\"", "no answer");
        assertThat(send(controller, "GET", "/readyz", "", "", 503)).contains("\"store\":false");
        assertThat(send(controller, "GET", "/api/v1/status", "", "", 200))
            .contains("what was known then is served, and nothing can be changed");
        send(controller, "GET", "/api/v1/namespaces/shop/services/orders", "", "", 200);
        assertThat(send(controller, "POST", "/api/v1/tokens", token(), "", 503))
            .contains("nothing was changed");
        assertThat(send(controller, "GET", "/api/v1/history", "", "", 503)).contains("no answer");
        assertThat(send(controller, "GET", "/api/v1/audit", "", "", 503)).contains("no answer");
        String login = "{\"user\":\"anna\",\"password\":\"" + PASSWORD + "\",\"bearer\":true}";
        send(controller, "POST", "/login", login, "", 200);
      } finally {
        etcd.goOn();
      }
      while (!send(controller, "GET", "/readyz", "", "", 0).contains("\"store\":true")) {
        LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(50));
      }
      send(controller, "POST", "/api/v1/apply", SERVICE.formatted("then", "then"), "", 200);
    }
  }

  @Test
  void etcd_doesNotAnswer_workloadsJoinAndKeepTheirConfiguration() throws Exception {
    try (Controller controller = Controller.start(options("one", false).storedIn(etcd.address()))) {
      Path trust = trust(controller);
      try (TestWorkload orders =
          TestWorkload.start(controller, trust, "shop", "orders", "orders-1")) {
        assertThat(orders.join(Map.of(), 8080)).isInstanceOf(ControllerMessage.class);
        etcd.stop();
        try {
          send(controller, "POST", "/api/v1/apply", SERVICE.formatted("late", "late"), "", 503);
          orders.reconnect(controller);
          // What the stream before had to say; its end comes last.
          Object last = orders.answers.poll(10, TimeUnit.SECONDS);
          while (last instanceof ControllerMessage) {
            last = orders.answers.poll(10, TimeUnit.SECONDS);
          }
          assertThat(last).isInstanceOf(StatusRuntimeException.class);

          assertThat(orders.join(Map.of(), 8080)).isInstanceOf(ControllerMessage.class);

          // What could not be revoked later is not given out.
          assertThatThrownBy(() -> orders.renew(controller, trust))
              .hasMessageContaining("no answer");
        } finally {
          etcd.goOn();
        }
      }
    }
  }

  @Test
  void active_isKilled_standbyTakesOverWithAllThatWasAcknowledged() throws Exception {
    String[] options = {"--store=" + etcd.url(), "--seal-key-file=" + key};
    Path one = Files.createDirectory(directory.resolve("one"));
    Path two = Files.createDirectory(directory.resolve("two"));
    try (ControllerJvm active = ControllerJvm.start(one, options)) {
      CompletableFuture<ControllerJvm> standby =
          CompletableFuture.supplyAsync(
              () -> {
                try {
                  return ControllerJvm.start(two, options);
                } catch (IOException e) {
                  throw new IllegalStateException(e);
                }
              });
      for (int i = 0; i < 20; i++) {
        assertThat(active.apply(SERVICE.formatted("s" + i, "s" + i)).statusCode()).isEqualTo(200);
      }
      assertThat(standby).isNotDone();

      active.kill();

      try (ControllerJvm next = standby.get(90, TimeUnit.SECONDS)) {
        assertThat(next.log()).contains("standing by: the controller");
        for (int i = 0; i < 20; i++) {
          assertThat(next.get("/api/v1/namespaces/shop/services/s" + i).statusCode())
              .isEqualTo(200);
        }
        assertThat(next.apply(SERVICE.formatted("t", "t")).statusCode()).isEqualTo(200);
      }
    }
  }

  @Test
  void active_isCutOffUntilAnotherTookOver_endsAndHasWrittenNothing() throws Exception {
    String[] options = {"--store=" + etcd.url(), "--seal-key-file=" + key};
    Path one = Files.createDirectory(directory.resolve("one"));
    Path two = Files.createDirectory(directory.resolve("two"));
    try (ControllerJvm active = ControllerJvm.start(one, options)) {
      assertThat(active.apply(SERVICE.formatted("s", "s")).statusCode()).isEqualTo(200);
      signal(active.process, "-STOP");
      try (ControllerJvm next = ControllerJvm.start(two, options)) {
        assertThat(next.apply(SERVICE.formatted("t", "t")).statusCode()).isEqualTo(200);

        signal(active.process, "-CONT");

        assertThat(active.process.waitFor(60, TimeUnit.SECONDS)).isTrue();
        assertThat(active.process.exitValue()).isEqualTo(1);
        assertThat(active.log()).contains("took over while this one was cut off");
        assertThat(next.json("/api/v1/history").findValues("revision")).hasSize(2);
        assertThat(next.apply(SERVICE.formatted("u", "u")).statusCode()).isEqualTo(200);
      }
    }
  }

  @Test
  void migrate_toEtcdAndBack_holdsAllAndNeedsTheSeal() throws Exception {
    Path data = directory.resolve("data");
    try (Controller controller = Controller.start(options("clear", false).sealedBy(null))) {
      assertThat(controller.address().getPort()).isPositive();
    }
    Cli.Said clear = migrate(directory.resolve("clear").toString(), etcd.url() + "/clear");
    assertThat(clear.err()).contains("its secrets are in clear", "`endomesh controller seal`");
    try (Controller controller = Controller.start(options("data", false))) {
      fill(controller);
      Cli.Said running = migrate(data.toString(), etcd.url());
      assertThat(running.err()).contains("is in use by another controller");
    }

    Cli.Said there = migrate(data.toString(), etcd.url());

    assertThat(there.exit()).as(there.err()).isZero();
    assertThat(there.out()).contains("1 resources, 1 changes, 1 users");
    assertThat(migrate(data.toString(), etcd.url()).err()).contains("holds a controller's data");
    assertThatThrownBy(() -> Controller.start(options("data", false).storedIn(etcd.address())))
        .hasMessageContaining("has a store of its own");
    Path backup = directory.resolve("mesh.backup");
    try (Controller controller = Controller.start(options("two", true).storedIn(etcd.address()))) {
      assertHolds(controller);
      String anna = login(controller);
      send(controller, "POST", "/api/v1/apply", SERVICE.formatted("more", "more"), anna, 200);
      Cli.Said saved =
          Cli.run(
              "backup",
              backup.toString(),
              "--controller=http://127.0.0.1:" + controller.address().getPort(),
              "--token-file=" + Files.writeString(directory.resolve("token"), anna));
      assertThat(saved.exit()).as(saved.err()).isZero();
      assertThat(saved.out()).contains("2 resources, 2 changes, 1 users", "sealed");
      assertThat(migrate(etcd.url(), directory.resolve("no").toString()).err())
          .contains("in use by the controller");
    }
    Cli.Said back = migrate(etcd.url(), directory.resolve("three").toString());
    assertThat(back.exit()).as(back.err()).isZero();
    try (Controller controller = Controller.start(options("three", true))) {
      assertHolds(controller);
      send(controller, "GET", "/api/v1/namespaces/shop/services/more", "", login(controller), 200);
    }
    Cli.Said restored =
        Cli.run("restore", backup.toString(), "--store=" + etcd.url() + "/restored");
    assertThat(restored.exit()).as(restored.err()).isZero();
    EtcdAddress other = EtcdAddress.parse(etcd.url() + "/restored", null, null, null);
    try (Controller controller = Controller.start(options("four", true).storedIn(other))) {
      assertHolds(controller);
    }
  }

  @Test
  void start_withoutAKeyOrEtcd_saysWhatIsExpected() {
    assertThatThrownBy(
            () -> Controller.start(options("one", false).sealedBy(null).storedIn(etcd.address())))
        .hasMessageContaining("secrets go there sealed only (expected: --seal-key-file");
    Cli.Said said = Cli.run("controller", "--store=etcd://mesh.example");
    assertThat(said.exit()).isEqualTo(2);
    assertThat(said.err()).contains("plaintext beyond this machine");
    assertThat(Cli.run("controller", "--etcd-ca=x.pem").err()).contains("without --store");
  }

  private static void signal(Process process, String signal) throws Exception {
    Process kill = new ProcessBuilder("kill", signal, String.valueOf(process.pid())).start();
    assertThat(kill.waitFor()).isZero();
  }

  private static Cli.Said migrate(String from, String to) {
    return Cli.run("store", "migrate", "--from", from, "--to", to);
  }

  /** One resource, one user. */
  private static void fill(Controller controller) throws Exception {
    send(controller, "POST", "/api/v1/apply", SERVICE.formatted("orders", "orders"), "", 200);
    send(
        controller,
        "POST",
        "/api/v1/users",
        "{\"name\":\"anna\",\"role\":\"admin\",\"password\":\"" + PASSWORD + "\"}",
        "",
        201);
  }

  private static void assertHolds(Controller controller) throws Exception {
    String anna = login(controller);
    send(controller, "GET", "/api/v1/namespaces/shop/services/orders", "", anna, 200);
    assertThat(send(controller, "GET", "/api/v1/audit", "", anna, 200)).contains("user.create");
    assertThat(send(controller, "GET", "/api/v1/history", "", anna, 200)).contains("orders");
  }

  private static String login(Controller controller) throws Exception {
    String login = "{\"user\":\"anna\",\"password\":\"" + PASSWORD + "\",\"bearer\":true}";
    return JSON.readTree(send(controller, "POST", "/login", login, "", 200))
        .findValue("token")
        .asText();
  }

  private static String token() {
    return "{\"namespace\":\"shop\",\"service\":\"orders\",\"ttlSeconds\":60}";
  }

  /** A directory with the root in clear, as workloads know it. */
  private Path trust(Controller controller) throws Exception {
    JsonNode bundle = JSON.readTree(send(controller, "GET", "/spiffe/bundle", "", "", 200));
    String der = bundle.findValue("x5c").get(0).asText();
    Path trust = Files.createDirectory(directory.resolve("trust"));
    Files.writeString(
        trust.resolve("root.pem"),
        "-----BEGIN CERTIFICATE-----\n"
            + Base64.getMimeEncoder(64, new byte[] {'\n'})
                .encodeToString(Base64.getDecoder().decode(der))
            + "\n-----END CERTIFICATE-----\n",
        StandardCharsets.US_ASCII);
    return trust;
  }

  /**
   * @param expected status; 0 for any
   */
  private static String send(
      Controller controller, String method, String path, String body, String token, int expected)
      throws Exception {
    Map<String, String> headers = new TreeMap<>();
    headers.put("content-type", "application/json");
    if (!token.isEmpty()) {
      headers.put("authorization", "Bearer " + token);
    }
    HttpResponse<String> answer = TestWorkload.http(controller, method, path, body, headers);
    if (expected != 0) {
      assertThat(answer.statusCode()).as(path + ": " + answer.body()).isEqualTo(expected);
    }
    return answer.body();
  }

  private ControllerOptions options(String data, boolean login) {
    ControllerOptions defaults = ControllerOptions.onFreePort(directory.resolve(data));
    return new ControllerOptions(
            defaults.host(),
            0,
            null,
            directory.resolve(data),
            defaults.trustDomain(),
            Duration.ofHours(1),
            null,
            login)
        .sealedBy(new KeySource.KeyFile(key));
  }

  private static String allBytes(Path directory) throws IOException {
    StringBuilder all = new StringBuilder();
    try (Stream<Path> files = Files.walk(directory)) {
      for (Path file : files.filter(Files::isRegularFile).toList()) {
        all.append(new String(Files.readAllBytes(file), StandardCharsets.ISO_8859_1));
      }
    }
    return all.toString();
  }
}
