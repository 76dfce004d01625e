package io.endomesh.demo.conformance;

import com.fasterxml.jackson.databind.JsonNode;
import io.endomesh.demo.Await;
import io.endomesh.demo.Http;
import io.endomesh.demo.Installation;
import java.io.IOException;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;

/** A real Zipkin server, with its spans in memory. One thread at a time. */
final class Zipkin implements AutoCloseable {

  private static final Duration START = Duration.ofSeconds(90);

  private final Http http = new Http();
  private final String url;
  private final Process process;

  Zipkin(Path home, Path run) throws IOException {
    int port;
    try (ServerSocket free = new ServerSocket(0)) {
      port = free.getLocalPort();
    }
    url = "http://127.0.0.1:" + port;
    ProcessBuilder builder =
        new ProcessBuilder(
                Installation.java(
                    "-XX:TieredStopAtLevel=1",
                    "-Djava.io.tmpdir=" + run,
                    "-jar",
                    jar(home).toString()))
            .redirectErrorStream(true)
            .redirectOutput(run.resolve("zipkin.log").toFile());
    builder.environment().put("QUERY_PORT", Integer.toString(port));
    process = builder.start();
    Await.until("Zipkin", START, () -> http.get(url + "/health").ok());
  }

  private static Path jar(Path home) throws IOException {
    try (Stream<Path> agents = Files.list(home.resolve("examples/demo/target/agents"))) {
      return agents
          .filter(file -> file.getFileName().toString().startsWith("zipkin-server"))
          .findAny()
          .orElseThrow(() -> new IOException("no Zipkin server was built in"));
    }
  }

  /** Where it takes spans. */
  String address() {
    return url + "/api/v2/spans";
  }

  JsonNode api(String path) {
    return http.get(url + "/api/v2/" + path).json();
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
