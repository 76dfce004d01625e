package io.endomesh.testkit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.endomesh.dataplane.CallContext;
import io.endomesh.dataplane.CallObserver;
import io.endomesh.dataplane.Inbound;
import io.endomesh.dataplane.InboundCall;
import io.endomesh.dataplane.Mesh;
import io.endomesh.dataplane.Protocol;
import io.endomesh.dataplane.TestRequest;
import io.endomesh.dataplane.authorize.Authorization;
import io.endomesh.dataplane.authorize.Condition;
import io.endomesh.dataplane.authorize.Policy;
import io.endomesh.dataplane.cluster.Balancing;
import io.endomesh.dataplane.cluster.ClusterPolicy;
import io.endomesh.dataplane.cluster.Endpoint;
import io.endomesh.dataplane.cluster.Limits;
import io.endomesh.dataplane.cluster.OutlierDetection;
import io.endomesh.dataplane.limit.Overload;
import io.endomesh.dataplane.route.Fault;
import io.endomesh.dataplane.route.HeaderChanges;
import io.endomesh.dataplane.route.Mirror;
import io.endomesh.dataplane.route.PathMatch;
import io.endomesh.dataplane.route.PathRewrite;
import io.endomesh.dataplane.route.RetryPolicy;
import io.endomesh.dataplane.route.RouteAction;
import io.endomesh.dataplane.route.RoutePolicy;
import io.endomesh.dataplane.route.Share;
import io.endomesh.dataplane.route.StringMatch;
import io.endomesh.dataplane.route.UrlRewrite;
import io.endomesh.dataplane.route.WeightedClusters;
import io.endomesh.testkit.GrpcUnderTest.Answer;
import io.endomesh.testkit.GrpcUnderTest.Client;
import io.endomesh.testkit.GrpcUnderTest.Running;
import io.endomesh.testkit.GrpcUnderTest.Server;
import io.endomesh.testkit.TestRoutes.Rules;
import io.endomesh.weaving.Weaving;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What a user of gRPC gets from the mesh, whatever version and transport; each test a promise. */
@Contract("gRPC")
public abstract class GrpcContract {

  private static final int OK = 0;
  private static final int CANCELLED = 1;
  private static final int UNKNOWN = 2;
  private static final int DEADLINE_EXCEEDED = 4;
  private static final int NOT_FOUND = 5;
  private static final int PERMISSION_DENIED = 7;
  private static final int RESOURCE_EXHAUSTED = 8;
  private static final int UNAVAILABLE = 14;
  private static final String TARGET = "inventory:9090";
  private static final String ROUTE = "HTTPRoute/default/inventory:9090 rule 0";
  private static final Rules RETRYING =
      new Rules(0, 0, new RetryPolicy(4, Set.of(), Set.of(UNAVAILABLE), false, 1, 1));

  private final TestRoutes routes = new TestRoutes();
  private final Map<Integer, Protocol> bound = new ConcurrentHashMap<>();

  @SuppressWarnings("NullAway.Init")
  private Server one;

  @SuppressWarnings("NullAway.Init")
  private Server two;

  @SuppressWarnings("NullAway.Init")
  private Client client;

  /** The library in the version under test. */
  protected abstract GrpcUnderTest grpc();

  @BeforeEach
  void start() throws Exception {
    Weaving.mesh()
        .listeners(
            new Mesh.Listeners() {
              @Override
              public void bound(int port, Protocol protocol) {
                bound.put(port, protocol);
              }

              @Override
              public void closed(int port) {
                bound.remove(port);
              }
            });
    Weaving.mesh()
        .observer(
            new CallObserver() {
              @Override
              public CallContext served(InboundCall call) {
                return new CallContext(null, CallContext.NO_DEADLINE, call.caller());
              }
            });
    one = grpc().serve("one");
    two = grpc().serve("two");
    client = grpc().connect(TARGET);
  }

  @AfterEach
  void stop() {
    client.close();
    one.close();
    two.close();
  }

  @Test
  void call_hostOfTheMesh_reachesItWithoutDnsAndKeepsTheAuthority() {
    routes.host(TARGET, plaintext(one));
    assertThat(client.unary("hello").text()).isEqualTo("one|null|inventory:9090|app");
  }

