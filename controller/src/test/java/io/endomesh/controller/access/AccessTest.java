package io.endomesh.controller.access;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
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
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Accounts, sessions and API tokens, as they come to a controller that asks for a login. */
@Timeout(120)
class AccessTest {

  private static final String ROUTE =
      """
      apiVersion: gateway.networking.k8s.io/v1
      kind: HTTPRoute
      metadata: {name: split, namespace: NAMESPACE}
      spec:
        parentRefs: [{kind: Service, group: "", name: orders}]
        rules:
        - backendRefs: [{name: orders}]
      """;

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

  private Api.Answer setup(String path, String name, String password) throws Exception {
    return api.send(
        null,
        "POST",
        "/setup",
        Api.JSON
            .createObjectNode()
            .put("ticket", path.replaceAll(".*ticket=([^&]*).*", "$1"))
            .put("name", name)
            .put("password", password)
            .toString());
  }

  private static String cookie(Api.Answer answer) {
    String cookie = answer.response().headers().firstValue("set-cookie").orElseThrow();
    return cookie.substring(0, cookie.indexOf(';'));
  }

  private Api.Answer apply(String token, String... namespaces) throws Exception {
    StringBuilder body = new StringBuilder();
    for (String namespace : namespaces) {
      body.append("---\n").append(ROUTE.replace("NAMESPACE", namespace));
    }
    return api.send(token, "POST", "/api/v1/apply", body.toString());
  }

  @Test
  void firstAccount_wrongNameOrPassword_leavesTheLinkGood() throws Exception {
    String link = api.controller.newSetupPath().orElseThrow();

    assertThat(setup(link, "anna", "too short").body())
        .contains("password: 9 characters (expected: 15 to 256");
    assertThat(setup(link, "Anna!", Api.PASSWORD).body()).contains("name: 'Anna!' (expected: ");
    assertThat(setup(link, "loopback", Api.PASSWORD).status()).isEqualTo(400);

    assertThat(setup(link, "anna", Api.PASSWORD).status()).isEqualTo(204);
  }

  @Test
  void firstAccount_made_closesTheDoor() throws Exception {
    String link = api.controller.newSetupPath().orElseThrow();
    String another = api.controller.newSetupPath().orElseThrow();

    Api.Answer made = setup(link, "anna", Api.PASSWORD);

    assertThat(made.status()).isEqualTo(204);
    assertThat(setup(link, "mallory", Api.PASSWORD).status()).isEqualTo(401);
    assertThat(setup(another, "mallory", Api.PASSWORD).status()).isEqualTo(409);
    assertThat(api.controller.newSetupPath()).isEmpty();
    HttpResponse<String> status =
        HttpClient.newHttpClient()
            .send(
                HttpRequest.newBuilder(URI.create(api.url("/api/v1/status")))
                    .header("cookie", cookie(made))
                    .build(),
                HttpResponse.BodyHandlers.ofString());
    JsonNode session = Api.JSON.readTree(status.body()).path("session");
    assertThat(session.path("user").asText()).isEqualTo("anna");
    assertThat(session.path("role").asText()).isEqualTo("admin");
    assertThat(session.path("rights").toString())
        .contains("\"users\"", "\"apply\"")
        .doesNotContain("tap");
  }

  @Test
  void login_wrongPasswordOrUnknownUser_sayTheSame() throws Exception {
    api.user("anna", "viewer");

    Api.Answer wrong = api.login("anna", "a mesh outside the JVM");
    Api.Answer unknown = api.login("bert", Api.PASSWORD);

    assertThat(wrong.status()).isEqualTo(401);
    assertThat(unknown.status()).isEqualTo(401);
    assertThat(wrong.body()).isEqualTo(unknown.body());
  }

  @Test
  void login_againAndAgain_isRefusedForAWhile() throws Exception {
    Api.Answer last = null;
    for (int i = 0; i < 30 && (last == null || last.status() != 429); i++) {
      last = api.login("nobody-" + i, "guess");
    }

    assertThat(last).isNotNull();
    assertThat(last.status()).isEqualTo(429);
    assertThat(Integer.parseInt(last.response().headers().firstValue("retry-after").orElseThrow()))
        .isBetween(1, 6);
    // The right password, too: else guessing would go on and only be told less.
    assertThat(api.login("anna", Api.PASSWORD).status()).isEqualTo(429);
  }

  @Test
  void login_fromAnotherPage_isForbidden() throws Exception {
    HttpResponse<String> answer =
        HttpClient.newHttpClient()
            .send(
                HttpRequest.newBuilder(URI.create(api.url("/login")))
                    .POST(HttpRequest.BodyPublishers.ofString("{}"))
                    .build(),
                HttpResponse.BodyHandlers.ofString());

    assertThat(answer.statusCode()).isEqualTo(403);
  }

