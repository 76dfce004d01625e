package io.endomesh.demo.conformance;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.endomesh.demo.Await;
import io.endomesh.demo.CheckFailed;
import io.endomesh.demo.ControllerProcess;
import io.endomesh.demo.Http;
import io.endomesh.demo.Installation;
import io.endomesh.demo.Spoken;
import java.io.IOException;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicReference;

/**
 * What Gateway API's MESH cases start from: a service {@code echo} of two versions in one
 * namespace, a service for each version, and a caller in another namespace; and a host outside the
 * mesh. Real processes: one controller, and a JVM under the packaged agent for each workload. One
 * thread at a time.
 */
final class EchoMesh implements AutoCloseable {

  /** Many times what a workload takes to join. */
  private static final Duration START = Duration.ofSeconds(60);

  /** Ten times the time in which what was applied is promised to be in force. */
  private static final Duration IN_FORCE = Duration.ofSeconds(10);

  /**
   * Of many calls, which take seconds on a machine that is busy: enough for several tries, because
   * chance alone is off by more than Gateway API's tolerance once in forty times.
   */
  private static final Duration SHARED_OUT = Duration.ofSeconds(30);

  /** Many times what a copy needs that was sent beside a call which has its answer. */
  private static final Duration ARRIVED = Duration.ofSeconds(2);

  private static final List<String> SERVICES =
      List.of(
          "echo: {app: echo}",
          "echo-v1: {app: echo, version: v1}",
          "echo-v2: {app: echo, version: v2}");

  private static final ObjectMapper JSON = new ObjectMapper();

  private final Installation installation;
  private final Path run;
  private final Http http = new Http();
  private final ControllerProcess controller;
  private final Partner partner;
  private final Map<String, Spoken> workloads = new LinkedHashMap<>();
  private final Map<String, String> addresses = new LinkedHashMap<>();
  private int calls;

  EchoMesh(Installation installation, Path run)
      throws IOException, InterruptedException, GeneralSecurityException {
    this(installation, run, List.of());
  }

  /**
   * @param options of the controller
   */
  EchoMesh(Installation installation, Path run, List<String> options)
      throws IOException, InterruptedException, GeneralSecurityException {
    this.installation = installation;
    this.run = run;
    partner = new Partner(run);
    controller = new ControllerProcess(installation, run, http, 0, options);
    apply(services());
    Path mesh = controller.joinFile("mesh");
    start("echo-v1", mesh, "mesh", "v1");
    start("echo-v2", mesh, "mesh", "v2");
    start("consumer", controller.joinFile("consumer"), "consumer", "v1");
    for (Map.Entry<String, Spoken> workload : workloads.entrySet()) {
      String port = workload.getValue().after("serving ");
      addresses.put(workload.getKey(), "127.0.0.1:" + port);
    }
    Await.until("the workloads' ports", START, this::joined);
  }

  /** One number leads to the port of another, as on Kubernetes; real ones differ by instance. */
  private static String services() {
    StringBuilder yaml = new StringBuilder();
    for (String service : SERVICES) {
      String[] parts = service.split(": ", 2);
      yaml.append(
          """
          ---
          apiVersion: v1
          kind: Service
          metadata: {name: %s, namespace: mesh}
          spec:
            selector: %s
            ports: [{port: 80, targetPort: 8080}, {port: 8080}, {port: 7070}]
          """
              .formatted(parts[0], parts[1]));
    }
    return yaml.toString();
  }

  private void start(String name, Path join, String namespace, String version) throws IOException {
    List<String> command =
        program(
            // A Host header of its own is what one of the cases is about.
            "-Djdk.httpclient.allowRestrictedHeaders=host",
            agent(join, namespace, "echo,labels=version:" + version, run.resolve("state-" + name)));
    command.addAll(List.of("sample.echo.Echo", name));
    workloads.put(name, Spoken.start(command));
  }

  private String agent(Path join, String namespace, String service, Path state) {
    return "-javaagent:%s=join-file=%s,namespace=%s,service=%s,state-dir=%s"
        .formatted(installation.agent(), join, namespace, service, state);
  }

  private List<String> program(String... options) {
    List<String> command =
        Installation.java("-XX:TieredStopAtLevel=1", "-XX:+UseSerialGC", "-Djava.io.tmpdir=" + run);
    command.addAll(List.of(options));
    command.addAll(List.of("-cp", System.getProperty("java.class.path")));
    return command;
  }

  /** A program of its own that is a workload of a service; who starts it ends it. */
  Spoken join(String namespace, String service, String main, String argument) throws IOException {
    Path state = run.resolve("state-" + service);
    List<String> command =
        program(agent(controller.joinFile(namespace), namespace, service, state));
    command.addAll(List.of(main, argument));
    return Spoken.start(command);
  }

  /** A program outside the mesh; who starts it ends it. */
  Spoken outside(String main, String argument) throws IOException {
    List<String> command = program();
    command.addAll(List.of(main, argument));
    return Spoken.start(command);
  }

  /** Conditions of a resource that do not hold, with their messages; empty if all do. */
  List<String> complaints(String path) {
    List<String> complaints = new ArrayList<>();
    for (JsonNode condition : controller.api(path).at("/status/conditions")) {
      if (!condition.get("status").asText().equals("True")) {
        complaints.add(condition.get("type").asText() + ": " + condition.get("message").asText());
      }
    }
    return complaints;
  }

