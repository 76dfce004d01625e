package io.endomesh.testkit;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.endomesh.dataplane.Inbound;
import io.endomesh.dataplane.Protocol;
import io.endomesh.dataplane.TestRequest;
import io.endomesh.dataplane.authorize.Authorization;
import io.endomesh.dataplane.authorize.Condition;
import io.endomesh.dataplane.authorize.Policy;
import io.endomesh.dataplane.external.CheckServer;
import io.endomesh.dataplane.limit.Overload;
import io.endomesh.dataplane.route.HeaderChanges;
import io.endomesh.dataplane.route.PathMatch;
import io.endomesh.dataplane.route.RoutePolicy;
import io.endomesh.dataplane.route.StringMatch;
import io.endomesh.testkit.GrpcUnderTest.Answer;
import io.endomesh.weaving.Weaving;
import java.net.Socket;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import java.util.stream.Stream;
import javax.net.ssl.SSLContext;
import org.junit.jupiter.api.Test;

/** Whom a server lets in, and how it says no. */
abstract class GrpcServerContract extends GrpcLimitContract {

  @Test
  void server_strict_refusesPlaintextAndServesMutualTlsOnTheSamePort() {
    inbound(Inbound.TlsMode.STRICT, Authorization.ALLOW_ALL);
    routes.host(TARGET, plaintext(one));
    assertThat(client.unary("hello").status()).isEqualTo(UNAVAILABLE);
    routes.host(TARGET, mutualTls(one));
    assertThat(client.unary("hello").status()).isEqualTo(OK);
  }

  @Test
  void server_changesToStrict_refusesTheNextCallOnAKeptPlaintextConnection_andClosesIt() {
    inbound(Inbound.TlsMode.PERMISSIVE, Authorization.ALLOW_ALL);
    routes.host(TARGET, plaintext(one));
    assertThat(client.unary("hello").status()).isEqualTo(OK);

    inbound(Inbound.TlsMode.STRICT, Authorization.ALLOW_ALL);
    Answer refused = client.unary("hello");

    assertThat(refused.status()).isEqualTo(UNAUTHENTICATED);
    assertThat(refused.decidedBy()).isEqualTo("connection");
    assertThat(refused.text()).isEqualTo("this connection may not be used any longer");
    // A new connection is refused before it is one.
    Await.until("end of the connection", () -> client.unary("hello").status() == UNAVAILABLE);
    inbound(Inbound.TlsMode.PERMISSIVE, Authorization.ALLOW_ALL);
    Await.until("another connection", () -> client.unary("hello").status() == OK);
  }

  @Test
  void server_permissive_servesPlaintextWithoutACaller() {
    inbound(Inbound.TlsMode.PERMISSIVE, Authorization.ALLOW_ALL);
    routes.host(TARGET, plaintext(one));
    assertThat(client.unary("hello").text()).startsWith("one|null|");
  }

  @Test
  void server_policyDenies_answersPermissionDenied_andTellsNeitherPolicyNorMethod() {
    Policy.Rule all =
        new Policy.Rule(Condition.ANY, new Condition.Path(new PathMatch.Prefix("/test.Echo/")));
    Policy policy = new Policy("AuthorizationPolicy/default/closed", List.of(all));
    inbound(Inbound.TlsMode.DISABLE, new Authorization(List.of(policy), List.of()));
    routes.host(TARGET, plaintext(one));
    Answer answer = client.unary("hello");
    assertThat(answer.status()).isEqualTo(PERMISSION_DENIED);
    assertThat(answer.text()).isEqualTo("this caller may not make this request");
    assertThat(answer.decidedBy()).isEqualTo("authorization");
    assertThat(answer.headers().toString())
        .doesNotContain("AuthorizationPolicy")
        .doesNotContain("spiffe");
  }

  @Test
  void server_policyComesWhileAStreamIsOpen_endsIt() throws Exception {
    inbound(Inbound.TlsMode.PERMISSIVE, Authorization.ALLOW_ALL);
    routes.host(TARGET, mutualTls(one));
    CompletableFuture<Answer> open =
        CompletableFuture.supplyAsync(() -> client.serverStreaming("hold"));
    Await.until("the call at the server", () -> one.messages().contains("hold"));

    Policy nobody = new Policy("AuthorizationPolicy/default/nobody", List.of());
    inbound(Inbound.TlsMode.PERMISSIVE, new Authorization(List.of(), List.of(nobody)));

    Answer answer = open.get(10, TimeUnit.SECONDS);
    assertThat(answer.status()).isEqualTo(PERMISSION_DENIED);
    assertThat(answer.decidedBy()).isEqualTo("authorization");
    inbound(Inbound.TlsMode.PERMISSIVE, Authorization.ALLOW_ALL);
    assertThat(client.serverStreaming("hello").status()).isEqualTo(OK);
  }