  @Test
  void user_invited_setsThePasswordByTheLink_once() throws Exception {
    JsonNode made =
        api.send(
                api.adminToken(),
                "POST",
                "/api/v1/users",
                "{\"name\":\"anna\",\"role\":\"viewer\"}")
            .json();
    String link = made.path("setupPath").asText();
    assertThat(link).startsWith("/setup?ticket=");
    assertThat(api.login("anna", "").status()).isEqualTo(401);

    assertThat(setup(link, "", Api.PASSWORD).status()).isEqualTo(204);

    assertThat(api.login("anna", Api.PASSWORD).status()).isEqualTo(200);
    assertThat(setup(link, "", "another long password").status()).isEqualTo(401);
    assertThat(api.login("anna", Api.PASSWORD).status()).isEqualTo(200);
  }

  @Test
  void user_removedOrChanged_losesItsSessionsAndTokensAtOnce() throws Exception {
    String admin = api.adminToken();
    String session = api.user("anna", "operator");
    String token = apiToken(session, "apply:shop").path("token").asText();
    assertThat(apply(session, "shop").status()).isEqualTo(200);
    assertThat(apply(token, "shop").status()).isEqualTo(200);

    api.send(admin, "PUT", "/api/v1/users/anna/role", "{\"role\":\"viewer\"}");

    assertThat(api.get(session, "/api/v1/status").status()).isEqualTo(401);
    assertThat(apply(token, "shop").status()).isEqualTo(403);
    String again = api.login("anna", Api.PASSWORD).json().path("token").asText();
    assertThat(apply(again, "shop").status()).isEqualTo(403);

    assertThat(api.send(admin, "DELETE", "/api/v1/users/anna", "").status()).isEqualTo(204);

    assertThat(api.get(again, "/api/v1/status").status()).isEqualTo(401);
    assertThat(apply(token, "shop").status()).isEqualTo(401);
    // A later user of that name owns nothing of the first one's.
    api.user("anna", "operator");
    assertThat(api.get(again, "/api/v1/status").status()).isEqualTo(401);
    assertThat(apply(token, "shop").status()).isEqualTo(401);
  }

  @Test
  void user_loggedOutByAnAdmin_losesItsSessionsAtOnce_andNobodyElseDoes() throws Exception {
    String kim = api.user("kim", "operator");
    String lee = api.user("lee", "viewer");
    String path = "/api/v1/users/kim/sessions";
    assertThat(api.send(kim, "DELETE", "/api/v1/users/lee/sessions", "").status()).isEqualTo(403);
    assertThat(api.send(api.adminToken(), "GET", "/api/v1/users", "").json().findValues("sessions"))
        .extracting(JsonNode::asInt)
        .containsExactly(1, 1);

    Api.Answer ended = api.send(api.adminToken(), "DELETE", path, "");

    assertThat(ended.json().path("ended").asInt()).isEqualTo(1);
    assertThat(api.send(kim, "GET", "/api/v1/status", "").status()).isEqualTo(401);
    assertThat(api.send(lee, "GET", "/api/v1/status", "").status()).isEqualTo(200);
    assertThat(api.send(api.adminToken(), "GET", "/api/v1/audit", "").body())
        .contains("\"user.logout\"", "\"user/kim\"");
    assertThat(api.send(api.adminToken(), "DELETE", path, "").json().path("ended").asInt())
        .isZero();
    assertThat(api.send(api.adminToken(), "DELETE", path.replace("kim", "max"), "").status())
        .isEqualTo(404);
    // Nothing else of it changed: it may log in.
    assertThat(api.login("kim", Api.PASSWORD).status()).isEqualTo(200);
  }

  @Test
  void events_ofAUserThatIsChanged_end() throws Exception {
    String session = api.user("anna", "viewer");
    HttpResponse<InputStream> stream =
        HttpClient.newHttpClient()
            .send(
                HttpRequest.newBuilder(URI.create(api.url("/api/v1/events")))
                    .header("authorization", "Bearer " + session)
                    .build(),
                HttpResponse.BodyHandlers.ofInputStream());
    try (BufferedReader reader =
        new BufferedReader(new InputStreamReader(stream.body(), StandardCharsets.UTF_8))) {
      assertThat(reader.readLine()).startsWith("id: ");

      api.send(api.adminToken(), "PUT", "/api/v1/users/anna/role", "{\"tap\":true}");

      String event = "";
      for (String line = reader.readLine(); line != null; line = reader.readLine()) {
        event = line.startsWith("event: ") ? line : event;
      }
      assertThat(event).isEqualTo("event: logout");
    }
  }

