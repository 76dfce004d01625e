package io.endomesh.demo;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.Driver;
import java.sql.Statement;
import java.time.Duration;
import java.util.List;
import java.util.Properties;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** What a workload is told of services that refuse it, and how it is refused. */
@Timeout(300)
class ReachIT {

  private static final Installation INSTALLATION =
      new Installation(Path.of(System.getProperty("endomesh.home")));

  private static final Duration START = Duration.ofSeconds(60);
  private static final Duration EFFECT = Duration.ofSeconds(10);
  private static final int FORBIDDEN = 403;
  private static final int PERMISSION_DENIED = 7;

  private static final ObjectMapper JSON = new ObjectMapper();

  /** By who calls alone: the caller's agent knows. */
  private static final String BY_CALLER =
      """
      apiVersion: security.istio.io/v1
      kind: AuthorizationPolicy
      metadata: {name: callers, namespace: shop}
      spec:
        selector: {matchLabels: {app: orders}}
        rules: [{from: [{source: {serviceAccounts: [payments]}}]}]
      """;

  /** By what is called, too: its server decides. */
  private static final String BY_PATH =
      """
      apiVersion: security.istio.io/v1
      kind: AuthorizationPolicy
      metadata: {name: callers, namespace: shop}
      spec:
        selector: {matchLabels: {app: orders}}
        rules: [{to: [{operation: {paths: [/nobody/asks/for/this]}}]}]
      """;

  private static final String DENY =
      """
      apiVersion: security.istio.io/v1
      kind: AuthorizationPolicy
      metadata: {name: no-deletes, namespace: shop}
      spec:
        selector: {matchLabels: {app: orders}}
        action: DENY
        rules: [{to: [{operation: {methods: [DELETE]}}]}]
      """;

  @TempDir private static Path run;
  private static Http http;
  private static ControllerProcess controller;
  private static Spoken orders;
  private static Spoken storefront;

  @BeforeAll
  static void start() throws Exception {
    http = new Http();
    controller = new ControllerProcess(INSTALLATION, run, http, 0);
    orders = workload("orders");
    storefront = workload("storefront");
    Await.until("an answer", START, () -> status("http") == 200);
    Await.until("an answer by gRPC", START, () -> status("grpc") == 0);
  }

  @AfterAll
  static void stop() {
    Stream.of(storefront, orders).forEach(Spoken::close);
    controller.close();
  }

  private static Spoken workload(String service) throws Exception {
    String answer = controller.endomesh(0, "token", "create", "-n", "shop", "--service", service);
    Path join =
        Files.writeString(
            run.resolve("join-" + service), answer.substring(answer.indexOf("em1.")).strip());
    List<String> command =
        Installation.java("-XX:TieredStopAtLevel=1", "-XX:+UseSerialGC", "-Djava.io.tmpdir=" + run);
    command.add(
        "-javaagent:%s=join-file=%s,namespace=shop,service=%s,state-dir=%s"
            .formatted(INSTALLATION.agent(), join, service, run.resolve("state-" + service)));
    command.addAll(
        List.of("-cp", System.getProperty("java.class.path"), "sample.echo.Echo", service));
    Spoken started = Spoken.start(command);
    started.after("serving ");
    Await.until(
        service,
        START,
        () -> controller.workloads(service).stream().anyMatch(w -> !w.get("ports").isEmpty()));
    return started;
  }

  private static JsonNode call(String scheme) {
    try {
      storefront.say(
          JSON.createObjectNode()
              .put("url", scheme.equals("grpc") ? "grpc://orders" + grpcPort() : "http://orders/x")
              .toString());
      return JSON.readTree(storefront.after("answer "));
    } catch (IOException | InterruptedException e) {
      throw new AssertionError(scheme, e);
    }
  }

  /** Its second server. */
  private static String grpcPort() {
    JsonNode ports = controller.workloads("orders").get(0).get("ports");
    return ":" + ports.get(ports.size() - 1).get("number").asInt();
  }

  private static int status(String scheme) {
    return call(scheme).path("status").asInt(-1);
  }

