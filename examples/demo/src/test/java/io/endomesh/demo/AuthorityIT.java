package io.endomesh.demo;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** One root follows another, and certificates are revoked, between real processes that call. */
@Timeout(300)
class AuthorityIT {

  private static final Installation INSTALLATION =
      new Installation(Path.of(System.getProperty("endomesh.home")));

  private static final Duration START = Duration.ofSeconds(60);

  /** Three phases of some seconds each, by evidence; a machine that is busy takes longer. */
  private static final Duration ROTATED = Duration.ofSeconds(120);

  private static final ObjectMapper JSON = new ObjectMapper();

  private static final String STRICT =
      """
      apiVersion: security.istio.io/v1
      kind: PeerAuthentication
      metadata: {name: strict, namespace: shop}
      spec: {mtls: {mode: STRICT}}
      """;

  @TempDir private static Path run;
  private static Http http;
  private static ControllerProcess controller;
  private static Spoken orders;
  private static Spoken storefront;
  private static int ordersPort;

  @BeforeAll
  static void start() throws Exception {
    http = new Http();
    controller = new ControllerProcess(INSTALLATION, run, http, 0);
    controller.apply(STRICT);
    orders = workload("orders", join("orders"));
    ordersPort = Integer.parseInt(orders.after("serving "));
    storefront = workload("storefront", join("storefront"));
    storefront.after("serving ");
    awaitWorkload("orders");
    awaitWorkload("storefront");
    Await.until("the first answer", START, () -> seen(storefront, "orders", 1).equals(all(1)));
  }

  @AfterAll
  static void stop() {
    Stream.of(storefront, orders).forEach(Spoken::close);
    controller.close();
  }

  private static Path join(String service) throws IOException {
    String answer = controller.endomesh(0, "token", "create", "-n", "shop", "--service", service);
    return Files.writeString(
        run.resolve("join-" + service), answer.substring(answer.indexOf("em1.")).strip());
  }

  private static Path state(String service) {
    return run.resolve("state-" + service);
  }

  private static Spoken workload(String service, Path join) throws IOException {
    List<String> command =
        Installation.java("-XX:TieredStopAtLevel=1", "-XX:+UseSerialGC", "-Djava.io.tmpdir=" + run);
    command.add(
        "-javaagent:%s=join-file=%s,namespace=shop,service=%s,state-dir=%s"
            .formatted(INSTALLATION.agent(), join, service, state(service)));
    command.addAll(
        List.of("-cp", System.getProperty("java.class.path"), "sample.echo.Echo", service));
    return Spoken.start(command);
  }

  private static void awaitWorkload(String service) {
    Await.until(service, START, () -> !instances(service).isEmpty());
  }

  private static List<JsonNode> instances(String service) {
    return controller.workloads(service).stream()
        .filter(workload -> !workload.get("ports").isEmpty())
        .toList();
  }

  /** Who answered calls of {@code from}, and how often, or what went wrong. */
  private static String seen(Spoken from, String to, int count) {
    try {
      from.say(
          JSON.createObjectNode()
              .put("url", "http://" + to + "/x")
              .put("count", count)
              .put("atOnce", 4)
              .toString());
      JsonNode answer = JSON.readTree(from.after("answer "));
      return answer.path("seen").toString() + answer.path("error").asText("");
    } catch (IOException | InterruptedException e) {
      throw new AssertionError(to, e);
    }
  }

  private static String all(int count) {
    return "{\"orders\":" + count + "}";
  }

  private static JsonNode authority() {
    return controller.api("ca");
  }

  @Test
  void rotate_now_underLoad_failsNoCallAndLeavesOneRoot() throws Exception {
    Path join = join("payments");
    try (Spoken payments = workload("payments", join)) {
      payments.after("serving ");
      awaitWorkload("payments");
    }
    String before = authority().get("fingerprint").asText();
    Proof old = Proof.kept(state("payments"));
    try (Proof.Connection connection = old.connect(ordersPort)) {
      assertThat(connection.get()).contains(" 200 ");
      Await.until("the end of payments", START, () -> instances("payments").isEmpty());

      assertThat(controller.endomesh(0, "ca", "rotate", "--now")).contains("phase ANNOUNCE");

      long end = System.nanoTime() + ROTATED.toNanos();
      int batches = 0;
      for (boolean over = false; !over; batches++) {
        assertThat(seen(storefront, "orders", 40)).as("during the rotation").isEqualTo(all(40));
        over = authority().get("rotation").isNull();
        assertThat(System.nanoTime()).as("%s", authority()).isLessThan(end);
      }
      assertThat(batches).isGreaterThan(1);
      assertThat(seen(storefront, "orders", 40)).isEqualTo(all(40));

      assertThat(authority().get("fingerprint").asText()).isNotEqualTo(before);
      assertThat(controller.endomesh(0, "ca", "status"))
          .contains(authority().get("fingerprint").asText(), "no rotation is under way")
          .doesNotContain(before);
      assertThat(connection.get()).as("on the connection of before").doesNotContain(" 200 ");
    }
    assertThat(old.isRefusedBy(ordersPort)).as("the old root's certificate").isTrue();
    // It was away: its certificate is of the old root, and so is the root of its join string.
    try (Spoken payments = workload("payments", join)) {
      payments.after("serving ");
      awaitWorkload("payments");
      Await.until("its answer", START, () -> seen(payments, "orders", 1).equals(all(1)));
    }
    assertThat(orders.said() + storefront.said()).doesNotContain("ERROR", "WARN controller");
  }

  @Test
  void revoke_workload_endsWhatItsKeyIsWorthAsCallerAndAsCallee() throws Exception {
    Path join = join("stolen");
    try (Spoken stolen = workload("stolen", join)) {
      stolen.after("serving ");
      awaitWorkload("stolen");
      Await.until("its answer", START, () -> seen(stolen, "orders", 1).equals(all(1)));
      Await.until(
          "an answer of it", START, () -> seen(storefront, "stolen", 1).equals("{\"stolen\":1}"));
      Proof thief = Proof.kept(state("stolen"));
      try (Proof.Connection kept = thief.connect(ordersPort)) {
        assertThat(kept.get()).contains(" 200 ");
        revokeTokens("stolen");
        String instance = instances("stolen").get(0).get("instance").asText();

        String said = controller.endomesh(0, "workload", "revoke", "shop/" + instance);

        assertThat(said).contains("shop/" + instance + " revoked");
        Await.until(
            "the refusal on a connection that is kept",
            Duration.ofSeconds(3),
            () -> !kept.get().contains(" 200 "));
      }
      assertThat(thief.isRefusedBy(ordersPort)).isTrue();
      assertThat(seen(stolen, "orders", 1)).as("as a caller").isNotEqualTo(all(1));
      assertThat(seen(storefront, "stolen", 1)).as("as a callee").doesNotContain("\"stolen\":1");
      assertThat(seen(storefront, "orders", 40)).as("others").isEqualTo(all(40));
      assertThat(stolen.end()).isZero();
      assertThat(stolen.said()).contains("endomesh WARN controller ");
    }
  }

  private static void revokeTokens(String service) {
    for (JsonNode token : controller.api("tokens").get("tokens")) {
      if (token.get("service").asText().equals(service)) {
        controller.endomesh(0, "token", "revoke", token.get("id").asText());
      }
    }
  }
}