  @Test
  void admin_theOnlyOne_staysOne() throws Exception {
    String anna = api.user("anna", "admin");

    Api.Answer demoted = api.send(anna, "PUT", "/api/v1/users/anna/role", "{\"role\":\"viewer\"}");
    assertThat(demoted.status()).isEqualTo(409);
    assertThat(demoted.body()).contains("anna is the only admin");
    assertThat(api.send(anna, "DELETE", "/api/v1/users/anna", "").status()).isEqualTo(409);

    api.user("bert", "admin");
    assertThat(api.send(anna, "DELETE", "/api/v1/users/anna", "").status()).isEqualTo(204);
  }

  @Test
  void password_ofOneself_needsTheOldOne_andEndsTheSessions() throws Exception {
    String session = api.user("anna", "viewer");
    String changed = "{\"old\":\"OLD\",\"new\":\"another long password\"}";

    assertThat(api.send(session, "POST", "/api/v1/password", changed).status()).isEqualTo(403);
    assertThat(
            api.send(session, "POST", "/api/v1/password", changed.replace("OLD", Api.PASSWORD))
                .status())
        .isEqualTo(204);

    assertThat(api.get(session, "/api/v1/status").status()).isEqualTo(401);
    assertThat(api.login("anna", Api.PASSWORD).status()).isEqualTo(401);
    assertThat(api.login("anna", "another long password").status()).isEqualTo(200);
  }

  @Test
  void users_afterARestart_areThere_andTheirSessionsAreNot() throws Exception {
    String session = api.user("anna", "operator");
    String token = apiToken(session, "read").path("token").asText();

    api.close();
    api = Api.start(dataDir);

    assertThat(api.get(session, "/api/v1/status").status()).isEqualTo(401);
    assertThat(api.get(token, "/api/v1/status").status()).isEqualTo(200);
    assertThat(api.login("anna", Api.PASSWORD).status()).isEqualTo(200);
    assertThat(api.controller.newSetupPath()).isEmpty();
  }

  private JsonNode apiToken(String session, String... scopes) throws Exception {
    var asked = Api.JSON.createObjectNode().put("name", "ci").put("ttlSeconds", 3600);
    Stream.of(scopes).forEach(asked.putArray("scopes")::add);
    Api.Answer made = api.send(session, "POST", "/api/v1/api-tokens", asked.toString());
    assertThat(made.status()).as(made.body()).isEqualTo(201);
    return made.json();
  }

  @Test
  void apiToken_forANamespace_reachesNoOther() throws Exception {
    String session = api.user("anna", "operator");
    String token = apiToken(session, "read:shop", "apply:shop").path("token").asText();

    assertThat(apply(token, "shop").status()).isEqualTo(200);
    Api.Answer both = apply(token, "shop", "finance");
    assertThat(both.status()).isEqualTo(403);
    assertThat(both.body()).contains("lacks the right 'apply' in namespace finance");
    assertThat(api.get(token, "/api/v1/namespaces/shop/httproutes/split").status()).isEqualTo(200);
    assertThat(api.get(token, "/api/v1/resources?namespace=shop").status()).isEqualTo(200);
    for (String path :
        new String[] {
          "/api/v1/namespaces/finance/httproutes",
          "/api/v1/resources?namespace=finance",
          "/api/v1/resources?namespace=finance&namespace=shop",
          "/api/v1/resources",
          "/api/v1/status",
          "/api/v1/history",
          "/api/v1/events"
        }) {
      assertThat(api.get(token, path).status()).as(path).isEqualTo(403);
    }
    assertThat(
            api.send(token, "DELETE", "/api/v1/namespaces/finance/httproutes/split", "").status())
        .isEqualTo(403);
    JsonNode change = api.get(session, "/api/v1/history").json().path("changes").get(0);
    assertThat(change.path("author").asText()).startsWith("api-token/");
  }

  @Test
  void apiToken_ofMoreThanItsMaker_isNotMade_andMakesNone() throws Exception {
    String session = api.user("anna", "viewer");

    Api.Answer more =
        api.send(session, "POST", "/api/v1/api-tokens", "{\"scopes\":[\"apply:shop\"]}");
    assertThat(more.status()).isEqualTo(400);
    assertThat(more.body()).contains("scopes: apply:shop (expected: what anna may do: read)");
    String token = apiToken(session, "read").path("token").asText();
    assertThat(api.send(token, "POST", "/api/v1/api-tokens", "{\"scopes\":[\"read\"]}").status())
        .isEqualTo(403);
    assertThat(api.send(token, "POST", "/api/v1/logins", "{}").status()).isEqualTo(403);
    assertThat(api.send(session, "POST", "/api/v1/api-tokens", "{\"scopes\":[\"reed\"]}").body())
        .contains("scopes: 'reed' (expected: one of read[:NAMESPACE], apply[:NAMESPACE]");
  }