  private boolean joined() {
    int ports = 0;
    for (JsonNode workload : controller.api("workloads").get("workloads")) {
      ports += workload.get("ports").size();
    }
    return ports == 2 * workloads.size();
  }

  /** What the only workload of a namespace was told, and what it asked for. */
  JsonNode configuration(String namespace) {
    for (JsonNode workload : controller.api("workloads").get("workloads")) {
      if (workload.get("namespace").asText().equals(namespace)) {
        return workload.get("configuration");
      }
    }
    throw new AssertionError("no workload of " + namespace);
  }

  void apply(String resources) {
    Http.Answer answer =
        http.post(
            controller.url() + "/api/v1/apply", "application/yaml", partner.complete(resources));
    assertThat(answer.status()).as(answer.body()).isEqualTo(200);
  }

  /** As by {@code kill -9}. */
  void killController() {
    controller.kill();
  }

  /** On the data of before. */
  void restartController() {
    controller.restart();
  }

  /**
   * @param path below {@code /api/v1/}
   */
  JsonNode ask(String path) {
    return controller.api(path);
  }

  /** The answer to a write, which must be done. */
  JsonNode ask(String path, String json) throws IOException {
    Http.Answer answer = http.post(controller.url() + "/api/v1/" + path, "application/json", json);
    assertThat(answer.status()).as(answer.body()).isEqualTo(200);
    return JSON.readTree(answer.body());
  }

  /** Of the controller. */
  String url() {
    return controller.url();
  }

  String apiToken(String scope) throws IOException {
    Http.Answer answer =
        http.post(
            controller.url() + "/api/v1/api-tokens",
            "application/json",
            "{\"name\":\"test\",\"scopes\":[\"" + scope + "\"]}");
    assertThat(answer.status()).as(answer.body()).isEqualTo(201);
    return answer.json().get("token").asText();
  }

  /**
   * @param paths in the controller's API
   */
  void delete(List<String> paths) {
    for (String path : paths) {
      Http.Answer answer = http.delete(controller.url() + path);
      assertThat(answer.status()).as("delete " + path + ": " + answer.body()).isBetween(200, 204);
    }
  }

  /** How the call went, as the workload tells that made it. */
  JsonNode make(MeshCall call) throws IOException, InterruptedException {
    String url = call.url();
    for (Map.Entry<String, String> workload : addresses.entrySet()) {
      url = url.replace("{address of " + workload.getKey() + "}", workload.getValue());
    }
    Map<String, String> headers = new LinkedHashMap<>(call.headers());
    String mark = Integer.toString(++calls);
    if (!call.copies().isEmpty()) {
      headers.put(Partner.MARK, mark);
    }
    ObjectNode command =
        JSON.createObjectNode()
            .put("url", url)
            .put("count", call.count())
            .put("atOnce", call.atOnce());
    command.set("headers", JSON.valueToTree(headers));
    Spoken from = workloads.get(call.from());
    from.say(command.toString());
    ObjectNode answer = (ObjectNode) JSON.readTree(from.after("answer "));
    return call.copies().isEmpty() ? answer : withCopies(call, mark, answer);
  }

  /** Nobody waits for a copy: the last ones may arrive after the answers to the calls. */
  private JsonNode withCopies(MeshCall call, String mark, ObjectNode answer) {
    try {
      Await.until(
          "copies",
          ARRIVED,
          () -> {
            answer.set("copies", JSON.valueToTree(partner.received(mark)));
            return call.copiesAmiss(answer.get("copies")).isEmpty();
          });
    } catch (CheckFailed late) {
      // What did arrive is in the answer, and judged with the rest of it.
      return answer;
    }
    return answer;
  }

  /** Makes the call until it goes as it must: what was applied takes a moment to be in force. */
  void showsInTime(MeshCall call) {
    AtomicReference<List<String>> wrong = new AtomicReference<>(List.of());
    try {
      Await.until(
          call.toString(),
          call.exact() ? IN_FORCE : SHARED_OUT,
          () -> {
            wrong.set(differences(call));
            return wrong.get().isEmpty();
          });
    } catch (CheckFailed late) {
      throw new AssertionError(late.getMessage() + ": " + wrong.get(), late);
    }
  }

  /** The same for the first calls of programs that have just started: it takes what it takes. */
  void showsAtLast(MeshCall call) {
    Await.until(call.toString(), START, () -> differences(call).isEmpty());
  }

  private List<String> differences(MeshCall call) {
    try {
      return call.differences(make(call));
    } catch (IOException | InterruptedException e) {
      throw new AssertionError(call.toString(), e);
    }
  }

  /** Ends the workloads, which must have had nothing to complain of. */
  void end() throws IOException, InterruptedException {
    for (Spoken workload : workloads.values()) {
      assertThat(workload.end()).as(workload.said()).isZero();
      assertThat(workload.said()).doesNotContain("endomesh ERROR", "suppressed");
    }
  }

  @Override
  public void close() throws IOException {
    workloads.values().forEach(Spoken::close);
    controller.close();
    partner.close();
  }
}