  @Test
  void call_hostUnknownToTheMesh_goesWhereItWent() {
    try (Client direct = grpc().connect("127.0.0.1:" + one.port())) {
      assertThat(direct.unary("hello").status()).isEqualTo(OK);
    }
    assertThat(client.unary("hello").status()).isEqualTo(UNAVAILABLE);
  }

  @Test
  void call_hostThatJoinsLater_reachesItOnTheSameChannel() {
    assertThat(client.unary("hello").status()).isEqualTo(UNAVAILABLE);
    routes.host(TARGET, plaintext(one));
    Await.until("the channel followed", () -> client.unary("hello").status() == OK);
  }

  @Test
  void call_weightedSplit_isDividedByWeight() {
    routes.split(
        TARGET,
        Rules.DEFAULT,
        List.of(TestRoutes.cluster("v1", plaintext(one)), TestRoutes.cluster("v2", plaintext(two))),
        List.of(90, 10));
    int toTwo = 0;
    for (int i = 0; i < 1_000; i++) {
      toTwo += client.unary("hello").text().startsWith("two") ? 1 : 0;
    }
    // Four standard deviations of a binomial with n = 1000 and p = 0.1.
    assertThat(toTwo).isCloseTo(100, within(38));
  }

  @Test
  void call_endpointAnswersUnavailable_isRetriedOnAnotherByPolicy() {
    routes.host(TARGET, RETRYING, plaintext(one), plaintext(two));
    one.answering(UNAVAILABLE);
    for (int i = 0; i < 50; i++) {
      assertThat(client.unary("hello").text()).startsWith("two");
      assertThat(client.serverStreaming("hello").text()).startsWith("two");
    }
  }

  @Test
  void call_endpointAnswersUnavailableWithoutPolicy_isNotRepeated() {
    routes.host(TARGET, plaintext(one));
    one.answering(UNAVAILABLE);
    Answer answer = client.unary("hello");
    assertThat(answer.status()).isEqualTo(UNAVAILABLE);
    assertThat(answer.text()).isEqualTo("as the test asked");
  }

  @Test
  void call_endpointThatRefusesConnections_goesToAnotherForEveryKind() throws IOException {
    routes.host(TARGET, dead(), plaintext(two));
    for (int i = 0; i < 20; i++) {
      assertThat(client.unary("hello").text()).startsWith("two");
      assertThat(client.clientStreaming(List.of("a", "b")).text()).startsWith("two");
      assertThat(client.bidirectional(List.of("a")).text()).startsWith("two");
    }
  }

  @Test
  void call_onlyEndpointRefuses_failsUnavailable() throws IOException {
    routes.host(TARGET, dead());
    assertThat(client.unary("hello").status()).isEqualTo(UNAVAILABLE);
  }

  @Test
  void call_waitsForReady_goesOnWhenAnEndpointCame() throws Exception {
    routes.host(TARGET, dead());
    Thread joins = new Thread(() -> routes.host(TARGET, plaintext(one)), "joins");
    joins.setDaemon(true);
    joins.start();
    Answer answer = client.unary("hello", Duration.ofSeconds(10), true);
    joins.join();
    assertThat(answer.status()).isEqualTo(OK);
  }

  @Test
  void call_timeoutOfTheRoute_endsItAndNamesTheRoute() {
    routes.host(TARGET, Rules.attemptTimeoutMillis(100), plaintext(one));
    Answer answer = client.unary("hold");
    assertThat(answer.status()).isEqualTo(DEADLINE_EXCEEDED);
    assertThat(answer.decidedBy()).isEqualTo("HTTPRoute/default/inventory:9090 rule 0");
  }

  @Test
  void call_deadlineOfTheApplication_isKept() {
    routes.host(TARGET, plaintext(one));
    Answer answer = client.unary("hold", Duration.ofMillis(100), false);
    assertThat(answer.status()).isEqualTo(DEADLINE_EXCEEDED);
    assertThat(answer.decidedBy()).isNull();
  }