  @Test
  void apiToken_revoked_isWorthless_andOnlyItsOwnerOrAnAdminRevokesIt() throws Exception {
    String anna = api.user("anna", "operator");
    String bert = api.user("bert", "operator");
    JsonNode token = apiToken(anna, "read");
    String path = "/api/v1/api-tokens/" + token.path("id").asText();

    assertThat(api.get(bert, "/api/v1/api-tokens").body())
        .doesNotContain(token.path("id").asText());
    assertThat(api.send(bert, "DELETE", path, "").status()).isEqualTo(404);
    assertThat(api.get(token.path("token").asText(), "/api/v1/status").status()).isEqualTo(200);
    assertThat(api.send(api.adminToken(), "DELETE", path, "").status()).isEqualTo(204);
    assertThat(api.get(token.path("token").asText(), "/api/v1/status").status()).isEqualTo(401);
  }

  @Test
  void history_ofAUser_hasItsName() throws Exception {
    apply(api.user("anna", "operator"), "shop");
    apply(api.adminToken(), "finance");

    JsonNode changes = api.get(api.adminToken(), "/api/v1/history").json().path("changes");

    assertThat(changes.get(1).path("author").asText()).isEqualTo("anna");
    assertThat(changes.get(0).path("author").asText()).isEqualTo("admin-token");
  }

  @Test
  void loginLink_isForWhoMadeIt() throws Exception {
    String anna = api.user("anna", "viewer");
    String link = api.send(anna, "POST", "/api/v1/logins", "{}").json().path("path").asText();

    Api.Answer redeemed = api.get(null, link);

    HttpResponse<String> status =
        HttpClient.newHttpClient()
            .send(
                HttpRequest.newBuilder(URI.create(api.url("/api/v1/status")))
                    .header("cookie", cookie(redeemed))
                    .build(),
                HttpResponse.BodyHandlers.ofString());
    assertThat(Api.JSON.readTree(status.body()).at("/session/user").asText()).isEqualTo("anna");
  }

  @Test
  void anyPath_underAForeignHostName_isForbidden() throws Exception {
    for (String path :
        new String[] {
          "/",
          "/login",
          "/login?ticket=x",
          "/healthz",
          "/assets/app.js",
          "/download/endomesh-agent.jar",
          "/v1/metrics",
          "/endomesh.v1.WorkloadService/Join",
          "/api/v1/status"
        }) {
      assertThat(statusLine(path, "rebound.evil.example")).as(path).contains(" 403 ");
      assertThat(statusLine(path, "localhost:1")).as(path).doesNotContain(" 403 ");
    }
  }

  private String statusLine(String path, String host) throws Exception {
    try (Socket socket = new Socket("127.0.0.1", api.controller.address().getPort())) {
      socket
          .getOutputStream()
          .write(
              ("GET " + path + " HTTP/1.1\r\nHost: " + host + "\r\nConnection: close\r\n\r\n")
                  .getBytes(StandardCharsets.US_ASCII));
      return new BufferedReader(
              new InputStreamReader(socket.getInputStream(), StandardCharsets.UTF_8))
          .readLine();
    }
  }

  @Test
  void answers_toBrowsers_carryAStrictPolicy() throws Exception {
    for (String path :
        new String[] {"/", "/login", "/api/v1/status", "/assets/app.js", "/login?ticket=x"}) {
      var headers = api.get(null, path).response().headers();

      assertThat(headers.firstValue("content-security-policy").orElse(""))
          .as(path)
          .contains("default-src 'self'", "frame-ancestors 'none'")
          .doesNotContain("unsafe");
      assertThat(headers.firstValue("x-content-type-options")).as(path).contains("nosniff");
    }
  }

  @Test
  void dataDirectory_holdsNoPasswordAndNoToken() throws Exception {
    String session = api.user("anna", "operator");
    String token = apiToken(session, "read").path("token").asText();
    api.close();

    try (Stream<Path> files = Files.walk(dataDir)) {
      for (Path file : files.filter(Files::isRegularFile).toList()) {
        String content = new String(Files.readAllBytes(file), StandardCharsets.ISO_8859_1);
        assertThat(content).doesNotContain(Api.PASSWORD, session, token);
      }
    }
    api = Api.start(dataDir);
  }
}
