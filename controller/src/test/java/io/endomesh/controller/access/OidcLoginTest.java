package io.endomesh.controller.access;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import io.endomesh.controller.Controller;
import io.endomesh.controller.jwks.TestServer;
import io.endomesh.controller.oidc.ProviderOptions;
import io.endomesh.dataplane.token.TestIssuer;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What a login by a provider is good for, and what happens when the provider is not there. */
@Timeout(120)
class OidcLoginTest {

  private static final String[] ROLES = {"groups=staff:viewer", "groups=ops:operator"};

  @TempDir Path dataDir;
  private FakeProvider provider;
  private Controller controller;
  private Visit visit;

  @BeforeEach
  void start() throws Exception {
    provider = new FakeProvider();
  }

  private void start(String... roles) throws Exception {
    controller = Controller.start(provider.options(dataDir, roles));
    visit = new Visit(controller);
    visit.awaitProvider(true);
  }

  @AfterEach
  void stop() {
    if (controller != null) {
      controller.close();
    }
    provider.close();
  }

  private HttpResponse<String> asAdministrator(String method, String path, String body)
      throws Exception {
    return HttpClient.newHttpClient()
        .send(
            HttpRequest.newBuilder(
                    URI.create("http://127.0.0.1:" + controller.address().getPort() + path))
                .header(
                    "authorization",
                    "Bearer " + Files.readString(dataDir.resolve("admin-token")).trim())
                .method(method, BodyPublishers.ofString(body))
                .build(),
            BodyHandlers.ofString());
  }

  @Test
  void roles_ofSeveralGroups_theHighestCounts_andTheAuditLogTellsWho() throws Exception {
    start(ROLES);

    visit.login(provider, "/");

    JsonNode session = visit.session();
    assertThat(session.path("role").asText()).isEqualTo("operator");
    assertThat(session.path("provider").asText()).isEqualTo("Acme");
    assertThat(session.path("loginRequired").asBoolean()).isTrue();
    String audit = asAdministrator("GET", "/api/v1/audit?user=oidc:anna", "").body();
    assertThat(audit).contains("login.oidc", provider.server.url() + " 4711 as operator");
  }

  @Test
  void role_takenAwayAtTheProvider_isGoneWithTheNextLogin_everywhere() throws Exception {
    start(ROLES);
    visit.login(provider, "/");
    Visit another = new Visit(controller);
    another.login(provider, "/");
    provider.claims = claims -> claims.set("groups", Api.JSON.createArrayNode().add("staff"));

    another.login(provider, "/");

    assertThat(another.session().path("role").asText()).isEqualTo("viewer");
    assertThat(visit.status()).isEqualTo(401);

    provider.claims = claims -> claims.without("groups");
    assertThat(another.login(provider, "/graph")).isEqualTo("/login?failed=role&next=%2Fgraph");
    assertThat(another.status()).isEqualTo(401);
    assertThat(asAdministrator("GET", "/api/v1/audit?denied=true", "").body())
        .contains("4711 has no role (expected: one of --oidc-role, by groups)");
  }

  @Test
  void session_ofAProvider_makesNoApiToken_andALinkThatIsThePersons() throws Exception {
    start(ROLES);
    visit.login(provider, "/");

    assertThat(visit.send("POST", "/api/v1/api-tokens").body())
        .contains("oidc:anna can make no API token (expected: an account of the controller");
    String link =
        Api.JSON.readTree(visit.send("POST", "/api/v1/logins").body()).get("path").asText();
    Visit phone = new Visit(controller);
    phone.get(link);
    assertThat(phone.session().path("user").asText()).isEqualTo("oidc:anna");
    assertThat(phone.session().path("role").asText()).isEqualTo("operator");
  }

