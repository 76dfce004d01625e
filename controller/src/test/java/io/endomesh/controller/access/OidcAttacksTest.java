package io.endomesh.controller.access;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.endomesh.controller.Controller;
import io.endomesh.controller.jwks.TestServer;
import io.endomesh.dataplane.token.TestIssuer;
import java.net.URI;
import java.net.URLEncoder;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.time.Instant;
import java.util.Base64;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.function.UnaryOperator;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Against a login by a provider: at the browser, on the way, and by a provider that lies. */
@Timeout(120)
class OidcAttacksTest {

  private static final String STALE = "/login?failed=stale";
  private static final String TOKEN = "/login?failed=token";

  @TempDir static Path shared;
  @TempDir Path dataDir;
  private static FakeProvider provider;
  private static Controller controller;
  private Visit visit;

  @BeforeAll
  static void start() throws Exception {
    provider = new FakeProvider();
    controller = Controller.start(provider.options(shared, "groups=ops:operator"));
  }

  @BeforeEach
  void visit() throws Exception {
    provider.reset();
    visit = new Visit(controller);
    visit.awaitProvider(true);
  }

  @AfterAll
  static void stop() {
    controller.close();
    provider.close();
  }

  /** With what is different about its provider, and not to be undone. */
  private Controller another(String role) throws Exception {
    return Controller.start(provider.options(dataDir, role));
  }

  @Test
  void login_nothingOddAboutIt_isLetIn() throws Exception {
    assertThat(visit.login(provider, "/graph")).isEqualTo("/graph");

    assertThat(visit.session().path("user").asText()).isEqualTo("oidc:anna");
    assertThat(visit.session().path("role").asText()).isEqualTo("operator");
  }

  @Test
  void answer_withAnotherState_isNotTaken() throws Exception {
    visit.begin("/");

    assertThat(visit.callback("code=a-code&state=another")).isEqualTo(STALE);
    assertThat(visit.callback("code=a-code")).isEqualTo(STALE);

    assertThat(provider.tokenRequests).isEmpty();
    assertThat(visit.status()).isEqualTo(401);
  }

  /** Login CSRF: whoever follows the link would be logged in as who made it. */
  @Test
  void answer_inAnotherBrowserThanBegan_isNotTaken() throws Exception {
    Map<String, String> asked = visit.begin("/");
    provider.nonce = asked.get("nonce");
    Visit victim = new Visit(controller);
    String link = "code=a-code&state=" + asked.get("state");

    assertThat(victim.callback(link)).isEqualTo(STALE);
    victim.begin("/");
    assertThat(victim.callback(link)).isEqualTo(STALE);

    assertThat(provider.tokenRequests).isEmpty();
    assertThat(victim.status()).isEqualTo(401);
  }

  @Test
  void answer_thatCameBefore_isNotTaken() throws Exception {
    Map<String, String> asked = visit.begin("/");
    provider.nonce = asked.get("nonce");
    Visit replay = new Visit(controller);
    replay.cookies.putAll(visit.cookies);
    String answer = "code=a-code&state=" + asked.get("state");
    assertThat(visit.callback(answer)).isEqualTo("/");

    assertThat(replay.callback(answer)).isEqualTo(STALE);

    assertThat(provider.tokenRequests).hasSize(1);
    assertThat(replay.status()).isEqualTo(401);
  }

  @Test
  void code_thatTheProviderSawBefore_logsNobodyIn() throws Exception {
    provider.tokenEndpoint =
        exchange -> TestServer.status(exchange, 400, "{\"error\":\"invalid_grant\"}");

    assertThat(visit.login(provider, "/")).isEqualTo(STALE);
    assertThat(visit.status()).isEqualTo(401);
  }

  @Test
  void cookie_changedOrOfAnotherController_isNone() throws Exception {
    Map<String, String> asked = visit.begin("/graph");
    String good = visit.cookies.get("endomesh_oidc");
    String[] parts = good.split("\\.");
    String elsewhere =
        Base64.getUrlEncoder().withoutPadding().encodeToString("/traces".getBytes(UTF_8));
    for (String forged :
        new String[] {
          parts[0] + "." + parts[1] + "." + elsewhere + "." + parts[3],
          parts[0] + "." + (Long.parseLong(parts[1]) + 1) + "." + parts[2] + "." + parts[3],
          parts[0] + "." + parts[1] + "." + parts[2] + ".",
          "...",
          "x"
        }) {
      visit.cookies.put("endomesh_oidc", forged);
      assertThat(visit.callback("code=a-code&state=" + asked.get("state")))
          .as(forged)
          .isEqualTo(STALE);
    }
    assertThat(provider.tokenRequests).isEmpty();
  }

