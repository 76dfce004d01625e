package io.endomesh.demo.conformance;

import com.fasterxml.jackson.databind.JsonNode;
import io.endomesh.demo.Await;
import io.endomesh.demo.Http;
import java.io.IOException;
import java.net.ServerSocket;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;

/** A real Prometheus server with its data below a directory. One thread at a time. */
final class Prometheus implements AutoCloseable {

  static final Path EXECUTABLE = Path.of("/usr/bin/prometheus");

  private static final Duration START = Duration.ofSeconds(60);

  private final Http http = new Http();
  private final String url;
  private final Path log;
  private final Process process;

  /**
   * @param configuration of Prometheus
   */
  static Prometheus start(Path run, String configuration) throws IOException {
    Path directory = Files.createDirectory(run.resolve("prometheus"));
    Files.writeString(directory.resolve("prometheus.yml"), configuration);
    int port;
    try (ServerSocket free = new ServerSocket(0)) {
      port = free.getLocalPort();
    }
    return new Prometheus(directory, port);
  }

  private Prometheus(Path directory, int port) throws IOException {
    url = "http://127.0.0.1:" + port;
    log = directory.resolve("log");
    process =
        new ProcessBuilder(
                EXECUTABLE.toString(),
                "--config.file=" + directory.resolve("prometheus.yml"),
                "--storage.tsdb.path=" + directory.resolve("data"),
                "--web.listen-address=127.0.0.1:" + port)
            .redirectErrorStream(true)
            .redirectOutput(log.toFile())
            .start();
    Await.until("Prometheus", START, () -> http.get(url + "/-/ready").ok());
  }

  /** The answer of its API, which is no error. */
  JsonNode api(String path) throws IOException {
    Http.Answer answer = http.get(url + "/api/v1/" + path);
    if (!answer.ok()) {
      throw new AssertionError(path + ": " + answer + "\n" + Files.readString(log));
    }
    return answer.json().get("data");
  }

  /** What a query gives now, by one of its labels. */
  Map<String, Double> query(String query, String label) throws IOException {
    JsonNode data = api("query?query=" + URLEncoder.encode(query, StandardCharsets.UTF_8));
    Map<String, Double> values = new TreeMap<>();
    for (JsonNode sample : data.get("result")) {
      values.put(sample.at("/metric/" + label).asText(), sample.at("/value/1").asDouble());
    }
    return values;
  }

  @Override
  public void close() {
    process.destroy();
    try {
      if (!process.waitFor(10, TimeUnit.SECONDS)) {
        process.destroyForcibly();
      }
    } catch (InterruptedException e) {
      process.destroyForcibly();
      Thread.currentThread().interrupt();
    }
  }
}
