package io.endomesh.demo;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.MethodOrderer;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestMethodOrder;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Two meshes with an authority each, whose services call each other by name. */
@Timeout(300)
@TestMethodOrder(MethodOrderer.OrderAnnotation.class)
class FederationIT {

  private static final Installation INSTALLATION =
      new Installation(Path.of(System.getProperty("endomesh.home")));

  private static final Duration START = Duration.ofSeconds(60);

  /** What `remove` and a policy are to take, with room for a machine that is busy. */
  private static final Duration SECONDS = Duration.ofSeconds(5);

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
  private static Mesh ours;
  private static Mesh partners;

  /** One mesh: a controller of its own, and one service that calls and is called. */
  private record Mesh(
      String domain, String service, ControllerProcess controller, Spoken app, int port, int api)
      implements AutoCloseable {

    static Mesh start(String domain, String service) throws Exception {
      Path directory = Files.createDirectories(run.resolve(domain));
      ControllerProcess controller =
          new ControllerProcess(
              INSTALLATION,
              directory,
              new Http(),
              0,
              List.of("--trust-domain", domain, "--federation-allow", "127.0.0.0/8"));
      controller.apply(STRICT);
      Path join = controller.joinFile("shop");
      List<String> command =
          Installation.java(
              "-XX:TieredStopAtLevel=1", "-XX:+UseSerialGC", "-Djava.io.tmpdir=" + directory);
      command.add(
          "-javaagent:%s=join-file=%s,namespace=shop,service=%s,state-dir=%s"
              .formatted(INSTALLATION.agent(), join, service, directory.resolve("state")));
      command.addAll(
          List.of("-cp", System.getProperty("java.class.path"), "sample.echo.Echo", service));
      Spoken app = Spoken.start(command);
      int port = Integer.parseInt(app.after("serving "));
      Await.until(
          service, START, () -> controller.workloads(service).stream().anyMatch(Mesh::serves));
      String url = controller.url();
      return new Mesh(
          domain,
          service,
          controller,
          app,
          port,
          Integer.parseInt(url.substring(url.lastIndexOf(':') + 1)));
    }

    private static boolean serves(JsonNode workload) {
      return !workload.get("ports").isEmpty();
    }

    /** Believes the other, and knows its service by name. */
    String add(Mesh other) throws IOException {
      Path bundle = run.resolve(other.domain + ".json");
      String printed = other.controller.endomesh(0, "federation", "bundle");
      Files.writeString(bundle, printed.substring(printed.indexOf('{')));
      return controller.endomesh(
          0,
          "federation",
          "add",
          other.domain,
          "--url",
          "https://127.0.0.1:" + other.api + "/spiffe/bundle",
          "--bundle",
          bundle.toString());
    }

    String id() {
      return domain + "/ns/shop/sa/" + service;
    }

    String host() {
      return service + "." + domain;
    }

    void knows(Mesh other) {
      controller.apply(
          """
          apiVersion: networking.istio.io/v1
          kind: ServiceEntry
          metadata: {name: partner, namespace: shop}
          spec:
            hosts: [%s]
            ports: [{number: 80, name: http, protocol: HTTP, targetPort: %d}]
            location: MESH_INTERNAL
            resolution: STATIC
            endpoints: [{address: 127.0.0.1}]
            subjectAltNames: ["spiffe://%s"]
          """
              .formatted(other.host(), other.port, other.id()));
    }

    void letsIn(String principal) {
      controller.apply(
          """
          apiVersion: security.istio.io/v1
          kind: AuthorizationPolicy
          metadata: {name: partner, namespace: shop}
          spec:
            action: ALLOW
            rules: [{from: [{source: {principals: ["%s"]}}]}]
          """
              .formatted(principal));
    }

    /** Who answered calls by name, and how often, or what went wrong. */
    String calls(Mesh other, int count) {
      try {
        app.say(
            JSON.createObjectNode()
                .put("url", "http://" + other.host() + "/x")
                .put("count", count)
                .put("atOnce", 4)
                .toString());
        JsonNode answer = JSON.readTree(app.after("answer "));
        int status = answer.path("status").asInt();
        return (status == 200 ? "" : status + " ")
            + answer.path("seen")
            + answer.path("error").asText("");
      } catch (IOException | InterruptedException e) {
        throw new AssertionError(other.host(), e);
      }
    }

    String all(int count) {
      return "{\"" + service + "\":" + count + "}";
    }

    @Override
    public void close() {
      app.close();
      controller.close();
    }
  }