  @Test
  void headers_changedByPolicy_bothWays() {
    HeaderChanges request =
        new HeaderChanges(
            List.of(new HeaderChanges.Header("x-test", "mesh")),
            List.of(new HeaderChanges.Header("x-added", "mesh")),
            List.of());
    HeaderChanges response =
        new HeaderChanges(
            List.of(new HeaderChanges.Header("x-set", "mesh")), List.of(), List.of("x-gone"));
    routes.route(TARGET, toOne(), RoutePolicy.DEFAULT.withHeaders(request, response));

    Answer answer = client.unary("hello");
    assertThat(answer.text()).isEqualTo("one|null|inventory:9090|mesh");
    assertThat(answer.headers()).containsEntry("x-set", "mesh");
    assertThat(one.calls().get(0).headers()).containsEntry("x-added", "mesh");

    one.answering(UNAVAILABLE);
    one.returning("x-gone", "yes");
    Answer withoutMessage = client.unary("hello");
    assertThat(withoutMessage.status()).isEqualTo(UNAVAILABLE);
    assertThat(withoutMessage.headers()).containsEntry("x-set", "mesh");
    assertThat(withoutMessage.headers()).doesNotContainKey("x-gone");
  }

  @Test
  void methodAndAuthority_rewrittenByPolicy_goOnTheWire() {
    inbound(Inbound.TlsMode.PERMISSIVE, Authorization.ALLOW_ALL);
    UrlRewrite rewrite = new UrlRewrite("stock:9", new PathRewrite.Full("/test.Echo/Renamed"));
    for (Endpoint endpoint : List.of(plaintext(one), mutualTls(one))) {
      WeightedClusters to = WeightedClusters.of(TestRoutes.cluster(TARGET, endpoint));
      routes.route(TARGET, new RouteAction.Forward(to, rewrite, List.of()), RoutePolicy.DEFAULT);

      Answer answer = client.unary("hello");

      assertThat(answer.status()).isEqualTo(OK);
      assertThat(answer.text()).endsWith("|stock:9|app");
    }
    assertThat(one.calls()).hasSize(2);
    assertThat(one.calls()).allMatch(call -> call.method().equals("test.Echo/Renamed"));
  }

  @Test
  void responseOfPolicy_isAStatusThatNamesTheRoute() {
    routes.route(TARGET, new RouteAction.Respond(403, "not today"), RoutePolicy.DEFAULT);
    Answer answer = client.unary("hello");
    assertThat(answer.status()).isEqualTo(PERMISSION_DENIED);
    assertThat(answer.text()).isEqualTo("not today");
    assertThat(answer.decidedBy()).isEqualTo(ROUTE);
  }

  @Test
  void redirectOfPolicy_isNothingGrpcFollows() {
    routes.route(
        TARGET, new RouteAction.Redirect(302, null, "stock", 9, null), RoutePolicy.DEFAULT);
    Answer answer = client.unary("hello");
    assertThat(answer.status()).isEqualTo(UNKNOWN);
    assertThat(answer.headers()).containsEntry("location", "http://stock:9/test.Echo/Unary");
  }

  @Test
  void fault_delay_isWaitedForBeforeTheCall() {
    long delayNanos = TimeUnit.MILLISECONDS.toNanos(100);
    faulty(new Fault(new Fault.Delay(Share.ALL, delayNanos), null));
    long start = System.nanoTime();
    assertThat(client.unary("hello").text()).startsWith("one");
    assertThat(System.nanoTime() - start).isGreaterThanOrEqualTo(delayNanos);
  }

  @Test
  void fault_delay_endsWhenTheApplicationGivesUp_orItsDeadlinePasses() {
    faulty(new Fault(new Fault.Delay(Share.ALL, TimeUnit.HOURS.toNanos(1)), null));
    Running running = client.start("hello");
    running.cancel();
    assertThat(running.answer().status()).isEqualTo(CANCELLED);
    Answer late = client.unary("hello", Duration.ofMillis(100), false);
    assertThat(late.status()).isEqualTo(DEADLINE_EXCEEDED);
    assertThat(late.decidedBy()).isNull();
    assertThat(one.calls()).isEmpty();
  }

