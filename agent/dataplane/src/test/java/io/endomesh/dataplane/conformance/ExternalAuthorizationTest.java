package io.endomesh.dataplane.conformance;

import static org.assertj.core.api.Assertions.assertThat;

import io.endomesh.dataplane.Inbound;
import io.endomesh.dataplane.Inbound.Port;
import io.endomesh.dataplane.Inbound.TlsMode;
import io.endomesh.dataplane.InboundCall;
import io.endomesh.dataplane.Outcome;
import io.endomesh.dataplane.Reply;
import io.endomesh.dataplane.Snapshot;
import io.endomesh.dataplane.TestRequest;
import io.endomesh.dataplane.authorize.Authorization;
import io.endomesh.dataplane.authorize.Condition;
import io.endomesh.dataplane.authorize.Observation;
import io.endomesh.dataplane.authorize.Policy;
import io.endomesh.dataplane.external.CheckServer;
import io.endomesh.dataplane.external.CheckServer.Change;
import io.endomesh.dataplane.external.CheckServer.Change.How;
import io.endomesh.dataplane.external.CheckServer.Verdict.Allowed;
import io.endomesh.dataplane.external.CheckServer.Verdict.Denied;
import io.endomesh.dataplane.external.CheckServer.Verdict.Unusable;
import io.endomesh.dataplane.external.CustomPolicies;
import io.endomesh.dataplane.external.ExternalAuthorization;
import io.endomesh.dataplane.external.Provider;
import io.endomesh.dataplane.limit.GlobalPolicy;
import io.endomesh.dataplane.route.PathMatch;
import io.endomesh.dataplane.route.StringMatch;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

@DisplayName("External authorization")
class ExternalAuthorizationTest extends Conformance {

  private static final String POLICY = "AuthorizationPolicy/shop/ask";
  private static final String ORDERS = "spiffe://td/ns/shop/sa/orders";
  private static final GlobalPolicy.Server OPA =
      new GlobalPolicy.Server("outbound|9191||opa.infra", "opa.infra:9191");
  private static final Condition API = new Condition.Path(new PathMatch.Prefix("/api"));

  /** A provider that answers what it is told to, and remembers what it was asked. */
  private static final class Server implements CheckServer {
    final List<Question> questions = new ArrayList<>();
    @Nullable Verdict answer = Allowed.PLAINLY;

    @Override
    public @Nullable Verdict check(Question question, long timeoutNanos) {
      questions.add(question);
      return answer;
    }
  }

  private final Server server = new Server();

  @BeforeEach
  void ask() {
    ask(provider(false, null), Authorization.ALLOW_ALL);
  }

  private static Provider provider(boolean failOpen, @Nullable List<StringMatch> headers) {
    return new Provider(
        "ExtAuthzProvider/endomesh-system/opa", OPA, 200_000_000, failOpen, 403, headers);
  }

  private void ask(Provider provider, Authorization authorization) {
    Policy policy = new Policy(POLICY, List.of(new Policy.Rule(Condition.ANY, API)));
    publish(
        new Port(TlsMode.PERMISSIVE, authorization)
            .asking(
                new ExternalAuthorization(
                    List.of(
                        new ExternalAuthorization.Asked(
                            new CustomPolicies(provider, List.of(policy)), server)))));
  }

  private void publish(Port port) {
    mesh.publish(new Snapshot(1, Map.of(), new Inbound(Map.of(), port), null));
  }

  private InboundCall serve(TestRequest request) {
    InboundCall call = mesh.serve(request);
    call.ended(call.refusal() == null ? 200 : 0, Outcome.NOT_GRPC, null);
    return call;
  }

  @Test
  @DisplayName(
      "a request that a CUSTOM policy matches is asked about and runs as it is answered; others are"
          + " not asked about (Istio action CUSTOM)")
  void asked_byRules() {
    assertThat(serve(TestRequest.get("web", "/other")).refusal()).isNull();
    assertThat(server.questions).isEmpty();
    assertThat(serve(TestRequest.get("web", "/api")).refusal()).isNull();
    server.answer = new Denied(403, List.of(), "");
    assertThat(serve(TestRequest.get("web", "/api")).refusal()).isNotNull();
    assertThat(server.questions).hasSize(2);
  }