  @Test
  void person_loggedOutByAnAdmin_losesAllSessionsAtOnce() throws Exception {
    start(ROLES);
    visit.login(provider, "/");
    Visit phone = new Visit(controller);
    phone.login(provider, "/");
    assertThat(asAdministrator("GET", "/api/v1/users", "").body())
        .isEqualTo("{\"users\":[],\"others\":[{\"name\":\"oidc:anna\",\"sessions\":2}]}");

    HttpResponse<String> ended = asAdministrator("DELETE", "/api/v1/users/oidc:anna/sessions", "");

    assertThat(ended.body()).isEqualTo("{\"name\":\"oidc:anna\",\"ended\":2}");
    assertThat(visit.status()).isEqualTo(401);
    assertThat(phone.status()).isEqualTo(401);
  }

  @Test
  void logout_endsTheSession_andSaysWhereTheOneAtTheProviderEnds() throws Exception {
    start(ROLES);
    visit.login(provider, "/");

    HttpResponse<String> answer = visit.send("POST", "/logout");

    String location = Api.JSON.readTree(answer.body()).path("location").asText();
    assertThat(location).startsWith(provider.server.url() + "/logout?");
    assertThat(FakeProvider.form(URI.create(location).getRawQuery()))
        .containsEntry("client_id", FakeProvider.CLIENT)
        .containsEntry(
            "post_logout_redirect_uri",
            "http://127.0.0.1:" + controller.address().getPort() + "/login")
        .containsKey("id_token_hint");
    assertThat(visit.status()).isEqualTo(401);
    assertThat(visit.send("POST", "/logout").statusCode()).isEqualTo(204);
  }

  @Test
  void claims_thatOnlyUserinfoTells_giveTheirRole() throws Exception {
    start("resource.roles=ops:admin");
    provider.userinfo = "{\"sub\":\"4711\",\"resource\":{\"roles\":[\"ops\"]}}";

    visit.login(provider, "/");

    assertThat(visit.session().path("role").asText()).isEqualTo("admin");
  }

  @Test
  void name_thatIsNone_isTheSubject() throws Exception {
    start(ROLES);
    provider.claims = claims -> claims.put("preferred_username", "anna\nadmin-token");

    visit.login(provider, "/");

    assertThat(visit.session().path("user").asText()).isEqualTo("oidc:4711");
  }

  @Test
  void keys_thatChanged_areFetchedAsTheyAreNeeded() throws Exception {
    start(ROLES);
    provider.signer = TestIssuer.of("two");
    provider.published = provider.signer;

    assertThat(visit.login(provider, "/")).isEqualTo("/");
  }

  @Test
  void provider_saysNo_isToldOnThePageOfTheLogin_andNotAskedAgain() throws Exception {
    start(ROLES);
    String state = visit.begin("/graph").get("state");

    assertThat(visit.callback("error=access_denied&state=" + state))
        .isEqualTo("/login?failed=refused&next=%2Fgraph");

    assertThat(visit.get("/login?failed=refused").statusCode()).isEqualTo(200);
    assertThat(provider.tokenRequests).isEmpty();
  }

  @Test
  void provider_awayAtTheStart_keepsNobodyElseOut_andIsTakenWhenItIsBack() throws Exception {
    provider.server.answers(exchange -> TestServer.status(exchange, 503, ""));
    controller = Controller.start(provider.options(dataDir, ROLES));
    visit = new Visit(controller);
    long end = System.nanoTime() + 20_000_000_000L;
    while (!visit.failure().asText().contains("503") && System.nanoTime() < end) {
      Thread.onSpinWait();
    }

    assertThat(visit.failure().asText()).contains("it answered 503 (expected: 200");
    assertThat(Visit.location(visit.get("/oidc/login"))).isEqualTo("/login?failed=provider");
    assertThat(
            asAdministrator(
                    "POST",
                    "/api/v1/users",
                    "{\"name\":\"vera\",\"role\":\"viewer\",\"password\":\"" + Api.PASSWORD + "\"}")
                .statusCode())
        .isEqualTo(201);
    assertThat(
            asAdministrator(
                    "POST",
                    "/login",
                    "{\"user\":\"vera\",\"bearer\":true,\"password\":\"" + Api.PASSWORD + "\"}")
                .statusCode())
        .isEqualTo(200);

    provider.back();
    visit.awaitProvider(true);
    assertThat(visit.login(provider, "/")).isEqualTo("/");
  }