  @Test
  void fault_abort_isAnsweredInPlaceOfTheService_alsoIfTheCallWaitsForReady() {
    faulty(new Fault(null, new Fault.Abort(Share.ALL, 503, -1)));
    Answer answer = client.unary("hello", Duration.ofSeconds(10), true);
    assertThat(answer.status()).isEqualTo(UNAVAILABLE);
    assertThat(answer.decidedBy()).isEqualTo(ROUTE);
    faulty(new Fault(null, new Fault.Abort(Share.ALL, 200, NOT_FOUND)));
    assertThat(client.unary("hello").status()).isEqualTo(NOT_FOUND);
    assertThat(one.calls()).isEmpty();
  }

  private void faulty(Fault fault) {
    routes.route(TARGET, toOne(), RoutePolicy.DEFAULT.withFault(fault));
  }

  private RouteAction.Forward toOne() {
    return TestRoutes.to(TestRoutes.cluster(TARGET, plaintext(one)));
  }

  @Test
  void mirror_getsACopyOfCallsWithOneMessage() {
    inbound(Inbound.TlsMode.PERMISSIVE, Authorization.ALLOW_ALL);
    mirrored(mutualTls(two));
    assertThat(client.unary("hello").text()).startsWith("one");
    Await.until("the copy at the mirror", () -> two.messages().equals(List.of("hello")));
    assertThat(two.calls().get(0).method()).isEqualTo("test.Echo/Unary");
    assertThat(two.calls().get(0).authority()).isEqualTo(TARGET);
    assertThat(two.calls().get(0).headers()).containsEntry("x-test", "app");

    assertThat(client.serverStreaming("all").text().split(",")).hasSize(3);
    Await.until("the copy at the mirror", () -> two.messages().equals(List.of("hello", "all")));
    client.clientStreaming(List.of("a", "b"));
    client.bidirectional(List.of("a"));
    assertThat(two.calls()).hasSize(2);
    assertThat(one.calls()).hasSize(4);
  }

  @Test
  void mirror_thatNeverAnswers_doesNotSlowTheCall() {
    two.holding();
    Endpoint mirror = plaintext(two);
    mirrored(mirror);
    for (int i = 0; i < 10; i++) {
      assertThat(client.unary("hello").text()).startsWith("one");
    }
    Await.until("all copies at the mirror", () -> two.messages().size() == 10);
    assertThat(mirror.load().inFlight()).isEqualTo(10);
  }

  @Test
  void mirror_thatFails_isNothingToTheApplication() throws IOException {
    two.answering(UNAVAILABLE);
    for (Endpoint mirror : List.of(plaintext(two), dead())) {
      mirrored(mirror);
      assertThat(client.unary("hello").text()).startsWith("one");
      Await.until("end of the copy", () -> mirror.load().inFlight() == 0);
    }
    assertThat(two.messages()).containsExactly("hello");
  }

  private void mirrored(Endpoint mirror) {
    Mirror copies = new Mirror(TestRoutes.cluster("shadow", mirror), Share.ALL);
    WeightedClusters to = WeightedClusters.of(TestRoutes.cluster(TARGET, plaintext(one)));
    routes.route(TARGET, new RouteAction.Forward(to, null, List.of(copies)), RoutePolicy.DEFAULT);
  }

  @Test
  void pushback_ofTheServer_rulesTheRetry() {
    routes.host(TARGET, RETRYING, plaintext(one), plaintext(two));
    one.answering(UNAVAILABLE);
    two.answering(UNAVAILABLE);
    for (String never : List.of("-1", "soon")) {
      one.returning("grpc-retry-pushback-ms", never);
      two.returning("grpc-retry-pushback-ms", never);
      int before = one.calls().size() + two.calls().size();
      assertThat(client.unary("hello").status()).isEqualTo(UNAVAILABLE);
      assertThat(one.calls().size() + two.calls().size()).isEqualTo(before + 1);
    }
    one.returning("grpc-retry-pushback-ms", "20");
    two.returning("grpc-retry-pushback-ms", "20");
    long start = System.nanoTime();
    assertThat(client.unary("hello").status()).isEqualTo(UNAVAILABLE);
    // Four retries.
    assertThat(System.nanoTime() - start).isGreaterThanOrEqualTo(TimeUnit.MILLISECONDS.toNanos(80));

    one.returning("grpc-retry-pushback-ms", "60000");
    two.returning("grpc-retry-pushback-ms", "60000");
    Answer impatient = client.unary("hello", Duration.ofSeconds(30), false);
    assertThat(impatient.status()).as("the answer, not the deadline").isEqualTo(UNAVAILABLE);
  }