  @Test
  @DisplayName(
      "the provider is told who calls what, with all values of each header, none of which can hide"
          + " another (Envoy AttributeContext, CVE-2021-32777)")
  void question() {
    serve(
        TestRequest.post("web:8080", "/api/a?x=1&y")
            .from(ORDERS)
            .header("x-role", "user", "admin")
            .header("cookie", "a=1", "b=2")
            .header("x-request-id", "7"));
    assertThat(server.questions)
        .singleElement()
        .satisfies(
            question -> {
              assertThat(question.caller()).isEqualTo(ORDERS);
              assertThat(question.sourceAddress()).isEqualTo("127.0.0.1");
              assertThat(question.localPort()).isEqualTo(8080);
              assertThat(question.epochMillis()).isEqualTo(mesh.clock().millis());
              assertThat(question.id()).isEqualTo("7");
              assertThat(question.method()).isEqualTo("POST");
              assertThat(question.path()).isEqualTo("/api/a?x=1&y");
              assertThat(question.host()).isEqualTo("web:8080");
              assertThat(question.headers())
                  .containsExactlyInAnyOrderEntriesOf(
                      Map.of(
                          ":authority",
                          "web:8080",
                          ":method",
                          "POST",
                          ":path",
                          "/api/a?x=1&y",
                          ":scheme",
                          "http",
                          "x-role",
                          "user,admin",
                          "cookie",
                          "a=1; b=2",
                          "x-request-id",
                          "7"));
            });
  }

  @Test
  @DisplayName(
      "the path is the one that the server routes by, and cannot be taken for one with a query or"
          + " for another spelling of itself")
  void question_path() {
    serve(TestRequest.get("web", "/api?q=1").routed(() -> "/api/a?b%2f #é"));
    assertThat(server.questions.get(0).path()).isEqualTo("/api/a%3Fb%252f%20%23%C3%A9?q=1");
  }

  @Test
  @DisplayName("only the headers that the provider is to see are sent (Envoy allowed_headers)")
  void question_allowedHeaders() {
    ask(
        provider(false, List.of(new StringMatch.Exact("x-a"), new StringMatch.Prefix("x-b-"))),
        Authorization.ALLOW_ALL);
    serve(
        TestRequest.get("web", "/api")
            .header("x-a", "1")
            .header("x-b-c", "2")
            .header("authorization", "Bearer secret"));
    assertThat(server.questions.get(0).headers()).isEqualTo(Map.of("x-a", "1", "x-b-c", "2"));
  }

  @Test
  @DisplayName(
      "a denial has the status, the headers and the body that the provider says; the policy and the"
          + " caller are told to the operator only (Envoy DeniedHttpResponse)")
  void denied() {
    server.answer =
        new Denied(
            401,
            List.of(
                new Reply.Header("www-authenticate", "Basic"),
                new Reply.Header("content-type", "application/json")),
            "{\"why\":1}");
    InboundCall call = serve(TestRequest.get("web", "/api").from(ORDERS));
    Reply told = call.refusal();
    assertThat(told.status()).isEqualTo(401);
    assertThat(told.message()).isEqualTo("{\"why\":1}");
    assertThat(told.contentType()).isEqualTo("application/json");
    assertThat(told.headers()).contains(new Reply.Header("www-authenticate", "Basic"));
    assertThat(told.decidedBy()).isEqualTo("authorization");
    assertThat(call.decided().decidedBy()).isEqualTo(POLICY);
    assertThat(call.decided().message())
        .isEqualTo(ORDERS + " is denied by " + POLICY + ", as opa.infra:9191 says: GET /api");
  }

  @Test
  @DisplayName("a redirect to a login, which is a denial too, has no body of ours")
  void denied_redirect() {
    server.answer = new Denied(302, List.of(new Reply.Header("location", "https://login/")), "");
    Reply told = serve(TestRequest.get("web", "/api")).refusal();
    assertThat(told.status()).isEqualTo(302);
    assertThat(told.line()).isEmpty();
    assertThat(told.headers()).contains(new Reply.Header("location", "https://login/"));
  }

