package io.endomesh.controller.console;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.endomesh.controller.Controller;
import io.endomesh.controller.ControllerOptions;
import java.io.BufferedReader;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.net.Socket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** A controller that asks for a login, as a browser meets it. */
@Timeout(30)
class ConsoleTest {

  private static final ObjectMapper JSON = new ObjectMapper();

  private final HttpClient http = HttpClient.newHttpClient();
  @TempDir Path dataDir;
  private Controller controller;

  @BeforeEach
  void start() throws Exception {
    controller =
        Controller.start(
            new ControllerOptions(
                "127.0.0.1",
                0,
                null,
                dataDir,
                "endomesh.local",
                Duration.ofSeconds(3),
                null,
                /* loginRequired= */ true));
  }

  @AfterEach
  void stop() {
    controller.close();
  }

  private HttpRequest.Builder request(String path) {
    return HttpRequest.newBuilder(
        URI.create("http://127.0.0.1:" + controller.address().getPort() + path));
  }

  private HttpResponse<String> send(HttpRequest.Builder request) throws Exception {
    return http.send(request.build(), HttpResponse.BodyHandlers.ofString());
  }

  private String cookie() throws Exception {
    HttpResponse<String> login = send(request(controller.newLoginPath()));
    assertThat(login.statusCode()).isEqualTo(303);
    String cookie = login.headers().firstValue("set-cookie").orElseThrow();
    assertThat(cookie).containsIgnoringCase("; HttpOnly").contains("; SameSite=Lax");
    return cookie.substring(0, cookie.indexOf(';'));
  }

  private String adminToken() throws Exception {
    return Files.readString(dataDir.resolve("admin-token")).trim();
  }

  @Test
  void api_withoutSession_isUnauthenticatedAndSaysWhatToDo() throws Exception {
    HttpResponse<String> answer = send(request("/api/v1/status"));

    assertThat(answer.statusCode()).isEqualTo(401);
    assertThat(JSON.readTree(answer.body()).at("/error/code").asText())
        .isEqualTo("unauthenticated");
    assertThat(answer.body()).contains("endomesh dashboard");
  }

  @Test
  void loginLink_worksOnce() throws Exception {
    String link = controller.newLoginPath();

    assertThat(send(request(link)).statusCode()).isEqualTo(303);

    HttpResponse<String> again = send(request(link));
    assertThat(again.statusCode()).isEqualTo(401);
    assertThat(again.body()).contains("endomesh dashboard");
    assertThat(again.headers().firstValue("set-cookie")).isEmpty();
  }

  @Test
  void session_afterLogout_isOver() throws Exception {
    String cookie = cookie();
    assertThat(send(request("/api/v1/status").header("cookie", cookie)).statusCode())
        .isEqualTo(200);

    HttpRequest.Builder logout =
        request("/logout").header("cookie", cookie).POST(HttpRequest.BodyPublishers.noBody());
    assertThat(send(logout).statusCode()).isEqualTo(403);
    send(logout.header("x-endomesh-request", "console"));

    assertThat(send(request("/api/v1/status").header("cookie", cookie)).statusCode())
        .isEqualTo(401);
  }

  @Test
  void write_ofAForeignPage_isForbidden() throws Exception {
    String cookie = cookie();

    assertThat(newToken(cookie, null, null)).isEqualTo(403);
    assertThat(newToken(cookie, "console", "https://evil.example")).isEqualTo(403);
    assertThat(newToken(cookie, "console", null)).isEqualTo(201);
    assertThat(newToken(cookie, "console", "http://127.0.0.1:" + controller.address().getPort()))
        .isEqualTo(201);
  }

  private int newToken(String cookie, @Nullable String header, @Nullable String origin)
      throws Exception {
    HttpRequest.Builder request =
        request("/api/v1/tokens")
            .header("cookie", cookie)
            .POST(HttpRequest.BodyPublishers.ofString("{\"namespace\":\"shop\"}"));
    if (header != null) {
      request.header("x-endomesh-request", header);
    }
    if (origin != null) {
      request.header("origin", origin);
    }
    return send(request).statusCode();
  }

  @Test
  void trailToken_withoutSession_isNotGiven() throws Exception {
    HttpRequest.Builder asked =
        request("/api/v1/trail-tokens")
            .header("x-endomesh-request", "console")
            .POST(HttpRequest.BodyPublishers.noBody());

    assertThat(send(asked).statusCode()).isEqualTo(401);
    assertThat(send(asked.header("cookie", cookie())).statusCode()).isEqualTo(201);
  }

  @Test
  void token_ofTheAdministrator_letsIn_anyOtherDoesNot() throws Exception {
    assertThat(
            send(request("/api/v1/status").header("authorization", "Bearer " + adminToken()))
                .statusCode())
        .isEqualTo(200);
    assertThat(
            send(request("/api/v1/status").header("authorization", "Bearer ema_guess"))
                .statusCode())
        .isEqualTo(401);
  }