  @Test
  void server_underFloods_callersAreServed_andNothingIsLeft() throws Exception {
    inbound(Inbound.TlsMode.STRICT, Authorization.ALLOW_ALL);
    routes.host(TARGET, mutualTls(one));
    assertThat(client.unary("hello").status()).isEqualTo(OK);
    SSLContext attacker =
        TestRoutes.AUTHORITY
            .identity(TestRoutes.spiffeId("caller"))
            .clientTls(TestRoutes.US)
            .context();
    Floods floods = new Floods(one.port());

    floods.breakHandshakes();
    List<Socket> stalled = floods.stall();
    try {
      floods.resetRapidly(attacker, "/test.Echo/Unary");
      floods.continueWithoutEnd(attacker, "/test.Echo/Unary");
      floods.sendHeaderBombs(attacker, "/test.Echo/Unary");
      assertThat(client.unary("hello").status()).isEqualTo(OK);
    } finally {
      for (Socket socket : stalled) {
        socket.close();
      }
    }

    assertThat(client.unary("hello").status()).isEqualTo(OK);
    floods.assertNothingIsLeft();
  }

  @Test
  void certificate_wasRenewedLongAgo_connectionOfBeforeSaysGoodbye_andItsCallsEnd()
      throws Exception {
    inbound(Inbound.TlsMode.STRICT, Authorization.ALLOW_ALL);
    SSLContext caller =
        TestRoutes.AUTHORITY
            .identity(TestRoutes.spiffeId("caller"))
            .clientTls(TestRoutes.US)
            .context();
    try (RawHttp2 kept = RawHttp2.to(one.port(), caller)) {
      kept.call("/test.Echo/Unary", "before".getBytes(UTF_8));
      assertThat(kept.goodbyeWasSaid()).isFalse();
      Weaving.mesh().maxConnectionAgeAfterRenewal(Duration.ZERO);
      routes.renewIdentity();

      kept.call("/test.Echo/Unary", "last".getBytes(UTF_8));

      kept.awaitGoodbye();
      assertThat(one.messages()).contains("before", "last");
    } finally {
      Weaving.mesh().maxConnectionAgeAfterRenewal(Duration.ofHours(1));
      routes.renewIdentity();
    }
  }

  @Test
  void server_callerOverItsRateLimit_answersResourceExhaustedAndWhenToComeBack() {
    routes.inbound(new Inbound(Map.of(), TestRoutes.oneCallAnHour(Inbound.TlsMode.PERMISSIVE)));
    routes.host(TARGET, mutualTls(one));
    assertThat(client.unary("hello").status()).isEqualTo(OK);

    Answer answer = client.unary("hello");

    assertThat(answer.status()).isEqualTo(RESOURCE_EXHAUSTED);
    assertThat(answer.text()).contains(TestRoutes.US).contains(TestRoutes.LIMIT_POLICY);
    assertThat(answer.decidedBy()).isEqualTo(TestRoutes.LIMIT_POLICY);
    // A caller without an identity has another bucket.
    routes.host(TARGET, plaintext(one));
    assertThat(client.unary("hello").status()).isEqualTo(OK);
  }

  @Test
  void server_thatIsFull_answersUnavailableUntilACallEnds() throws Exception {
    Overload guard = TestRoutes.oneAtATime();
    routes.inbound(
        new Inbound(
            Map.of(),
            new Inbound.Port(Inbound.TlsMode.DISABLE, Authorization.ALLOW_ALL).guardedBy(guard)));
    routes.host(TARGET, plaintext(one));
    assertThat(client.unary("hello").status()).isEqualTo(OK);
    Await.until("end of the call", () -> guard.limit().running() == 0);

    guard.begin(TestRequest.get("tests", "/"), null);
    Answer answer = client.unary("hello");
    guard.end(100, Weaving.mesh().nanoTime(), Weaving.mesh().nanoTime());

    assertThat(answer.status()).isEqualTo(UNAVAILABLE);
    assertThat(answer.decidedBy()).isEqualTo("overload");
    assertThat(client.unary("hello").status()).isEqualTo(OK);
  }

  @Test
  void server_policyOnAHeader_isNotDeceivedByASecondOne() {
    Condition admin = new Condition.Header("x-role", new StringMatch.Exact("admin"));
    Policy policy = new Policy("no-admins", List.of(new Policy.Rule(Condition.ANY, admin)));
    inbound(Inbound.TlsMode.DISABLE, new Authorization(List.of(policy), List.of()));

    assertThat(withRoles("user", "guest").status()).isEqualTo(OK);
    assertThat(withRoles("user", "admin").status()).isEqualTo(PERMISSION_DENIED);
    assertThat(withRoles("admin", "user").status()).isEqualTo(PERMISSION_DENIED);
  }

