package io.endomesh.controller.access;

import static org.assertj.core.api.Assertions.assertThat;

import io.endomesh.controller.TestWorkload;
import io.endomesh.controller.cli.Endomesh;
import io.endomesh.proto.v1.ControllerMessage;
import io.endomesh.proto.v1.TapReport;
import io.endomesh.proto.v1.Taps;
import io.endomesh.proto.v1.WorkloadMessage;
import java.io.BufferedReader;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Who may see single calls, and for how long. */
@Timeout(120)
class TapRightsTest {

  private static final String TAP = "/api/v1/tap?service=shop/orders";

  @TempDir Path dataDir;
  private Api api;

  @BeforeEach
  void start() throws Exception {
    api = Api.start(dataDir);
  }

  @AfterEach
  void stop() {
    api.close();
  }

  @Test
  void tap_withoutTheRight_isForbidden_whateverTheRole() throws Exception {
    for (String role : List.of("viewer", "operator", "admin")) {
      String session = api.user("no-" + role, role);
      for (String path : List.of(TAP, "/api/v1/access-records")) {
        Api.Answer answer = api.send(session, "GET", path, "");
        assertThat(answer.status()).as(role + path).isEqualTo(403);
        assertThat(answer.body()).contains("tap").doesNotContain("records\":[");
      }
    }
    assertThat(api.send(null, "GET", TAP, "").status()).isEqualTo(401);
    assertThat(api.send(api.adminToken(), "GET", "/api/v1/audit?denied=true", "").body())
        .contains("no-admin", "GET /api/v1/tap");
  }

  @Test
  void tap_rightTakenAway_endsTheStream_andNothingIsToldAnyMore() throws Exception {
    api.user("anna", "viewer");
    role("anna", "{\"tap\":true}");
    String session = api.login("anna", Api.PASSWORD).json().path("token").asText();
    try (TestWorkload orders = workload();
        BufferedReader events = open(session)) {
      orders.join(Map.of(), 8080);
      String id = taps(orders).getTaps(0).getId();
      report(orders, id, "before");
      assertThat(until(events, "before")).contains("\"service.name\":\"orders\"");

      role("anna", "{\"tap\":false}");

      noTaps(orders);
      report(orders, id, "behind");
      assertThat(rest(events)).contains("event: logout").doesNotContain("behind");
    }
    assertThat(api.send(session, "GET", TAP, "").status()).isIn(401, 403);
    assertThat(api.send(api.adminToken(), "GET", "/api/v1/audit", "").body())
        .contains("tap.start", "tap.end", "anna");
  }

  @Test
  void command_rightTakenAway_saysSo_andExitsWith4() throws Exception {
    api.user("bert", "viewer");
    role("bert", "{\"tap\":true}");
    Path token = dataDir.resolve("bert-token");
    Files.writeString(token, api.login("bert", Api.PASSWORD).json().path("token").asText());
    token.toFile().setReadable(false, false);
    token.toFile().setReadable(true, true);
    try (TestWorkload orders = workload()) {
      orders.join(Map.of(), 8080);
      Process tap = command("tap", "shop/orders", "--token-file=" + token);
      assertThat(taps(orders).getTapsList()).hasSize(1);

      role("bert", "{\"tap\":false}");

      assertThat(tap.waitFor(60, TimeUnit.SECONDS)).isTrue();
      assertThat(tap.exitValue()).isEqualTo(4);
      assertThat(Files.readString(dataDir.resolve("err")))
          .contains("the right to tap was taken away");
    }
  }

  private TestWorkload workload() throws Exception {
    Api.Answer made =
        api.send(
            api.adminToken(),
            "POST",
            "/api/v1/tokens",
            "{\"namespace\":\"shop\",\"ttlSeconds\":60,\"service\":\"orders\"}");
    return TestWorkload.start(
        api.controller,
        dataDir,
        made.json().required("token").asText(),
        "shop",
        "orders",
        "orders-1");
  }

  private void role(String user, String change) throws Exception {
    Api.Answer changed =
        api.send(api.adminToken(), "PUT", "/api/v1/users/" + user + "/role", change);
    assertThat(changed.status()).as(changed.body()).isEqualTo(200);
  }

  private BufferedReader open(String session) throws Exception {
    HttpResponse<InputStream> stream =
        HttpClient.newHttpClient()
            .send(
                HttpRequest.newBuilder(URI.create(api.url(TAP)))
                    .header("authorization", "Bearer " + session)
                    .build(),
                HttpResponse.BodyHandlers.ofInputStream());
    assertThat(stream.statusCode()).isEqualTo(200);
    return new BufferedReader(new InputStreamReader(stream.body(), StandardCharsets.UTF_8));
  }

  private static String until(BufferedReader events, String text) throws Exception {
    String line = events.readLine();
    while (line != null && !line.contains(text)) {
      line = events.readLine();
    }
    return String.valueOf(line);
  }

  private static List<String> rest(BufferedReader events) throws Exception {
    List<String> lines = new ArrayList<>();
    for (String line = events.readLine(); line != null; line = events.readLine()) {
      lines.add(line);
    }
    return lines;
  }

  /** It may be asked again before: that happens all ten seconds. */
  private static void noTaps(TestWorkload workload) throws Exception {
    Taps asked = taps(workload);
    while (asked.getTapsCount() > 0) {
      asked = taps(workload);
    }
  }

  private static Taps taps(TestWorkload workload) throws Exception {
    while (true) {
      Object answer = workload.answers.poll(30, TimeUnit.SECONDS);
      assertThat(answer).isNotNull();
      if (answer instanceof ControllerMessage message && message.hasTaps()) {
        return message.getTaps();
      }
    }
  }

  private static void report(TestWorkload workload, String id, String path) {
    workload.say(
        WorkloadMessage.newBuilder()
            .setTapped(
                TapReport.newBuilder()
                    .setId(id)
                    .addRecords("{\"side\":\"server\",\"url.path\":\"/" + path + "\"}"))
            .build());
  }

  private Process command(String... arguments) throws Exception {
    List<String> command =
        new ArrayList<>(
            List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-XX:TieredStopAtLevel=1",
                "-cp",
                System.getProperty("java.class.path"),
                Endomesh.class.getName()));
    command.addAll(List.of(arguments));
    command.add("--controller=" + api.url(""));
    ProcessBuilder builder = new ProcessBuilder(command);
    builder.redirectError(dataDir.resolve("err").toFile());
    builder.redirectOutput(dataDir.resolve("out").toFile());
    builder.environment().keySet().removeIf(name -> name.startsWith("ENDOMESH_"));
    return builder.start();
  }
}
