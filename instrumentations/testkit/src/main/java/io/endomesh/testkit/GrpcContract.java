package io.endomesh.testkit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.endomesh.dataplane.CallContext;
import io.endomesh.dataplane.CallObserver;
import io.endomesh.dataplane.Inbound;
import io.endomesh.dataplane.InboundCall;
import io.endomesh.dataplane.Mesh;
import io.endomesh.dataplane.Protocol;
import io.endomesh.dataplane.authorize.Authorization;
import io.endomesh.dataplane.authorize.Condition;
import io.endomesh.dataplane.authorize.Policy;
import io.endomesh.dataplane.cluster.Endpoint;
import io.endomesh.dataplane.route.PathMatch;
import io.endomesh.dataplane.route.RetryPolicy;
import io.endomesh.testkit.GrpcUnderTest.Answer;
import io.endomesh.testkit.GrpcUnderTest.Client;
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
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What a user of gRPC gets from the mesh, whatever version and transport; each test a promise. */
@Contract("gRPC")
public abstract class GrpcContract {

  private static final int OK = 0;
  private static final int DEADLINE_EXCEEDED = 4;
  private static final int PERMISSION_DENIED = 7;
  private static final int UNAVAILABLE = 14;
  private static final String TARGET = "inventory:9090";
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