  @Test
  void call_brokenOffByTheServer_isRepeatedIfThePolicySaysSo() {
    RetryPolicy onReset = new RetryPolicy(4, Set.of(), Set.of(), true, 1, 1);
    routes.host(TARGET, new Rules(0, 0, onReset), plaintext(one), plaintext(two));
    one.holding();
    Running running;
    do {
      Running begun = client.start("hello");
      Await.until("one of the two", () -> begun.ended() || !one.messages().isEmpty());
      running = begun;
    } while (one.messages().isEmpty());
    one.close();
    assertThat(running.answer().text()).startsWith("two");
  }

  @Test
  void callsInFlight_atTheLimit_areRefusedNamingThePolicy() {
    ClusterPolicy policy =
        new ClusterPolicy(
            "DestinationRule/default/inventory",
            Balancing.DEFAULT,
            new Limits(1, 0, Limits.DEFAULT_BUDGET_PERCENT, Limits.DEFAULT_MIN_RETRIES),
            null,
            ClusterPolicy.DEFAULT_PANIC_PERCENT);
    routes.route(
        TARGET,
        TestRoutes.to(TestRoutes.cluster(TARGET, policy, plaintext(one))),
        RoutePolicy.DEFAULT);
    Running running = client.start("hold");
    Await.until("the call at the server", () -> !one.messages().isEmpty());

    Answer answer = client.unary("hello");

    assertThat(answer.status()).isEqualTo(UNAVAILABLE);
    assertThat(answer.decidedBy()).isEqualTo("DestinationRule/default/inventory");
    assertThat(one.messages()).containsExactly("hold");
    running.cancel();
  }

  @Test
  void endpoint_errorsInARow_isEjected() {
    ClusterPolicy policy =
        new ClusterPolicy(
            "DestinationRule/default/inventory",
            new Balancing.RoundRobin(null),
            Limits.DEFAULT,
            new OutlierDetection(
                3,
                0,
                0,
                OutlierDetection.DEFAULT_INTERVAL_NANOS,
                OutlierDetection.DEFAULT_BASE_EJECTION_NANOS,
                OutlierDetection.DEFAULT_MAX_EJECTION_NANOS,
                100,
                null,
                null),
            0);
    routes.route(
        TARGET,
        TestRoutes.to(TestRoutes.cluster(TARGET, policy, plaintext(one), plaintext(two))),
        RoutePolicy.DEFAULT);
    one.answering(UNAVAILABLE);
    for (int i = 0; i < 20; i++) {
      client.unary("hello");
    }
    assertThat(one.calls()).hasSize(3);
    assertThat(two.calls()).hasSize(17);
  }

  @Test
  void deadlineOfTheServedCall_boundsTheCallsMadeForIt() {
    routes.host(TARGET, plaintext(one));
    long deadline = System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(200);
    CallContext before = new CallContext(null, deadline, null).attach();
    try {
      assertThat(client.unary("hold").status()).isEqualTo(DEADLINE_EXCEEDED);
    } finally {
      CallContext.restore(before);
    }
  }

  @Test
  void call_streams_carryAllMessages() {
    routes.host(TARGET, plaintext(one));
    assertThat(client.serverStreaming("hello").text().split(",")).hasSize(3);
    assertThat(client.clientStreaming(List.of("a", "b", "c")).text()).endsWith("|a+b+c");
    assertThat(client.bidirectional(List.of("a", "b", "c")).text().split(",")).hasSize(3);
  }

  @Test
  void call_endpointWithIdentity_isMutualTlsAndTellsTheCaller() {
    inbound(Inbound.TlsMode.PERMISSIVE, Authorization.ALLOW_ALL);
    routes.host(TARGET, mutualTls(one));
    assertThat(client.unary("hello").text()).startsWith("one|" + TestRoutes.US + "|inventory");
  }

  @Test
  void call_endpointProvesAnotherIdentity_isRefused() {
    inbound(Inbound.TlsMode.PERMISSIVE, Authorization.ALLOW_ALL);
    String other = TestRoutes.spiffeId("payments");
    routes.host(TARGET, TestRoutes.endpoint(one.port(), other));
    assertThat(client.unary("hello").status()).isEqualTo(UNAVAILABLE);
  }

