package io.endomesh.controller.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import picocli.CommandLine;

/** Commands that show the mesh, against the answers that the console's tests play as well. */
class SeeingCommandsTest {

  private static final ObjectMapper JSON = new ObjectMapper();
  private static final Map<String, String> ANSWERS = new ConcurrentHashMap<>();
  private static final AtomicInteger ASKED = new AtomicInteger();
  private static HttpServer server;

  private final StringWriter out = new StringWriter();
  private final StringWriter err = new StringWriter();

  @BeforeAll
  static void start() throws Exception {
    var state = JSON.readTree(Files.readString(Path.of("src/test/resources/browser/state.json")));
    ANSWERS.put(
        "/api/v1/services",
        JSON.createObjectNode().set("services", state.get("services")).toString());
    ANSWERS.put(
        "/api/v1/workloads",
        JSON.createObjectNode().set("workloads", state.get("workloads")).toString());
    ANSWERS.put("/api/v1/graph", state.get("graph").toString());
    ANSWERS.put(
        "/api/v1/traces", JSON.createObjectNode().set("traces", state.get("traces")).toString());
    String trace = Files.readString(Path.of("src/test/resources/browser/trace.json"));
    ANSWERS.put("/api/v1/traces/" + JSON.readTree(trace).get("traceId").asText(), trace);
    server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    server.createContext("/", SeeingCommandsTest::answer);
    server.start();
  }

  @AfterAll
  static void stop() {
    server.stop(0);
  }

  private static void answer(HttpExchange exchange) throws IOException {
    try (exchange) {
      ASKED.incrementAndGet();
      String body = ANSWERS.get(exchange.getRequestURI().getPath());
      byte[] bytes = (body == null ? "{}" : body).getBytes(StandardCharsets.UTF_8);
      exchange.sendResponseHeaders(body == null ? 404 : 200, bytes.length);
      exchange.getResponseBody().write(bytes);
    }
  }

  private int run(String... arguments) {
    out.getBuffer().setLength(0);
    err.getBuffer().setLength(0);
    String[] all = Arrays.copyOf(arguments, arguments.length + 1);
    all[arguments.length] = "--controller=http://127.0.0.1:" + server.getAddress().getPort();
    return Endomesh.configured(new CommandLine(new Endomesh()))
        .setOut(new PrintWriter(out, true))
        .setErr(new PrintWriter(err, true))
        .execute(all);
  }

  @Test
  void stat_all_hasALineForEachService() throws Exception {
    assertThat(run("stat")).isZero();

    assertThat(out.toString())
        .startsWith("SERVICE")
        .contains("REQ/S", "shop/orders", "shop/storefront");
    assertThat(out.toString()).doesNotContain("RETRIES/S");
    assertThat(run("stat", "-o", "wide")).isZero();
    assertThat(out.toString()).contains("RETRIES/S");
    assertThat(run("stat", "shop/orders")).isZero();
    assertThat(out.toString().lines()).hasSize(2);
    assertThat(run("stat", "shop/nobody")).isEqualTo(3);
  }

  @Test
  void edges_ofOneCaller_areItsOnly() {
    assertThat(run("edges", "--from", "shop/storefront")).isZero();

    assertThat(out.toString().lines().skip(1))
        .isNotEmpty()
        .allMatch(line -> line.startsWith("shop/storefront"));
  }