  @BeforeAll
  static void start() throws Exception {
    ExecutorService both = Executors.newFixedThreadPool(2);
    try {
      Future<Mesh> one = both.submit(() -> Mesh.start("ours.example", "orders"));
      Future<Mesh> other = both.submit(() -> Mesh.start("partner.example", "stock"));
      ours = one.get();
      partners = other.get();
    } finally {
      both.shutdown();
    }
  }

  @AfterAll
  static void stop() {
    Stream.of(ours, partners).forEach(Mesh::close);
  }

  @Test
  @Order(1)
  void meshes_thatAreFederated_callEachOtherByName_whereAPolicyLetsThem() throws Exception {
    ours.knows(partners);
    partners.knows(ours);
    Await.until(
        "a call that nobody believes to fail",
        START,
        () -> !ours.calls(partners, 1).contains(partners.all(1)));

    assertThat(ours.add(partners)).contains("partner.example: 1 root, fetched ");
    assertThat(partners.add(ours)).contains("ours.example: 1 root, fetched ");
    // Believed, and refused: no policy lets in who is of another trust domain.
    Await.until("the refusal", START, () -> ours.calls(partners, 1).contains("403"));
    partners.letsIn(ours.id());
    ours.letsIn(partners.id());
    Await.until("an answer", SECONDS, () -> ours.calls(partners, 1).equals(partners.all(1)));
    Await.until("one back", SECONDS, () -> partners.calls(ours, 1).equals(ours.all(1)));
    assertThat(ours.calls(partners, 40)).isEqualTo(partners.all(40));
    assertThat(partners.calls(ours, 40)).isEqualTo(ours.all(40));

    partners.letsIn("ours.example/ns/shop/sa/others");
    Await.until("the policy", SECONDS, () -> ours.calls(partners, 1).contains("403"));
    partners.letsIn(ours.id());
    Await.until("an answer", SECONDS, () -> ours.calls(partners, 1).equals(partners.all(1)));
  }

  @Test
  @Order(2)
  void root_thatFollowsAnother_isLearnedByThePartner_andFailsNoCall() {
    String before = partners.controller.api("ca").get("fingerprint").asText();

    partners.controller.endomesh(0, "ca", "rotate", "--now");

    long end = System.nanoTime() + ROTATED.toNanos();
    for (boolean over = false; !over; ) {
      assertThat(ours.calls(partners, 40)).as("there").isEqualTo(partners.all(40));
      assertThat(partners.calls(ours, 40)).as("back").isEqualTo(ours.all(40));
      over = partners.controller.api("ca").get("rotation").isNull();
      assertThat(System.nanoTime()).isLessThan(end);
    }
    assertThat(ours.controller.endomesh(0, "federation", "refresh", "partner.example"))
        .contains("partner.example: 1 root, fetched");
    String now = partners.controller.api("ca").get("fingerprint").asText();
    assertThat(ours.controller.endomesh(0, "federation", "status", "partner.example"))
        .contains(now)
        .doesNotContain(before);
    assertThat(ours.calls(partners, 40)).as("there").isEqualTo(partners.all(40));
    assertThat(partners.calls(ours, 40)).as("back").isEqualTo(ours.all(40));
  }

  @Test
  @Order(3)
  void partner_thatIsRemoved_isCutOffWithinSeconds_onOpenConnectionsToo() throws Exception {
    Proof partner = Proof.kept(run.resolve("partner.example/state"));
    // Its own roots are what the agent keeps; here it calls us.
    Proof calling =
        new Proof(
            partner.key(), partner.chain(), Proof.kept(run.resolve("ours.example/state")).roots());
    try (Proof.Connection kept = calling.connect(ours.port)) {
      assertThat(kept.get()).contains(" 200 ");

      assertThat(ours.controller.endomesh(0, "federation", "remove", "partner.example"))
          .contains("federated no longer");

      Await.until("the refusal", SECONDS, () -> !kept.get().contains(" 200 "));
    }
    assertThat(calling.isRefusedBy(ours.port)).isTrue();
    assertThat(partners.calls(ours, 1)).as("as a caller").isNotEqualTo(ours.all(1));
    Await.until(
        "the end of calls to it",
        SECONDS,
        () -> !ours.calls(partners, 1).contains(partners.all(1)));
    assertThat(ours.controller.api("federation").get("federated")).isEmpty();
  }
}