  @Test
  void hostOutsideTheMesh_originatedTls_isCalledByTlsIfItProvesItsName() {
    try (TlsFront front = new TlsFront("api.partner.example", one.port(), "h2")) {
      routes.host(TARGET, front.endpoint("api.partner.example"));
      assertThat(client.unary("hello").text()).startsWith("one|null|inventory:9090");
      assertThat(front.askedFor()).containsExactly("api.partner.example");

      routes.host(TARGET, front.endpoint("other.partner.example"));
      assertThat(client.unary("hello").status()).isEqualTo(UNAVAILABLE);
    }
  }

  @Test
  void server_strict_refusesPlaintextAndServesMutualTlsOnTheSamePort() {
    inbound(Inbound.TlsMode.STRICT, Authorization.ALLOW_ALL);
    routes.host(TARGET, plaintext(one));
    assertThat(client.unary("hello").status()).isEqualTo(UNAVAILABLE);
    routes.host(TARGET, mutualTls(one));
    assertThat(client.unary("hello").status()).isEqualTo(OK);
  }

  @Test
  void server_permissive_servesPlaintextWithoutACaller() {
    inbound(Inbound.TlsMode.PERMISSIVE, Authorization.ALLOW_ALL);
    routes.host(TARGET, plaintext(one));
    assertThat(client.unary("hello").text()).startsWith("one|null|");
  }

  @Test
  void server_policyDenies_answersPermissionDeniedNamingThePolicy() {
    Policy.Rule all =
        new Policy.Rule(Condition.ANY, new Condition.Path(new PathMatch.Prefix("/test.Echo/")));
    Policy policy = new Policy("AuthorizationPolicy/default/closed", List.of(all));
    inbound(Inbound.TlsMode.DISABLE, new Authorization(List.of(policy), List.of()));
    routes.host(TARGET, plaintext(one));
    Answer answer = client.unary("hello");
    assertThat(answer.status()).isEqualTo(PERMISSION_DENIED);
    assertThat(answer.text()).contains("AuthorizationPolicy/default/closed");
    assertThat(answer.decidedBy()).isEqualTo("AuthorizationPolicy/default/closed");
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
    guard.end(Weaving.mesh().nanoTime(), Weaving.mesh().nanoTime());

    assertThat(answer.status()).isEqualTo(UNAVAILABLE);
    assertThat(answer.decidedBy()).isEqualTo(guard.policy());
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

  private Answer withRoles(String... roles) {
    List<HeaderChanges.Header> added =
        Stream.of(roles).map(role -> new HeaderChanges.Header("x-role", role)).toList();
    HeaderChanges request = new HeaderChanges(List.of(), added, List.of());
    routes.route(TARGET, toOne(), RoutePolicy.DEFAULT.withHeaders(request, HeaderChanges.NONE));
    return client.unary("hello");
  }

  @Test
  void endpoints_change_takesTrafficToTheNewAndFromTheOld() {
    routes.host(TARGET, plaintext(one));
    assertThat(client.unary("hello").text()).startsWith("one");
    routes.host(TARGET, plaintext(two));
    for (int i = 0; i < 20; i++) {
      assertThat(client.unary("hello").text()).startsWith("two");
    }
  }

  @Test
  void port_whileTheServerRuns_isOfferedToTheMesh() throws Exception {
    assertThat(bound).containsEntry(one.port(), Protocol.GRPC);
    int port = one.port();
    one.close();
    assertThat(bound).doesNotContainKey(port);
  }

  private void inbound(Inbound.TlsMode mode, Authorization authorization) {
    routes.inbound(new Inbound(Map.of(), new Inbound.Port(mode, authorization)));
  }

  private static Endpoint plaintext(Server server) {
    return TestRoutes.endpoint(server.port(), null);
  }

  private static Endpoint mutualTls(Server server) {
    return TestRoutes.endpoint(server.port(), TestRoutes.US);
  }

  private static Endpoint dead() throws IOException {
    try (ServerSocket closed = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      return TestRoutes.endpoint(closed.getLocalPort(), null);
    }
  }
}