  @Test
  void api_underAForeignHostName_isForbidden() throws Exception {
    try (Socket socket = new Socket("127.0.0.1", controller.address().getPort())) {
      socket
          .getOutputStream()
          .write(
              ("GET /api/v1/status HTTP/1.1\r\nHost: rebound.evil.example\r\n"
                      + "Authorization: Bearer "
                      + adminToken()
                      + "\r\nConnection: close\r\n\r\n")
                  .getBytes(StandardCharsets.US_ASCII));
      BufferedReader reader =
          new BufferedReader(
              new InputStreamReader(socket.getInputStream(), StandardCharsets.UTF_8));

      assertThat(reader.readLine()).contains("403");
    }
  }

  @Test
  void events_oneAfterTheOther_areCompleteStates() throws Exception {
    HttpResponse<InputStream> stream =
        http.send(
            request("/api/v1/events").header("authorization", "Bearer " + adminToken()).build(),
            HttpResponse.BodyHandlers.ofInputStream());
    assertThat(stream.headers().firstValue("content-type").orElse(""))
        .startsWith("text/event-stream");
    try (BufferedReader reader =
        new BufferedReader(new InputStreamReader(stream.body(), StandardCharsets.UTF_8))) {
      JsonNode first = nextState(reader);
      JsonNode second = nextState(reader);

      assertThat(second.path("sequence").asLong()).isGreaterThan(first.path("sequence").asLong());
      assertThat(first.fieldNames())
          .toIterable()
          .containsExactly(
              "sequence",
              "status",
              "services",
              "workloads",
              "graph",
              "traces",
              "refusals",
              "resources");
    }
  }

  @Test
  void events_ofChanges_areAFirstStateAndThenWhatChanged_withoutCertificates() throws Exception {
    HttpResponse<InputStream> stream =
        http.send(
            request("/api/v1/events?changes=true")
                .header("authorization", "Bearer " + adminToken())
                .build(),
            HttpResponse.BodyHandlers.ofInputStream());
    try (BufferedReader reader =
        new BufferedReader(new InputStreamReader(stream.body(), StandardCharsets.UTF_8))) {
      JsonNode state = nextState(reader);
      assertThat(state.at("/status/certificateAuthority/roots/0/fingerprint").isTextual()).isTrue();
      assertThat(state.toString()).doesNotContain("BEGIN CERTIFICATE");
      long has = state.get("sequence").asLong();
      for (int i = 0; i < 2; i++) {
        JsonNode change = next(reader, "event: change");
        assertThat(change.get("since").asLong()).isEqualTo(has);
        assertThat(change.at("/status/now").isTextual()).isTrue();
        assertThat(change.at("/status/version").isMissingNode()).isTrue();
        has = change.get("sequence").asLong();
      }
    }
  }

  private static JsonNode nextState(BufferedReader reader) throws Exception {
    return next(reader, "event: state");
  }

  private static JsonNode next(BufferedReader reader, String expected) throws Exception {
    String event = "";
    for (String line = reader.readLine(); line != null; line = reader.readLine()) {
      if (line.startsWith("event: ")) {
        event = line;
      } else if (line.startsWith("data: ")) {
        assertThat(event).isEqualTo(expected);
        return JSON.readTree(line.substring("data: ".length()));
      }
    }
    throw new AssertionError("the stream ended");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "/services/shop/orders.v1",
        "/services/shop/orders.v1.js",
        "/services/shop/index.html",
        "/resources/shop/httproutes/orders.example.com",
        "/graph?sel=shop/orders.v1",
        "/traces/4bf92f3577b34da6a3ce929d0e0e4736",
        "/connect"
      })
  void page_ofAnyName_survivesAReload(String path) throws Exception {
    HttpResponse<String> page = send(request(path));

    assertThat(page.statusCode()).isEqualTo(200);
    assertThat(page.body()).contains("/assets/app.js");
    assertThat(page.headers().firstValue("content-type"))
        .hasValueSatisfying(type -> assertThat(type).startsWith("text/html"));
  }

  @ParameterizedTest
  @ValueSource(strings = {"/assets/none.js", "/assets/none", "/favicon.ico", "/api/v1/none"})
  void file_thatIsNotThere_isNotFound(String path) throws Exception {
    assertThat(send(request(path)).statusCode()).isEqualTo(404);
  }

  @Test
  void onboarding_holdsNoSecret() throws Exception {
    HttpResponse<String> answer =
        send(request("/api/v1/onboarding").header("authorization", "Bearer " + adminToken()));

    assertThat(JSON.readTree(answer.body()).path("caFingerprint").asText()).startsWith("sha256:");
    assertThat(answer.body()).doesNotContain("emt_").doesNotContain(adminToken());
  }

  @Test
  void telemetry_withoutACertificate_isUnauthorized() throws Exception {
    HttpResponse<String> answer =
        send(
            request("/v1/metrics")
                .header("content-type", "application/x-protobuf")
                .POST(HttpRequest.BodyPublishers.noBody()));

    assertThat(answer.statusCode()).isEqualTo(401);
    assertThat(answer.body()).contains("no client certificate");
  }
}