  @Test
  void publicUrl_isWhereTheProviderSendsBack_whateverTheRequestSays() throws Exception {
    controller =
        Controller.start(
            provider
                .options(dataDir, ROLES)
                .reachedAt(PublicAddress.parse("https://mesh.example/")));
    visit = new Visit(controller);
    visit.awaitProvider(true);

    assertThat(Visit.location(visit.get("/oidc/login?next=/graph")))
        .isEqualTo("https://mesh.example/oidc/login?here=1&next=%2Fgraph");
    HttpResponse<String> began = visit.get("/oidc/login?here=1&next=/graph");
    var asked = FakeProvider.form(URI.create(Visit.location(began)).getRawQuery());
    assertThat(asked).containsEntry("redirect_uri", "https://mesh.example/oidc/callback");
    assertThat(began.headers().firstValue("set-cookie").orElse(""))
        .startsWith("__Host-endomesh_oidc=")
        .contains("Secure");
    provider.nonce = asked.get("nonce");
    HttpResponse<String> ended = visit.get("/oidc/callback?code=c&state=" + asked.get("state"));
    assertThat(Visit.location(ended)).isEqualTo("/graph");
    assertThat(ended.headers().allValues("set-cookie"))
        .anyMatch(one -> one.startsWith("endomesh_session=ems_") && one.contains("Secure"));
  }

  @Test
  void secret_ofAFile_isSentAsTheProviderTakesIt_andMustBeThere() throws Exception {
    Path file = dataDir.resolve("client-secret");
    var options =
        provider
            .options(dataDir, ROLES)
            .loggingInBy(
                new OidcOptions(
                    new ProviderOptions(provider.server.url(), FakeProvider.CLIENT, file, Set.of()),
                    "Acme",
                    List.of(RoleRule.parse(ROLES[1]))));
    assertThatThrownBy(() -> Controller.start(options))
        .isInstanceOf(IOException.class)
        .hasMessageContaining("--oidc-client-secret-file: " + file + ": NoSuchFileException");

    Files.writeString(file, "a secret\n");
    provider.metadata =
        said -> {
          said.putArray("token_endpoint_auth_methods_supported").add("client_secret_post");
          return said;
        };
    controller = Controller.start(options);
    visit = new Visit(controller);
    visit.awaitProvider(true);
    visit.login(provider, "/");
    assertThat(provider.tokenRequests.get(0)).containsEntry("client_secret", "a secret");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "groups:operator|--oidc-role: 'groups:operator' (expected: CLAIM=VALUE:ROLE",
        "=ops:operator|--oidc-role: '=ops:operator' (expected: CLAIM=VALUE:ROLE",
        "groups=:operator|--oidc-role: 'groups=:operator' (expected: CLAIM=VALUE:ROLE",
        "groups=ops:root|--oidc-role: 'groups=ops:root': role: 'root' (expected: viewer"
      })
  void rule_thatIsNone_isNamed(String rule, String message) {
    assertThatThrownBy(() -> RoleRule.parse(rule)).hasMessageContaining(message);
    assertThat(RoleRule.parse("urn:x=urn:y:ops:admin"))
        .isEqualTo(new RoleRule("urn:x", "urn:y:ops", Role.ADMIN));
  }

  @ParameterizedTest
  @CsvSource({
    "http://login.example",
    "https://login.example?tenant=1",
    "https://user@login.example",
    "login.example",
    "http://127.0.0.1.evil.example"
  })
  void issuer_thatOthersCouldAnswerFor_isRefused(String issuer) {
    assertThatThrownBy(() -> new ProviderOptions(issuer, "endomesh", null, Set.of()))
        .hasMessageContaining("--oidc-issuer: '" + issuer + "' (expected: an https URL");
    assertThat(new ProviderOptions("http://[::1]:9000/a", "endomesh", null, Set.of()).scopes())
        .containsExactly("openid");
  }
}