  @Test
  @DisplayName(
      "a gRPC call that is denied ends with PERMISSION_DENIED, or the status that is HTTP's own"
          + " mapped (gRPC http-grpc-status-mapping)")
  void denied_grpc() {
    server.answer =
        new Denied(403, List.of(new Reply.Header("content-type", "text/html")), "closed");
    Reply told = serve(TestRequest.grpc("web", "/api.Web/Get")).refusal();
    assertThat(told.grpcStatus()).isEqualTo(Reply.GRPC_PERMISSION_DENIED);
    assertThat(told.message()).isEqualTo("closed");
    assertThat(told.headers()).isEmpty();
    server.answer = new Denied(401, List.of(), "");
    assertThat(serve(TestRequest.grpc("web", "/api.Web/Get")).refusal().grpcStatus())
        .isEqualTo(Reply.GRPC_UNAUTHENTICATED);
    server.answer = new Denied(302, List.of(), "");
    assertThat(serve(TestRequest.grpc("web", "/api.Web/Get")).refusal().grpcStatus())
        .isEqualTo(Reply.GRPC_PERMISSION_DENIED);
    assertThat(server.questions.get(0).protocol()).isEqualTo("HTTP/2");
  }

  @Test
  @DisplayName(
      "the application sees the request as the provider wants it: removed, set, appended headers"
          + " (Envoy OkHttpResponse), and the caller what it adds to the answer")
  void allowed_changes() {
    server.answer =
        new Allowed(
            List.of("x-gone", "x-absent"),
            List.of(
                new Change(How.SET, "x-user", "ann"),
                new Change(How.APPEND, "x-role", "reader"),
                new Change(How.APPEND, "x-new", "1"),
                new Change(How.ADD_IF_ABSENT, "x-kept", "2"),
                new Change(How.SET_IF_THERE, "x-none", "3")),
            List.of(new Reply.Header("x-told", "yes")));
    TestRequest request =
        TestRequest.get("web", "/api")
            .header("x-gone", "1")
            .header("x-user", "root", "admin")
            .header("x-role", "writer")
            .header("x-kept", "0");
    InboundCall call = mesh.serve(request);
    assertThat(call.refusal()).isNull();
    assertThat(request.sent("x-gone")).isEmpty();
    assertThat(request.sent("x-user")).containsExactly("ann");
    assertThat(request.sent("x-role")).containsExactly("writer,reader");
    assertThat(request.sent("x-new")).containsExactly("1");
    assertThat(request.sent("x-kept")).containsExactly("0");
    assertThat(request.sent("x-none")).isEmpty();
    TestRequest answer = TestRequest.get("web", "/");
    call.changeResponse(200, answer);
    assertThat(answer.sent("x-told")).containsExactly("yes");
    call.ended(200, Outcome.NOT_GRPC, null);
  }

  @Test
  @DisplayName(
      "CUSTOM comes before DENY, and DENY before ALLOW: what the provider lets through the policies"
          + " still decide (Istio)")
  void order() {
    Condition admin =
        new Condition.Header("x-role", new StringMatch.Exact("admin"), /* each= */ false);
    Policy deny = new Policy("deny", List.of(new Policy.Rule(Condition.ANY, admin)));
    Policy allow =
        new Policy(
            "allow",
            List.of(
                new Policy.Rule(
                    Condition.ANY,
                    new Condition.Header("x-user", new StringMatch.Exact("ann"), false))));
    ask(provider(false, null), new Authorization(List.of(deny), List.of(allow)));
    server.answer = new Denied(403, List.of(), "");
    TestRequest request = TestRequest.get("web", "/api").header("x-role", "admin");
    assertThat(serve(request).decided().decidedBy()).isEqualTo(POLICY);
    server.answer = Allowed.PLAINLY;
    assertThat(serve(request).decided().decidedBy()).isEqualTo("deny");
    assertThat(serve(TestRequest.get("web", "/api")).decided().decidedBy()).isEqualTo("allow");
    server.answer =
        new Allowed(List.of(), List.of(new Change(How.SET, "x-user", "ann")), List.of());
    assertThat(serve(TestRequest.get("web", "/api")).refusal()).isNull();
  }

