package io.endomesh.controller.tap;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.linecorp.armeria.common.QueryParams;
import io.endomesh.controller.Controller;
import io.endomesh.controller.TestWorkload;
import io.endomesh.controller.cli.Endomesh;
import io.endomesh.proto.v1.ControllerMessage;
import io.endomesh.proto.v1.Tap;
import io.endomesh.proto.v1.TapReport;
import io.endomesh.proto.v1.WorkloadMessage;
import java.io.BufferedReader;
import java.io.InputStreamReader;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class TapTest {

  private static final String RECORD =
      "{\"side\":\"server\",\"url.path\":\"/v1/a\",\"service.name\":\"somebody-else\"}";

  @TempDir Path directory;
  private Controller controller;

  @BeforeEach
  void start() throws Exception {
    controller = Controller.start(TestWorkload.patientController(directory));
  }

  @AfterEach
  void stop() {
    controller.close();
  }

  @Test
  void tap_asksTheWorkload_tellsWhatItSays_andEndsWithTheViewer() throws Exception {
    try (TestWorkload orders = TestWorkload.start(controller, directory, "shop", "orders", "o-1")) {
      orders.join(Map.of(), 8080);
      Tap asked;
      try (BufferedReader events =
          open("service=shop/orders&status=5xx&path=/v1/*&header=x-page")) {
        asked = taps(orders).getTaps().getTaps(0);
        assertThat(asked.getPath()).isEqualTo("/v1/*");
        assertThat(asked.getStatusFrom()).isEqualTo(500);
        assertThat(asked.getStatusTo()).isEqualTo(599);
        assertThat(asked.getHeadersList()).containsExactly("x-page");
        report(orders, asked.getId(), "no JSON", "[]", "{\"a\":{}}", RECORD);
        // Whose it is says the certificate.
        assertThat(until(events, "event: record", "url.path"))
            .contains("\"service.name\":\"orders\"", "\"service.instance.id\":\"o-1\"");
        assertThat(until(events, "event: status", "\"told\":1")).contains("\"seen\":9");
      }
      assertThat(taps(orders).getTaps().getTapsList()).isEmpty();
      // Nobody looks any more: it is not kept either.
      report(orders, asked.getId(), RECORD);
    }
    String kept = get("access-records?service=shop/orders").body();
    assertThat(kept.split("url.path", -1)).hasSize(2);
    assertThat(get("audit").body()).contains("tap.start", "tap.end", "shop/orders where ");
  }

  @Test
  void tap_nothingComes_saysWhy() throws Exception {
    try (BufferedReader events = open("service=shop/orders")) {
      assertThat(until(events, "event: status", "empty"))
          .contains("no workload of shop/orders is connected");
      try (TestWorkload orders =
          TestWorkload.start(controller, directory, "shop", "orders", "o-1")) {
        orders.join(Map.of(), 8080);
        // Joined later, and asked all the same; it does not answer, as old agents.
        taps(orders);
        assertThat(until(events, "event: status", "does not know")).contains("o-1");
      }
    }
  }

  @Test
  void tap_filterExcludes_saysWhy() throws Exception {
    try (TestWorkload orders = TestWorkload.start(controller, directory, "shop", "orders", "o-1");
        BufferedReader events = open("service=shop/orders")) {
      orders.join(Map.of(), 8080);
      String id = taps(orders).getTaps().getTaps(0).getId();
      orders.say(WorkloadMessage.newBuilder().setTapped(TapReport.newBuilder().setId(id)).build());
      assertThat(until(events, "event: status", "no call has ended since")).isNotEmpty();
      orders.say(
          WorkloadMessage.newBuilder()
              .setTapped(TapReport.newBuilder().setId(id).setSeen(7))
              .build());
      assertThat(until(events, "event: status", "none of 7 calls")).isNotEmpty();
    }
  }

  @Test
  void tap_recordOfAnotherService_isNotTold() throws Exception {
    try (TestWorkload orders = TestWorkload.start(controller, directory, "shop", "orders", "o-1");
        TestWorkload evil = TestWorkload.start(controller, directory, "shop", "evil", "e-1");
        BufferedReader events = open("service=shop/orders")) {
      evil.join(Map.of(), 8080);
      orders.join(Map.of(), 8080);
      String id = taps(orders).getTaps().getTaps(0).getId();
      report(evil, id, "{\"evil\":true}");
      report(orders, id, RECORD);
      assertThat(until(events, "event: record", "{")).doesNotContain("evil");
    }
  }

  @Test
  void tap_badQuery_namesTheParameter() throws Exception {
    for (String bad :
        new String[] {
          "service=", "service=shop/orders&status=abc", "service=a&side=both",
              "service=a&max-rps=0",
          "service=a&share=2", "service=a&nonsense=1", "service=a&header=a%20b",
              "service=a&errors=1"
        }) {
      HttpResponse<String> answer = get("tap?" + bad);
      assertThat(answer.statusCode()).as(bad).isEqualTo(400);
      String[] parts = bad.split("[&=]");
      String wrong = parts.length > 2 ? parts[2] : "service";
      assertThat(answer.body()).contains(wrong + ": ", "expected: ");
    }
    assertThatThrownBy(() -> TapQuery.of(QueryParams.of("service", "a", "slower-than-ms", "x")))
        .hasMessageContaining("slower-than-ms: 'x'");
  }

  @Test
  void tap_tooMany_isRefused() throws Exception {
    BufferedReader[] open = new BufferedReader[TapHub.MAX_VIEWERS];
    for (int i = 0; i < open.length; i++) {
      open[i] = open("service=shop/orders");
      until(open[i], "event: status", "empty");
    }
    assertThat(get("tap?service=shop/orders").statusCode()).isEqualTo(429);
    for (BufferedReader one : open) {
      one.close();
    }
  }

  @Test
  void recentRecords_areBoundedInTimeAndMemory() {
    Instant[] now = {Instant.EPOCH};
    RecentRecords recent =
        new RecentRecords(
            16L << 20,
            new Clock() {
              @Override
              public ZoneOffset getZone() {
                return ZoneOffset.UTC;
              }

              @Override
              public Clock withZone(java.time.ZoneId zone) {
                return this;
              }

              @Override
              public Instant instant() {
                return now[0];
              }
            });
    String big = "x".repeat(1 << 20);
    for (int i = 0; i < 20; i++) {
      recent.add("shop/orders", big + i);
      // Two looked, and it is one call.
      recent.add("shop/orders", big + i);
    }
    assertThat(recent.of("", 99)).hasSize(7);
    recent.add("shop/orders", "last");
    assertThat(recent.of("shop/orders", 1)).containsExactly("last");
    assertThat(recent.of("shop/stock", 9)).isEmpty();
    now[0] = now[0].plus(RecentRecords.KEPT).plusSeconds(1);
    assertThat(recent.of("", 99)).isEmpty();
  }

  @Test
  void command_showsRecords_andEndsAfterSoMany() throws Exception {
    try (TestWorkload orders = TestWorkload.start(controller, directory, "shop", "orders", "o-1")) {
      orders.join(Map.of(), 8080);
      Process process = command("tap", "shop/orders", "--count", "1");
      String id = taps(orders).getTaps().getTaps(0).getId();
      report(orders, id, RECORD.replace("/v1/a", "/v1/\\u001b[2J"));
      String out = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
      assertThat(process.waitFor(60, TimeUnit.SECONDS)).isTrue();
      assertThat(process.exitValue()).isZero();
      assertThat(out).contains("<- ?").contains("/v1/?[2J").doesNotContain("\u001b");
      assertThat(Files.readString(directory.resolve("err"))).contains("1 shown; ");
    }
    Process recent = command("tap", "shop/orders", "--recent", "-o", "json");
    String kept = new String(recent.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    assertThat(recent.waitFor(60, TimeUnit.SECONDS)).isTrue();
    assertThat(kept.lines()).hasSize(1).first().asString().contains("\"side\":\"server\"");
    Process filtered = command("tap", "shop/orders", "--recent", "--errors");
    assertThat(filtered.waitFor(60, TimeUnit.SECONDS)).isTrue();
    assertThat(filtered.exitValue()).isEqualTo(2);
    Process wrong = command("tap", "shop/orders", "--status", "abc");
    assertThat(wrong.waitFor(60, TimeUnit.SECONDS)).isTrue();
    assertThat(wrong.exitValue()).isEqualTo(7);
    assertThat(Files.readString(directory.resolve("err"))).contains("status: 'abc' (expected: ");
  }

  private Process command(String... arguments) throws Exception {
    java.util.List<String> command =
        new java.util.ArrayList<>(
            java.util.List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-XX:TieredStopAtLevel=1",
                "-cp",
                System.getProperty("java.class.path"),
                Endomesh.class.getName()));
    command.addAll(java.util.List.of(arguments));
    command.add("--controller=http://127.0.0.1:" + controller.address().getPort());
    ProcessBuilder builder = new ProcessBuilder(command);
    builder.redirectError(directory.resolve("err").toFile());
    builder.environment().keySet().removeIf(name -> name.startsWith("ENDOMESH_"));
    return builder.start();
  }

  private static ControllerMessage taps(TestWorkload workload) throws Exception {
    while (true) {
      Object answer = workload.answers.poll(20, TimeUnit.SECONDS);
      assertThat(answer).isNotNull();
      if (answer instanceof ControllerMessage message && message.hasTaps()) {
        return message;
      }
    }
  }

  private static void report(TestWorkload workload, String id, String... records) {
    workload.say(
        WorkloadMessage.newBuilder()
            .setTapped(
                TapReport.newBuilder()
                    .setId(id)
                    .setSeen(9)
                    .setMatched(1)
                    .addAllRecords(java.util.List.of(records)))
            .build());
  }

  private HttpResponse<String> get(String path) throws Exception {
    return TestWorkload.http(controller, "GET", "/api/v1/" + path, "", Map.of());
  }

  private BufferedReader open(String query) throws Exception {
    HttpRequest request =
        HttpRequest.newBuilder(
                URI.create(
                    "http://127.0.0.1:" + controller.address().getPort() + "/api/v1/tap?" + query))
            .build();
    HttpResponse<java.io.InputStream> answer =
        HttpClient.newBuilder()
            .version(HttpClient.Version.HTTP_1_1)
            .build()
            .send(request, HttpResponse.BodyHandlers.ofInputStream());
    assertThat(answer.statusCode()).isEqualTo(200);
    return new BufferedReader(new InputStreamReader(answer.body(), StandardCharsets.UTF_8));
  }

  /** The next event of this kind with this in it. */
  private static String until(BufferedReader events, String event, String text) throws Exception {
    String last = "";
    for (String line = events.readLine(); line != null; line = events.readLine()) {
      if (line.startsWith("data: ") && last.equals(event) && line.contains(text)) {
        return line;
      }
      last = line;
    }
    throw new AssertionError("the stream ended before " + event + " with " + text);
  }
}
