package io.endomesh.demo;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Calls between real processes are looked at, and no secret of theirs is seen. */
@Timeout(180)
class TapIT {

  private static final Installation INSTALLATION =
      new Installation(Path.of(System.getProperty("endomesh.home")));

  private static final Duration START = Duration.ofSeconds(60);

  private static final String CANARY = "canary-5d1e";

  private static final ObjectMapper JSON = new ObjectMapper();

  @TempDir private static Path run;

  private ControllerProcess controller;

  @AfterEach
  void stop() {
    controller.close();
  }

  private Spoken workload(String service, String settings) throws IOException {
    List<String> command =
        Installation.java("-XX:TieredStopAtLevel=1", "-XX:+UseSerialGC", "-Djava.io.tmpdir=" + run);
    command.add(
        "-javaagent:%s=join-file=%s,namespace=shop,service=%s,state-dir=%s%s"
            .formatted(
                INSTALLATION.agent(),
                controller.joinFile("shop"),
                service,
                run.resolve("state-" + service),
                settings));
    command.addAll(
        List.of("-cp", System.getProperty("java.class.path"), "sample.echo.Echo", service));
    return Spoken.start(command);
  }

  private static String answered(Spoken from) {
    try {
      return call(from).path("seen").path("orders").asText();
    } catch (IOException | InterruptedException e) {
      throw new AssertionError(e);
    }
  }

  private static JsonNode call(Spoken from) throws IOException, InterruptedException {
    ObjectNode call = JSON.createObjectNode().put("url", "http://orders/v1/carts?t=" + CANARY);
    call.putObject("headers")
        .put("authorization", "Bearer " + CANARY)
        .put("x-session-id", CANARY)
        .put("x-page", "3");
    from.say(call.put("count", 1).toString());
    return JSON.readTree(from.after("answer "));
  }

  @Test
  void tap_callOfTheShop_isToldOnBothSides_withoutItsSecrets() throws Exception {
    controller = new ControllerProcess(INSTALLATION, run, new Http(), 0);
    Path log = run.resolve("access.log");
    try (Spoken orders = workload("orders", "");
        Spoken storefront = workload("storefront", ",access-log=" + log)) {
      orders.after("serving ");
      storefront.after("serving ");
      Await.until("orders", START, () -> !controller.workloads("orders").isEmpty());
      Await.until("the first answer", START, () -> !answered(storefront).isEmpty());
      String named = "&header=authorization,x-session-id,x-page";
      try (BufferedReader server = open("shop/orders&side=server" + named);
          BufferedReader client = open("shop/storefront&path=/v1/*" + named)) {
        until(server, "\"listening\":1");
        until(client, "\"listening\":1");
        assertThat(answered(storefront)).isNotEmpty();
        String served = until(server, "\"side\":\"server\"");
        String made = until(client, "\"side\":\"client\"");
        for (String told : List.of(served, made)) {
          assertThat(told)
              .doesNotContain(CANARY)
              .contains("\"url.path\":\"/v1/carts\"", "\"http.response.status_code\":200")
              .contains("\"http.request.header.authorization\":\"[redacted]\"")
              .contains("\"http.request.header.x-session-id\":\"[redacted]\"")
              .contains("\"http.request.header.x-page\":\"3\"", "\"trace_id\":\"")
              .contains("\"tls\":true");
        }
        assertThat(served).contains("/ns/shop/sa/storefront");
        assertThat(made).contains("/ns/shop/sa/orders", "\"endomesh.attempts\":1");
      }
      assertThat(controller.api("access-records").toString()).doesNotContain(CANARY);
      Await.until("the access log", START, () -> log.toFile().length() > 0);
      assertThat(Files.readString(log))
          .contains("\"service.name\":\"storefront\"", "\"url.path\":\"/v1/carts\"")
          .doesNotContain(CANARY);
    }
  }

  private BufferedReader open(String service) throws Exception {
    HttpResponse<InputStream> answer =
        HttpClient.newBuilder()
            .version(HttpClient.Version.HTTP_1_1)
            .build()
            .send(
                HttpRequest.newBuilder(
                        URI.create(controller.url() + "/api/v1/tap?service=" + service))
                    .build(),
                HttpResponse.BodyHandlers.ofInputStream());
    assertThat(answer.statusCode()).isEqualTo(200);
    return new BufferedReader(new InputStreamReader(answer.body(), StandardCharsets.UTF_8));
  }

  private static String until(BufferedReader events, String text) throws IOException {
    for (String line = events.readLine(); line != null; line = events.readLine()) {
      if (line.startsWith("data: ") && line.contains(text)) {
        return line;
      }
    }
    throw new AssertionError("the stream ended before " + text);
  }
}
