package io.endomesh.testkit;

import static org.assertj.core.api.Assertions.assertThat;

import io.endomesh.dataplane.ForeignHeaders;
import io.endomesh.dataplane.Inbound;
import io.endomesh.dataplane.Inbound.TlsMode;
import io.endomesh.dataplane.Reply;
import io.endomesh.dataplane.TestRequest;
import io.endomesh.dataplane.authorize.AddressRange;
import io.endomesh.dataplane.authorize.Authorization;
import io.endomesh.dataplane.authorize.Condition;
import io.endomesh.dataplane.authorize.Policy;
import io.endomesh.dataplane.external.CheckServer;
import io.endomesh.dataplane.limit.Overload;
import io.endomesh.dataplane.route.PathMatch;
import io.endomesh.dataplane.route.StringMatch;
import io.endomesh.weaving.Weaving;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Test;

/** Who is refused, with what, and before the application is asked. */
abstract class HttpServerPolicyContract extends HttpServerTlsContract {

  @Test
  void caller_notAllowed_isRefusedWith403_andToldNothingButItsTrace() throws Exception {
    mode(TlsMode.PERMISSIVE, allowing(TestRoutes.spiffeId("orders")));

    HttpResponse<String> refused = get(mutual(CALLER), "https", "/echo");
    HttpResponse<String> allowed = get(mutual(TestRoutes.spiffeId("orders")), "https", "/echo");

    assertThat(refused.statusCode()).isEqualTo(403);
    assertThat(refused.headers().firstValue(Reply.DECIDED_BY_HEADER)).hasValue("authorization");
    assertThat(refused.body())
        .isEqualTo("this caller may not make this request (trace " + TRACE + ")\n");
    assertThat(refused.headers().map().toString())
        .doesNotContain("AuthorizationPolicy")
        .doesNotContain("spiffe");
    assertThat(refused.headers().firstValue("x-path")).as("the application was asked").isEmpty();
    assertThat(allowed.statusCode()).isEqualTo(200);
    Await.until("both ends", () -> endedWith(403, 200));
    assertThat(decided)
        .as("for the operator")
        .containsExactly(POLICY + ": " + CALLER + " is not allowed by " + POLICY + ": GET /echo");
  }

  @Test
  void caller_refusedWhileItSends_readsTheRefusal() throws Exception {
    mode(TlsMode.PERMISSIVE, allowing(TestRoutes.spiffeId("orders")));
    HttpClient plain = plain();
    HttpClient secured = mutual(CALLER);
    byte[] large = new byte[1_000_000];

    for (int i = 0; i < 10; i++) {
      assertThat(post(plain, "http", large).statusCode()).isEqualTo(403);
      assertThat(post(secured, "https", large).statusCode()).isEqualTo(403);
    }
  }

  @Test
  void token_thatIsNotGood_isRefusedWith401_andNobodyIsToldWhatItWas() throws Exception {
    port(TestRoutes.withTokens(Authorization.ALLOW_ALL));
    String token = TestRoutes.STRANGER.token(TestRoutes.claims("alice"));

    HttpResponse<String> refused = withHeader("authorization", "Bearer " + token);

    assertThat(refused.statusCode()).isEqualTo(401);
    assertThat(refused.headers().firstValue("www-authenticate"))
        .hasValue("Bearer error=\"invalid_token\"");
    assertThat(refused.headers().firstValue(Reply.DECIDED_BY_HEADER))
        .hasValue("request-authentication");
    assertThat(refused.body())
        .isEqualTo("the token of this request is not accepted (trace " + TRACE + ")\n");
    assertThat(refused.headers().firstValue("x-path")).as("the application was asked").isEmpty();
    Await.until("the end", () -> ended.equals(List.of(401)));
    assertThat(decided.get(0))
        .startsWith(TestRoutes.TOKEN_POLICY + ": ")
        .doesNotContain(token.substring(0, 16));
  }

