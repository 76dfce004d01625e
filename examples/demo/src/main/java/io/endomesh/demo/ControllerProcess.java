package io.endomesh.demo;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** The controller of the demo: a process that can be killed and started again on the same data. */
public final class ControllerProcess implements AutoCloseable {

  private static final Duration START = Duration.ofSeconds(60);
  private static final Pattern READY = Pattern.compile("(http://127\\.0\\.0\\.1:\\d+)");

  private static final Pattern JOIN_STRING = Pattern.compile("em1\\.[A-Za-z0-9_-]+");

  private final Installation installation;
  private final Path run;
  private final Http http;
  private final int port;
  private final Path data;
  private final List<String> options;
  private Child child;

  public ControllerProcess(Installation installation, Path run, Http http, int port) {
    this(installation, run, http, port, List.of());
  }

  /**
   * @param options of {@code endomesh controller}, besides its own
   */
  public ControllerProcess(
      Installation installation, Path run, Http http, int port, List<String> options) {
    this.options = List.copyOf(options);
    this.installation = installation;
    this.run = run;
    this.http = http;
    this.port = port == 0 ? freePort() : port;
    this.data = run.resolve("controller");
    this.child = start();
  }

  /** Address of console and API. */
  public String url() {
    return "http://127.0.0.1:" + port;
  }

  public void kill() {
    child.kill();
  }

  public void restart() {
    child = start();
  }

  @Override
  public void close() {
    child.close();
  }

  /** Runs {@code endomesh apply -f}, as a user does. */
  public void apply(String yaml) {
    onFile(yaml, 0, "apply");
  }

  /**
   * Runs {@code endomesh COMMAND -f} on a file.
   *
   * @return what it printed
   */
  String onFile(String yaml, int exit, String... command) {
    Path file = run.resolve("apply.yaml");
    try {
      Files.writeString(file, yaml);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    List<String> arguments = new ArrayList<>(List.of(command));
    arguments.addAll(List.of("-f", file.toString()));
    return endomesh(exit, arguments.toArray(String[]::new));
  }

  /** Runs {@code endomesh delete}. */
  public void delete(String kind, String namespace, String name) {
    endomesh(0, "delete", kind, name, "-n", namespace);
  }

  /** A file with the string that lets workloads of one namespace join. */
  public Path joinFile(String namespace) {
    Matcher joinString =
        JOIN_STRING.matcher(endomesh(0, "token", "create", "--namespace", namespace));
    CheckFailed.unless(joinString.find(), "endomesh token create printed no join string");
    try {
      Path file = run.resolve("join-" + namespace);
      Files.writeString(file, joinString.group());
      return file;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  public JsonNode api(String path) {
    Http.Answer answer = http.get(url() + "/api/v1/" + path);
    CheckFailed.unless(answer.ok(), path + ": " + answer);
    return answer.json();
  }

  /** Connected workloads of a service. */
  List<JsonNode> workloads(String service) {
    List<JsonNode> found = new ArrayList<>();
    for (JsonNode workload : api("workloads").get("workloads")) {
      if (workload.get("service").asText().equals(service)
          && workload.get("connected").asBoolean()) {
        found.add(workload);
      }
    }
    return found;
  }

  private Child start() {
    List<String> command =
        new ArrayList<>(
            Installation.java(
                Installation.temporaryFilesIn(run),
                "-jar",
                installation.controller().toString(),
                "controller",
                "--bind",
                "127.0.0.1",
                "--port",
                Integer.toString(port),
                "--data-dir",
                data.toString(),
                "--agent-jar",
                installation.agent().toString()));
    command.addAll(options);
    Child started = Child.start("controller", run, Map.of(), command);
    started.awaitOutput(READY, START);
    Await.until("the controller's health", START, () -> http.get(url() + "/healthz").ok());
    return started;
  }

  /** Runs {@code endomesh} with JSON as its output. */
  JsonNode endomeshJson(String... arguments) {
    String printed = endomesh(0, arguments);
    // A JVM may say something of its own before.
    return new Http.Answer(200, printed.substring(Math.max(0, printed.indexOf('{')))).json();
  }

  /**
   * Runs {@code endomesh}, as a user does.
   *
   * @param expected how it is to end
   * @return what it printed
   */
  String endomesh(int expected, String... arguments) {
    List<String> command =
        Installation.java(
            "-XX:TieredStopAtLevel=1",
            "-XX:+UseSerialGC",
            "-jar",
            installation.controller().toString());
    command.addAll(List.of(arguments));
    Child cli = Child.start("endomesh", run, Map.of("ENDOMESH_CONTROLLER", url()), command);
    int exit = cli.awaitExit(START);
    CheckFailed.unless(
        exit == expected,
        "endomesh " + String.join(" ", arguments) + " ended with " + exit + ": " + cli.output());
    return cli.output();
  }

  private static int freePort() {
    try (ServerSocket socket = new ServerSocket(0)) {
      return socket.getLocalPort();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
