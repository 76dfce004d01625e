package io.endomesh.controller.operations;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.endomesh.controller.cli.Endomesh;
import java.io.BufferedReader;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** {@code endomesh controller} as a process of its own, which can be stopped and killed. */
final class ControllerJvm implements AutoCloseable {

  static final ObjectMapper JSON = new ObjectMapper();

  private static final Pattern CONSOLE = Pattern.compile("(http://127\\.0\\.0\\.1:(\\d+))/");

  final Process process;
  final String url;
  final int port;
  private final Path log;
  private final HttpClient http =
      HttpClient.newBuilder()
          .version(HttpClient.Version.HTTP_1_1)
          .connectTimeout(Duration.ofSeconds(10))
          .build();

  private ControllerJvm(Process process, String url, int port, Path log) {
    this.process = process;
    this.url = url;
    this.port = port;
    this.log = log;
  }

  /** Returns when it serves. */
  static ControllerJvm start(Path directory, String... options) throws IOException {
    Path log = Files.createTempFile(directory, "controller-", ".log");
    List<String> command = command();
    command.addAll(List.of("controller", "--port=0", "--data-dir=" + directory.resolve("data")));
    command.addAll(List.of(options));
    Process process = new ProcessBuilder(command).redirectError(log.toFile()).start();
    BufferedReader out = process.inputReader();
    for (String line = out.readLine(); line != null; line = out.readLine()) {
      Matcher console = CONSOLE.matcher(line);
      if (console.find()) {
        return new ControllerJvm(
            process, console.group(1), Integer.parseInt(console.group(2)), log);
      }
    }
    throw new IOException("the controller did not start: " + Files.readString(log));
  }

  /** {@code endomesh}, before its arguments. */
  static List<String> command() {
    return new ArrayList<>(
        List.of(
            Path.of(System.getProperty("java.home"), "bin", "java").toString(),
            "-XX:TieredStopAtLevel=1",
            "-XX:+UseSerialGC",
            "-Xmx256m",
            // Not that of tests.
            "-Dlogback.configurationFile=logback.xml",
            "-cp",
            System.getProperty("java.class.path"),
            Endomesh.class.getName()));
  }

  String log() throws IOException {
    return Files.readString(log);
  }

  HttpResponse<String> get(String path) throws IOException, InterruptedException {
    return http.send(
        HttpRequest.newBuilder(URI.create(url + path)).build(),
        HttpResponse.BodyHandlers.ofString());
  }

  JsonNode json(String path) throws IOException, InterruptedException {
    HttpResponse<String> answer = get(path);
    assertThat(answer.statusCode()).as(path + ": " + answer.body()).isEqualTo(200);
    return JSON.readTree(answer.body());
  }

  HttpResponse<String> apply(String yaml) throws IOException, InterruptedException {
    return http.send(
        HttpRequest.newBuilder(URI.create(url + "/api/v1/apply"))
            .header("content-type", "application/yaml")
            .header("x-endomesh-request", "test")
            .POST(HttpRequest.BodyPublishers.ofString(yaml))
            .build(),
        HttpResponse.BodyHandlers.ofString());
  }

  /** As kill -9. */
  void kill() throws InterruptedException {
    process.destroyForcibly();
    assertThat(process.waitFor(30, TimeUnit.SECONDS)).isTrue();
  }

  @Override
  public void close() {
    process.destroyForcibly();
  }
}