  /** A mix-up: the code is another provider's, and would be sent to this one (RFC 9207). */
  @Test
  void answer_ofAnotherIssuer_isNotTaken() throws Exception {
    Map<String, String> asked = visit.begin("/");

    assertThat(
            visit.callback(
                "code=a-code&state=" + asked.get("state") + "&iss=https://other.example"))
        .isEqualTo(TOKEN);

    assertThat(provider.tokenRequests).isEmpty();
  }

  @Test
  void answer_thatDoesNotSayItsIssuer_ofAProviderThatAlwaysDoes_isNotTaken() throws Exception {
    provider.metadata = said -> said.put("authorization_response_iss_parameter_supported", true);
    try (Controller strict = another("groups=ops:operator")) {
      visit = new Visit(strict);
      visit.awaitProvider(true);

      assertThat(visit.login(provider, "/")).isEqualTo(TOKEN);
      assertThat(provider.tokenRequests).isEmpty();

      Map<String, String> asked = visit.begin("/");
      provider.nonce = asked.get("nonce");
      assertThat(
              visit.callback(
                  "code=a-code&state=" + asked.get("state") + "&iss=" + provider.server.url()))
          .isEqualTo("/");
    }
  }

  /** A code that was stolen is worth nothing without what this browser's login began with. */
  @Test
  void code_isSentWithTheVerifierOfItsLogin_whichNobodySaw() throws Exception {
    Map<String, String> asked = visit.begin("/");
    provider.nonce = asked.get("nonce");
    visit.callback("code=a-code&state=" + asked.get("state"));

    Map<String, String> sent = provider.tokenRequests.get(0);
    assertThat(asked).containsEntry("code_challenge_method", "S256");
    byte[] digest =
        MessageDigest.getInstance("SHA-256").digest(sent.get("code_verifier").getBytes(UTF_8));
    assertThat(asked.get("code_challenge"))
        .isEqualTo(Base64.getUrlEncoder().withoutPadding().encodeToString(digest));
    assertThat(asked.values()).doesNotContain(sent.get("code_verifier"));
    assertThat(visit.begin("/").get("code_challenge")).isNotEqualTo(asked.get("code_challenge"));
  }

  static Stream<Arguments> claims() {
    long now = Instant.now().getEpochSecond();
    return Stream.of(
        claims("another nonce", claims -> claims.put("nonce", "another")),
        claims("no nonce", claims -> claims.without("nonce")),
        claims("another audience", claims -> claims.put("aud", "shop")),
        claims("no audience", claims -> claims.without("aud")),
        claims("given out to another", claims -> claims.put("azp", "shop")),
        claims(
            "two audiences, and not said to whom",
            claims -> claims.set("aud", Api.JSON.createArrayNode().add("endomesh").add("shop"))),
        claims("another issuer", claims -> claims.put("iss", "https://other.example")),
        claims("no issuer", claims -> claims.without("iss")),
        claims("ended", claims -> claims.put("exp", now - 3600)),
        claims("without an end", claims -> claims.without("exp")),
        claims("not begun", claims -> claims.put("nbf", now + 3600)),
        claims("of nobody", claims -> claims.without("sub")),
        claims("of a subject that breaks lines", claims -> claims.put("sub", "a\nb")));
  }