  @Test
  void request_thatSomebodyElseDecides_isRefusedOrSeenByTheApplicationAsTheyWant()
      throws Exception {
    List<CheckServer.Question> questions = new CopyOnWriteArrayList<>();
    AtomicReference<CheckServer.Verdict> verdict = new AtomicReference<>();
    port(
        TestRoutes.asking(
            (question, timeoutNanos) -> {
              questions.add(question);
              return verdict.get();
            }));
    HttpRequest request =
        HttpRequest.newBuilder(uri("http", "/echo?a=b"))
            .header("x-role", "user")
            .header("x-role", "admin")
            .header("x-gone", "1")
            .build();

    verdict.set(
        new CheckServer.Verdict.Denied(
            451,
            List.of(
                new Reply.Header("x-why", "law"),
                new Reply.Header("content-type", "application/json")),
            "{\"why\":1}"));
    HttpResponse<String> denied = plain().send(request, BodyHandlers.ofString());
    verdict.set(
        new CheckServer.Verdict.Allowed(
            List.of("x-gone"),
            List.of(new CheckServer.Change(CheckServer.Change.How.SET, "x-user", "ann")),
            List.of(new Reply.Header("x-told", "yes"))));
    HttpResponse<String> allowed = plain().send(request, BodyHandlers.ofString());

    assertThat(denied.statusCode()).isEqualTo(451);
    assertThat(denied.body().strip()).isEqualTo("{\"why\":1}");
    assertThat(denied.headers().allValues("content-type")).containsExactly("application/json");
    assertThat(denied.headers().firstValue("x-why")).hasValue("law");
    assertThat(allowed.statusCode()).isEqualTo(200);
    assertThat(allowed.headers().firstValue("x-told")).hasValue("yes");
    assertThat(allowed.headers().firstValue("x-names").orElseThrow())
        .containsIgnoringCase("x-user")
        .containsIgnoringCase("x-role")
        .doesNotContainIgnoringCase("x-gone");
    assertThat(questions).hasSize(2);
    CheckServer.Question asked = questions.get(0);
    assertThat(asked.method()).isEqualTo("GET");
    assertThat(asked.path()).isEqualTo("/echo?a=b");
    assertThat(asked.host()).endsWith(":" + server.port());
    assertThat(asked.headers()).containsEntry("x-role", "user,admin").containsEntry("x-gone", "1");
    Await.until("the end", () -> endedWith(451, 200));
    assertThat(decided.get(0)).startsWith(TestRoutes.CUSTOM_POLICY + ": ");
  }

  @Test
  void token_thatIsGood_tellsPoliciesWhoCalls_andTheApplicationDoesNotSeeIt() throws Exception {
    port(TestRoutes.withTokens(TestRoutes.forSubject("alice")));
    String alice = "Bearer " + TestRoutes.ISSUER.token(TestRoutes.claims("alice"));
    String bob = "Bearer " + TestRoutes.ISSUER.token(TestRoutes.claims("bob"));

    HttpResponse<String> served = withHeader("authorization", alice);

    assertThat(served.statusCode()).isEqualTo(200);
    assertThat(served.headers().firstValue("x-names").orElseThrow())
        .containsIgnoringCase("host")
        .doesNotContainIgnoringCase("authorization");
    assertThat(withHeader("authorization", bob).statusCode()).isEqualTo(403);
    assertThat(get(plain(), "http", "/echo").statusCode()).isEqualTo(403);
  }

  @Test
  void headersOfProxies_areTakenOut_ofWhoIsNone() throws Exception {
    mode(TlsMode.PERMISSIVE, Authorization.ALLOW_ALL);
    assertThat(names(plain(), "http")).doesNotContain(CERTIFICATE).contains("x-forwarded-for");
    assertThat(names(mutual(CALLER), "https")).contains(CERTIFICATE, "x-forwarded-for");
    try {
      Weaving.mesh().foreignHeaders(new ForeignHeaders(List.of()));
      assertThat(names(plain(), "http")).doesNotContain(CERTIFICATE, "x-forwarded-for");
      assertThat(names(mutual(CALLER), "https")).contains(CERTIFICATE, "x-forwarded-for");
      Weaving.mesh().foreignHeaders(new ForeignHeaders(List.of(AddressRange.of("127.0.0.1", 8))));
      assertThat(names(plain(), "http")).contains(CERTIFICATE, "x-forwarded-for");
    } finally {
      Weaving.mesh().foreignHeaders(ForeignHeaders.DEFAULT);
    }
  }

  private static final String CERTIFICATE = "x-forwarded-client-cert";

  private List<String> names(HttpClient client, String scheme) throws Exception {
    HttpRequest request =
        HttpRequest.newBuilder(uri(scheme, "/echo"))
            .header(CERTIFICATE, "URI=" + TestRoutes.spiffeId("orders"))
            .header("X-Forwarded-For", "192.0.2.1")
            .build();
    String names =
        client.send(request, BodyHandlers.ofString()).headers().firstValue("x-names").orElseThrow();
    return List.of(names.toLowerCase(Locale.ROOT).split(" "));
  }

  private HttpResponse<String> withHeader(String name, String value) throws Exception {
    return plain()
        .send(
            HttpRequest.newBuilder(uri("http", "/echo")).header(name, value).build(),
            BodyHandlers.ofString());
  }