  private static JsonNode refused(String scheme, int status) {
    JsonNode[] answer = new JsonNode[1];
    Await.until(
        status + " by " + scheme,
        EFFECT,
        () -> (answer[0] = call(scheme)).path("status").asInt(-1) == status);
    return answer[0];
  }

  /** What holds of an answer, whoever gives it; ids of traces differ. */
  private static String told(JsonNode answer) {
    return (answer.path("headers").path("x-endomesh-decided-by").asText()
            + " "
            + answer.path("error").asText())
        .replaceAll("trace [0-9a-f]+", "trace");
  }

  @Test
  void policyOnTheCaller_refusesAtTheCaller_asTheServerWould_andHidesWhereItIs() throws Exception {
    controller.apply(BY_PATH);
    String http = told(refused("http", FORBIDDEN));
    String grpc = told(refused("grpc", PERMISSION_DENIED));
    assertThat(http).startsWith("authorization ");
    Await.until("the console telling of both", EFFECT, () -> refusals("orders-") == 2);

    controller.apply(BY_CALLER);
    Await.until("an agent that knows of no cluster", EFFECT, () -> clusters("storefront") == 0);

    assertThat(told(refused("http", FORBIDDEN))).isEqualTo(http);
    assertThat(told(refused("grpc", PERMISSION_DENIED))).isEqualTo(grpc);
    Await.until("the console naming it", EFFECT, () -> refusals("storefront-") > 0);
    assertThat(refusals("orders-")).isEqualTo(2);

    controller.delete("authorizationpolicy", "shop", "callers");
    Await.until("an answer again", EFFECT, () -> status("http") == 200);
    Await.until("an answer by gRPC again", EFFECT, () -> status("grpc") == 0);
  }

  /** Refusals by the policy that instances told of. */
  private static long refusals(String instances) {
    long count = 0;
    for (JsonNode refusal : controller.api("refusals").get("refusals")) {
      if (refusal.path("instance").asText().startsWith(instances)
          && refusal.path("policy").asText().equals("AuthorizationPolicy/shop/callers")) {
        count++;
      }
    }
    return count;
  }

  /** Clusters that the service's agent still holds and the controller has. */
  private static int clusters(String service) {
    return controller
        .workloads(service)
        .get(0)
        .path("configuration")
        .path("subscriptions")
        .path("ClusterLoadAssignment")
        .asInt();
  }

  @Test
  void policy_damagedInTheStore_refusesInItsName_untilItIsMended() throws Exception {
    controller.apply(DENY);
    assertThat(status("http")).isEqualTo(200);
    controller.kill();
    damage();
    controller.restart();

    refused("http", FORBIDDEN);
    assertThat(controller.endomesh(CHECK_FOUND, "check"))
        .contains(
            "error    EC0101  AuthorizationPolicy/shop/no-deletes cannot be read by this version: ")
        .contains("calls to all that it may be for are refused until it is mended");
    assertThat(controller.endomesh(0, "get", "authorizationpolicy", "-n", "shop"))
        .contains("no-deletes");

    controller.apply(DENY);
    Await.until("an answer again", EFFECT, () -> status("http") == 200);
    assertThat(controller.api("status").get("problems").toString()).doesNotContain("cannot be");
    controller.delete("authorizationpolicy", "shop", "no-deletes");
  }

  private static final int CHECK_FOUND = 10;

  /** With the driver that the controller has. */
  private static void damage() throws Exception {
    Path lib = INSTALLATION.controller().resolveSibling("lib");
    URL driver;
    try (Stream<Path> files = Files.list(lib)) {
      driver =
          files
              .filter(file -> file.getFileName().toString().startsWith("sqlite-jdbc-"))
              .findFirst()
              .orElseThrow()
              .toUri()
              .toURL();
    }
    try (URLClassLoader loader = new URLClassLoader(new URL[] {driver});
        Connection store =
            ((Driver) loader.loadClass("org.sqlite.JDBC").getDeclaredConstructor().newInstance())
                .connect("jdbc:sqlite:" + run.resolve("controller/endomesh.db"), new Properties());
        Statement statement = store.createStatement()) {
      assertThat(
              statement.executeUpdate(
                  "UPDATE resource SET body = substr(body, 1, 60) WHERE name = 'no-deletes'"))
          .isEqualTo(1);
    }
  }
}