  @Test
  void server_tokenThatIsNotGood_answersUnauthenticated_andAGoodOneTellsPoliciesWhoCalls() {
    routes.inbound(new Inbound(Map.of(), TestRoutes.withTokens(TestRoutes.forSubject("alice"))));

    Answer refused = withToken(TestRoutes.STRANGER.token(TestRoutes.claims("alice")));

    assertThat(refused.status()).isEqualTo(UNAUTHENTICATED);
    assertThat(refused.text()).isEqualTo("the token of this request is not accepted");
    assertThat(refused.decidedBy()).isEqualTo("request-authentication");
    assertThat(withToken(TestRoutes.ISSUER.token(TestRoutes.claims("alice"))).status())
        .isEqualTo(OK);
    assertThat(withToken(TestRoutes.ISSUER.token(TestRoutes.claims("bob"))).status())
        .isEqualTo(PERMISSION_DENIED);
  }

  @Test
  void server_asksSomebodyElse_answersPermissionDenied_orServesWhatTheyChanged() {
    List<CheckServer.Question> questions = new CopyOnWriteArrayList<>();
    AtomicReference<CheckServer.Verdict> verdict = new AtomicReference<>();
    Condition root = new Condition.Header("x-role", new StringMatch.Exact("root"));
    Policy noRoot = new Policy("no-root", List.of(new Policy.Rule(Condition.ANY, root)));
    Inbound.Port asking =
        TestRoutes.asking(
            (question, timeoutNanos) -> {
              questions.add(question);
              return verdict.get();
            });
    routes.inbound(
        new Inbound(
            Map.of(),
            new Inbound.Port(
                    Inbound.TlsMode.PERMISSIVE, new Authorization(List.of(noRoot), List.of()))
                .asking(asking.external())));

    verdict.set(new CheckServer.Verdict.Denied(403, List.of(), "closed today"));
    Answer denied = withRoles("user", "root");
    verdict.set(
        new CheckServer.Verdict.Allowed(
            List.of(),
            List.of(new CheckServer.Change(CheckServer.Change.How.SET, "x-role", "guest")),
            List.of()));
    Answer allowed = withRoles("root");

    assertThat(denied.status()).isEqualTo(PERMISSION_DENIED);
    assertThat(denied.text()).isEqualTo("closed today");
    assertThat(denied.decidedBy()).isEqualTo("authorization");
    assertThat(allowed.status()).isEqualTo(OK);
    assertThat(questions.get(0).path()).startsWith("/test.Echo/");
    assertThat(questions.get(0).headers()).containsEntry("x-role", "user,root");
  }

  @Test
  void server_headerOfProxies_isTakenOut_ofWhoIsNone() {
    String name = "x-forwarded-client-cert";
    Condition seen = new Condition.Header(name, new StringMatch.Present());
    Policy policy = new Policy("no-proxies", List.of(new Policy.Rule(Condition.ANY, seen)));
    inbound(Inbound.TlsMode.PERMISSIVE, new Authorization(List.of(policy), List.of()));
    HeaderChanges request = HeaderChanges.setting(name, "URI=spiffe://endomesh.local/ns/a/sa/b");
    routes.route(TARGET, toOne(), RoutePolicy.DEFAULT.withHeaders(request, HeaderChanges.NONE));

    assertThat(client.unary("hello").status()).isEqualTo(OK);
  }

  private Answer withToken(String token) {
    HeaderChanges request = HeaderChanges.setting("authorization", "Bearer " + token);
    routes.route(TARGET, toOne(), RoutePolicy.DEFAULT.withHeaders(request, HeaderChanges.NONE));
    return client.unary("hello");
  }

  private Answer withRoles(String... roles) {
    List<HeaderChanges.Header> added =
        Stream.of(roles).map(role -> new HeaderChanges.Header("x-role", role)).toList();
    HeaderChanges request = new HeaderChanges(List.of(), added, List.of());
    routes.route(TARGET, toOne(), RoutePolicy.DEFAULT.withHeaders(request, HeaderChanges.NONE));
    return client.unary("hello");
  }

  @Test
  void port_whileTheServerRuns_isOfferedToTheMesh() throws Exception {
    assertThat(bound).containsEntry(one.port(), Protocol.GRPC);
    int port = one.port();
    one.close();
    assertThat(bound).doesNotContainKey(port);
  }
}