  @Test
  void plaintextCaller_hasNoIdentity_whateverItSays() throws Exception {
    mode(TlsMode.PERMISSIVE, allowing(CALLER));

    assertThat(get(plain(), "http", "/echo").statusCode()).isEqualTo(403);
  }

  @Test
  void caller_overItsRateLimit_isRefusedWith429_andToldThePolicyAndWhenToComeBack()
      throws Exception {
    routes.inbound(
        new Inbound(
            Map.of(server.port(), TestRoutes.oneCallAnHour(TlsMode.PERMISSIVE)),
            Inbound.OPEN.otherPorts()));
    HttpClient storefront = mutual(CALLER);

    assertThat(get(storefront, "https", "/echo").statusCode()).isEqualTo(200);
    HttpResponse<String> refused = get(storefront, "https", "/echo");
    HttpResponse<String> other = get(mutual(TestRoutes.spiffeId("orders")), "https", "/echo");

    assertThat(refused.statusCode()).isEqualTo(429);
    assertThat(refused.body()).contains(CALLER).contains(TestRoutes.LIMIT_POLICY);
    assertThat(refused.headers().firstValue(Reply.DECIDED_BY_HEADER))
        .hasValue(TestRoutes.LIMIT_POLICY);
    assertThat(refused.headers().firstValueAsLong("retry-after").orElseThrow()).isPositive();
    assertThat(refused.headers().firstValue("x-ratelimit-limit")).hasValue("1");
    assertThat(refused.headers().firstValue("x-path")).as("the application was asked").isEmpty();
    assertThat(other.statusCode()).isEqualTo(200);
    Await.until("all ends", () -> endedWith(200, 429, 200));
  }

  @Test
  void serverThatIsFull_turnsACallAwayWith503_untilOneEnds() throws Exception {
    Overload guard = TestRoutes.oneAtATime();
    Inbound.Port port = new Inbound.Port(TlsMode.PERMISSIVE, Authorization.ALLOW_ALL);
    routes.inbound(
        new Inbound(Map.of(server.port(), port.guardedBy(guard)), Inbound.OPEN.otherPorts()));
    for (String path : List.of("/echo", "/async", "/fails")) {
      assertThat(get(plain(), "http", path).statusCode()).isNotEqualTo(503);
      Await.until("end of " + path, () -> guard.limit().running() == 0);
    }

    guard.begin(TestRequest.get("tests", "/"), null);
    HttpResponse<String> refused = get(plain(), "http", "/echo");
    guard.end(100, Weaving.mesh().nanoTime(), Weaving.mesh().nanoTime());

    assertThat(refused.statusCode()).isEqualTo(503);
    assertThat(refused.headers().firstValue(Reply.DECIDED_BY_HEADER)).hasValue("overload");
    assertThat(refused.body()).doesNotContain(guard.policy());
    assertThat(refused.headers().firstValue("x-path")).as("the application was asked").isEmpty();
    assertThat(get(plain(), "http", "/echo").statusCode()).isEqualTo(200);
  }

  @Test
  void policyOnAHeader_isNotDeceivedByASecondOne() throws Exception {
    Condition admin = new Condition.Header("x-role", new StringMatch.Exact("admin"));
    mode(
        TlsMode.PERMISSIVE,
        new Authorization(
            List.of(new Policy(POLICY, List.of(new Policy.Rule(Condition.ANY, admin)))),
            List.of()));

    assertThat(withRoles("user")).isEqualTo(200);
    assertThat(withRoles("user", "admin")).isEqualTo(403);
    assertThat(withRoles("admin", "user")).isEqualTo(403);
  }

  private int withRoles(String... roles) throws Exception {
    HttpRequest.Builder request = HttpRequest.newBuilder(uri("http", "/echo"));
    for (String role : roles) {
      request.header("X-Role", role);
    }
    return plain().send(request.build(), BodyHandlers.discarding()).statusCode();
  }

  @Test
  void policyOnAPath_seesItDecodedAndNormalized() throws Exception {
    Condition admin = new Condition.Path(new PathMatch.SegmentPrefix("/admin"));
    Policy deny = new Policy(POLICY, List.of(new Policy.Rule(Condition.ANY, admin)));
    mode(TlsMode.DISABLE, new Authorization(List.of(deny), List.of()));

    assertThat(get(plain(), "http", "/admin/x").statusCode()).isEqualTo(403);
    assertThat(get(plain(), "http", "/adm%69n/x").statusCode()).isEqualTo(403);
    assertThat(get(plain(), "http", "/echo/../admin/x").statusCode()).isEqualTo(403);
    assertThat(get(plain(), "http", "/echo").statusCode()).isEqualTo(200);
  }
}