  private static Arguments claims(String what, UnaryOperator<ObjectNode> change) {
    return Arguments.of(what, change);
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("claims")
  void token_withClaimsOfAnAttack_logsNobodyIn(String what, UnaryOperator<ObjectNode> change)
      throws Exception {
    provider.claims = change;

    assertThat(visit.login(provider, "/")).isEqualTo(TOKEN);
    assertThat(visit.status()).isEqualTo(401);
  }

  static Stream<Arguments> signatures() {
    TestIssuer stranger = TestIssuer.of("one");
    return Stream.of(
        signature("none", token -> head("{\"alg\":\"none\"}") + body(token)),
        signature("a secret of both", token -> head("{\"alg\":\"HS256\"}") + body(token) + "AAAA"),
        signature(
            "another's key",
            token ->
                stranger.token(
                    new String(Base64.getUrlDecoder().decode(token.split("\\.")[1]), UTF_8))),
        signature("another text", token -> token.replaceFirst("\\..", ".X")),
        signature("no token", token -> "secret"));
  }

  private static Arguments signature(String what, UnaryOperator<String> change) {
    return Arguments.of(what, change);
  }

  private static String head(String header) {
    return TestIssuer.encoded(header) + ".";
  }

  private static String body(String token) {
    return token.split("\\.")[1] + ".";
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("signatures")
  void token_notSignedByTheProvider_logsNobodyIn(String what, UnaryOperator<String> change)
      throws Exception {
    provider.token = change;

    assertThat(visit.login(provider, "/")).isEqualTo(TOKEN);
    assertThat(visit.status()).isEqualTo(401);
  }

  /** Made-up keys do not have us ask the provider for its own without end. */
  @Test
  void key_thatIsNotKnown_isAskedForOnce() throws Exception {
    try (Controller fresh = another("groups=ops:operator")) {
      visit = new Visit(fresh);
      visit.awaitProvider(true);
      int before = provider.keysAsked.get();
      provider.signer = TestIssuer.of("two");
      for (int i = 0; i < 3; i++) {
        assertThat(visit.login(provider, "/")).isEqualTo(TOKEN);
      }
      assertThat(provider.keysAsked.get()).isEqualTo(before + 1);
    }
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "https://evil.example/",
        "//evil.example/",
        "/\\evil.example/",
        "\\\\evil.example",
        "/%09/evil.example",
        "/a\r\nlocation: https://evil.example",
        "javascript:alert(1)",
        "///evil.example",
        "/.//evil.example/",
        "/graph//evil.example",
        "/oidc/login",
        "/login?next=/oidc/login",
        "graph"
      })
  void next_thatLeadsElsewhere_isNotFollowed(String next) throws Exception {
    String there = visit.login(provider, URLEncoder.encode(next, UTF_8));

    assertThat(there).startsWith("/").doesNotStartWith("//").doesNotContain("\\", "\r", "\n");
    assertThat(URI.create("http://mesh.example/").resolve(there).getHost())
        .isEqualTo("mesh.example");
    assertThat(there).doesNotStartWith("/login").doesNotStartWith("/oidc");
  }

  /** Fixation: a session that was there before is not the one that is logged in. */
  @Test
  void session_thatTheBrowserBrought_isNotTheOneOfTheLogin() throws Exception {
    visit.login(provider, "/");
    String before = visit.cookies.get(Access.SESSION_COOKIE);
    visit.login(provider, "/");
    String after = visit.cookies.get(Access.SESSION_COOKIE);

    assertThat(after).isNotEqualTo(before);
    visit.cookies.put(Access.SESSION_COOKIE, before);
    assertThat(visit.status()).isEqualTo(401);

    visit.cookies.put(Access.SESSION_COOKIE, "ems_chosen");
    visit.login(provider, "/");
    assertThat(visit.cookies.get(Access.SESSION_COOKIE)).isNotEqualTo("ems_chosen");
  }

  @Test
  void cookies_areForThisHostAlone_andForNoScript() throws Exception {
    HttpResponse<String> began = visit.get("/oidc/login");

    assertThat(began.headers().allValues("set-cookie"))
        .singleElement()
        .asString()
        .containsIgnoringCase("; HttpOnly")
        .contains("SameSite=Lax", "Max-Age=600", "Path=/")
        .doesNotContain("Domain");
  }

  @Test
  void tokenEndpoint_thatHangsFloodsOrSendsElsewhere_isGivenUp() throws Exception {
    CountDownLatch asked = new CountDownLatch(1);
    TestServer.Behaviour[] bad = {
      exchange -> {
        exchange.getResponseHeaders().add("location", provider.server.url() + "/keys");
        TestServer.status(exchange, 307, "");
      },
      exchange -> TestServer.status(exchange, 200, "x".repeat(200_000)),
      exchange -> TestServer.status(exchange, 200, "no JSON"),
      exchange -> TestServer.status(exchange, 200, "{\"access_token\":\"alone\"}"),
      exchange -> asked.await(),
    };
    int keys = provider.keysAsked.get();
    try {
      for (TestServer.Behaviour one : bad) {
        provider.tokenEndpoint = one;
        assertThat(visit.login(provider, "/")).isEqualTo("/login?failed=provider");
      }
    } finally {
      asked.countDown();
    }
    assertThat(provider.keysAsked.get()).isEqualTo(keys);
    assertThat(visit.status()).isEqualTo(401);
  }

  @Test
  void claims_ofAUserinfoOfSomebodyElse_giveNoRole() throws Exception {
    provider.claims = claims -> claims.without("groups");
    provider.userinfo = "{\"sub\":\"another\",\"groups\":[\"ops\"]}";

    assertThat(visit.login(provider, "/")).isEqualTo("/login?failed=role");
    assertThat(visit.status()).isEqualTo(401);
  }

  @Test
  void email_thatNobodyVerified_givesNoRole() throws Exception {
    try (Controller byEmail = another("email=anna@acme.example:admin")) {
      visit = new Visit(byEmail);
      visit.awaitProvider(true);

      provider.claims = claims -> claims.put("email", "anna@acme.example");
      assertThat(visit.login(provider, "/")).isEqualTo("/login?failed=role");
      provider.userinfo =
          "{\"sub\":\"4711\",\"email\":\"other@acme.example\",\"email_verified\":true}";
      assertThat(visit.login(provider, "/")).isEqualTo("/login?failed=role");
      provider.claims =
          claims -> claims.put("email", "anna@acme.example").put("email_verified", true);
      assertThat(visit.login(provider, "/")).isEqualTo("/");
    }
  }
}