  @Test
  @DisplayName(
      "without an answer in time a request is refused with the provider's status, 403 unless it"
          + " says another (Envoy failure_mode_allow false, status_on_error)")
  void unanswered_failsClosed() {
    server.answer = null;
    InboundCall call = serve(TestRequest.get("web", "/api"));
    assertThat(call.refusal().status()).isEqualTo(403);
    assertThat(call.refusal().message()).doesNotContain("opa").doesNotContain("shop");
    assertThat(call.decided().decidedBy()).isEqualTo(POLICY);
    assertThat(call.decided().message())
        .isEqualTo(
            "refused by "
                + POLICY
                + ", because opa.infra:9191 of ExtAuthzProvider/endomesh-system/opa gave no answer"
                + " in 200 ms: GET /api");
    assertThat(serve(TestRequest.grpc("web", "/api.Web/Get")).refusal().grpcStatus())
        .isEqualTo(Reply.GRPC_PERMISSION_DENIED);
    server.answer = Allowed.PLAINLY;
    assertThat(serve(TestRequest.get("web", "/api")).refusal()).isNull();
  }

  @Test
  @DisplayName("if the provider fails open it runs, and the operator is told by which policy")
  void unanswered_failsOpen() {
    ask(provider(true, null), Authorization.ALLOW_ALL);
    server.answer = null;
    InboundCall call = serve(TestRequest.get("web", "/api"));
    assertThat(call.refusal()).isNull();
    assertThat(call.observation()).isEqualTo(new Observation(null, null, POLICY));
    assertThat(serve(TestRequest.get("web", "/")).observation()).isNull();
  }

  @Test
  @DisplayName("an answer that cannot be carried out whole refuses, whatever the provider says")
  void unusable() {
    ask(provider(true, null), Authorization.ALLOW_ALL);
    server.answer = new Unusable("x-user: a line end");
    InboundCall call = serve(TestRequest.get("web", "/api"));
    assertThat(call.refusal().status()).isEqualTo(403);
    assertThat(call.decided().message()).contains("an answer of no use: x-user: a line end");
  }

  @Test
  @DisplayName("a fault while asking is no answer")
  void unanswered_fault() {
    Policy policy = new Policy(POLICY, List.of(new Policy.Rule(Condition.ANY, API)));
    for (boolean failOpen : List.of(true, false)) {
      CheckServer faulty =
          (question, timeout) -> {
            throw new IllegalStateException("a fault");
          };
      publish(
          new Port(TlsMode.PERMISSIVE, Authorization.ALLOW_ALL)
              .asking(
                  new ExternalAuthorization(
                      List.of(
                          new ExternalAuthorization.Asked(
                              new CustomPolicies(provider(failOpen, null), List.of(policy)),
                              faulty)))));
      assertThat(serve(TestRequest.get("web", "/api")).refusal() == null).isEqualTo(failOpen);
    }
  }

  @Test
  @DisplayName("a header twice is no way around a policy that asks about one value (beyond Envoy)")
  void asked_headerTwice() {
    Condition header = new Condition.Header("x-plan", new StringMatch.Exact("free"));
    CustomPolicies policies =
        new CustomPolicies(
            provider(false, null),
            List.of(new Policy(POLICY, List.of(new Policy.Rule(Condition.ANY, header)))));
    assertThat(
            policies.first(
                TestRequest.get("web", "/").header("x-plan", "other", "free"), null, null))
        .isEqualTo(POLICY);
  }

  @Test
  @DisplayName("a path that the server finds by a rewrite of its own is asked about as well")
  void rerouted() {
    AtomicReference<String> path = new AtomicReference<>("/free");
    server.answer = new Denied(403, List.of(), "");
    InboundCall call = mesh.serve(TestRequest.get("web", "/free").routed(path::get));
    assertThat(call.refusal()).isNull();
    path.set("/api/secret");
    assertThat(call.rerouted()).isNotNull();
    assertThat(server.questions).hasSize(1);
    call.ended(403, Outcome.NOT_GRPC, null);
  }

  @Test
  @DisplayName(
      "a stream is asked about once, at its begin; another provider is asked about the next"
          + " request")
  void lasting() {
    List<Reply> ended = new ArrayList<>();
    InboundCall call = mesh.serve(TestRequest.grpc("web", "/api.Web/Watch"));
    call.lasts(ended::add);
    server.answer = new Denied(403, List.of(), "");
    ask();
    assertThat(ended).isEmpty();
    assertThat(server.questions).hasSize(1);
    call.ended(200, 0, null);
    assertThat(serve(TestRequest.grpc("web", "/api.Web/Watch")).refusal()).isNotNull();
  }
}