  @Test
  void top_byRate_beginsWithTheBusiest() throws Exception {
    assertThat(run("top", "--limit", "2", "-o", "json")).isZero();

    var edges = JSON.readTree(out.toString()).get("edges");
    assertThat(edges).hasSize(2);
    assertThat(edges.at("/0/stats/requestsPerSecond").asDouble())
        .isGreaterThanOrEqualTo(edges.at("/1/stats/requestsPerSecond").asDouble())
        .isPositive();
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "text    | -> shop/orders",
        "dot     | \"shop/storefront\" -> \"shop/orders\" [label=",
        "mermaid | -->|\"",
        "json    | \"edges\""
      })
  void graph_eachShape_hasTheEdges(String shape, String part) {
    assertThat(run("graph", "-o", shape)).isZero();

    assertThat(out.toString()).contains(part.replace("/\"", "|\""));
  }

  @Test
  void graph_ofANamespaceWithoutCalls_hasNoEdge() {
    assertThat(run("graph", "-n", "nowhere", "-o", "dot")).isZero();

    assertThat(out.toString()).startsWith("digraph").doesNotContain("->");
  }

  @Test
  void trace_listThenOne_showsAWaterfall() {
    assertThat(run("trace")).isZero();
    assertThat(out.toString()).startsWith("TRACE").contains(" ms");

    String id =
        ANSWERS.keySet().stream()
            .filter(path -> path.startsWith("/api/v1/traces/"))
            .findFirst()
            .orElseThrow()
            .substring("/api/v1/traces/".length());
    assertThat(run("trace", id)).isZero();
    assertThat(out.toString()).contains("=====").containsPattern("(?m)^ +shop/");
    assertThat(run("trace", "0")).isEqualTo(3);
  }

  @Test
  void describe_serviceAndWorkload_tellWhatBelongsToThem() throws Exception {
    assertThat(run("describe", "service", "orders", "-n", "shop")).isZero();
    assertThat(out.toString()).contains("called by", "identity", "workload");

    String instance =
        JSON.readTree(ANSWERS.get("/api/v1/workloads")).at("/workloads/0/instance").asText();
    assertThat(run("describe", "workload", instance)).isZero();
    assertThat(out.toString()).contains("wanted", "acked", "process");
    assertThat(run("describe", "workload", "nobody")).isEqualTo(3);
  }

  @Test
  void get_nameAndPath_arePlainWords() {
    assertThat(run("get", "services", "-o", "name")).isZero();
    assertThat(out.toString().lines()).contains("service/shop/orders");

    assertThat(
            run("get", "services", "-o", "jsonpath={.services[?(@.name==\"orders\")].namespace}"))
        .isZero();
    assertThat(out.toString().strip()).isEqualTo("shop");
    assertThat(run("get", "services", "-o", "jsonpath={.services[}")).isEqualTo(2);
    assertThat(err.toString()).contains("(expected: as {.items[*].metadata.name}");
    assertThat(run("get", "services", "-o", "xml")).isEqualTo(2);
    assertThat(err.toString())
        .contains("expected: one of table, wide, json, yaml, name, jsonpath=PATH");
  }

  @Test
  void get_watched_showsOnlyWhatChanged() throws Exception {
    String before = ANSWERS.get("/api/v1/workloads");
    Thread change =
        new Thread(
            () -> {
              // Two answers of the first state have been read: the second was not shown again.
              int asked = ASKED.get();
              while (ASKED.get() < asked + 3) {
                Thread.onSpinWait();
              }
              ANSWERS.put("/api/v1/workloads", "{\"workloads\":[]}");
            });
    change.start();
    try {
      assertThat(run("get", "workloads", "--watch", "--every", "PT0.1S", "--times", "2")).isZero();
    } finally {
      change.join();
      ANSWERS.put("/api/v1/workloads", before);
    }

    assertThat(out.toString().lines().filter(line -> line.startsWith("NAMESPACE"))).hasSize(2);
    assertThat(run("status", "--watch", "--every", "PT0S")).isEqualTo(2);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "stats              | endomesh stat",
        "histroy            | endomesh history",
        "get --namspace x y | --namespace",
        "get httprout       | did you mean 'httproute'?",
        "describe servces x | did you mean 'services'?"
      })
  void run_mistyped_namesTheNearest(String line, String nearest) {
    assertThat(run(line.split(" +"))).isEqualTo(2);

    assertThat(err.toString()).contains(nearest);
  }

  @Test
  void completion_eachShell_knowsAllCommands() {
    for (String shell : new String[] {"bash", "zsh", "fish"}) {
      StringWriter script = new StringWriter();
      assertThat(
              Endomesh.configured(new CommandLine(new Endomesh()))
                  .setOut(new PrintWriter(script, true))
                  .execute("completion", shell))
          .isZero();

      assertThat(script.toString()).contains("rollback", "bug-report", "namespace");
      assertThat(script.toString().contains("complete -c endomesh"))
          .isEqualTo(shell.equals("fish"));
    }
  }

  @Test
  void completion_bash_isTakenByBash() throws Exception {
    StringWriter script = new StringWriter();
    Endomesh.configured(new CommandLine(new Endomesh()))
        .setOut(new PrintWriter(script, true))
        .execute("completion", "bash");
    Process bash = new ProcessBuilder("bash", "-n").redirectErrorStream(true).start();
    bash.getOutputStream().write(script.toString().getBytes(StandardCharsets.UTF_8));
    bash.getOutputStream().close();

    assertThat(new String(bash.getInputStream().readAllBytes(), StandardCharsets.UTF_8)).isEmpty();
    assertThat(bash.waitFor()).isZero();
  }
}
