package io.endomesh.dataplane.conformance;

import static org.assertj.core.api.Assertions.assertThat;

import io.endomesh.dataplane.Attempt;
import io.endomesh.dataplane.Call;
import io.endomesh.dataplane.CallContext;
import io.endomesh.dataplane.Inbound;
import io.endomesh.dataplane.InboundCall;
import io.endomesh.dataplane.Outcome;
import io.endomesh.dataplane.Reply;
import io.endomesh.dataplane.Snapshot;
import io.endomesh.dataplane.TestMesh;
import io.endomesh.dataplane.TestRequest;
import io.endomesh.dataplane.authorize.Authorization;
import io.endomesh.dataplane.authorize.Condition;
import io.endomesh.dataplane.authorize.Policy;
import io.endomesh.dataplane.cluster.Cluster;
import io.endomesh.dataplane.cluster.Endpoint;
import io.endomesh.dataplane.identity.Identity;
import io.endomesh.dataplane.identity.TestAuthority;
import io.endomesh.dataplane.route.Mirror;
import io.endomesh.dataplane.route.RetryPolicy;
import io.endomesh.dataplane.route.Route;
import io.endomesh.dataplane.route.RouteAction;
import io.endomesh.dataplane.route.RouteMatch;
import io.endomesh.dataplane.route.RoutePolicy;
import io.endomesh.dataplane.route.Share;
import io.endomesh.dataplane.route.VirtualHost;
import io.endomesh.dataplane.route.WeightedClusters;
import io.endomesh.dataplane.trail.Trail;
import java.net.ConnectException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

@DisplayName("Trails of real calls")
class TrailTest extends Conformance {

  private static final TestAuthority AUTHORITY = new TestAuthority();
  private static final Identity WEB = AUTHORITY.identity("spiffe://td/ns/shop/sa/web");
  private static final String ORDERS = "spiffe://td/ns/shop/sa/orders";

  private final Endpoint proved = TestMesh.endpoint(3, ORDERS);
  private final String token = AUTHORITY.trailToken(clock.instant(), Duration.ofMinutes(10));

  @Test
  @DisplayName("a request that does not ask is told nothing, nor are those called on its behalf")
  void notAsked() {
    publish(WEB, TestMesh.cluster("orders", proved));
    InboundCall served = mesh.serve(TestRequest.get("web", "/"));
    TestRequest sent = TestRequest.get("orders", "/");
    attempt(called(served, sent)).responded(200, Outcome.NOT_GRPC);
    assertThat(sent.sent(Trail.HEADER)).isEmpty();
    assertThat(served.changesResponse()).isFalse();
  }

  @Test
  @DisplayName(
      "whoever shows a token that the mesh's certificate authority signed is told who answered, and"
          + " each attempt made on behalf of the call: rule, cluster, endpoint and outcome")
  void told() {
    publish(WEB, orders, TestMesh.retrying(2, 503));
    InboundCall served = mesh.serve(asking(token).from("spiffe://td/ns/shop/sa/edge"));
    Call call = called(served, TestRequest.get("orders", "/v1/orders"));
    Attempt first = attempt(call);
    clock.advance(Duration.ofMillis(2));
    respond(first, 503);
    Attempt second = attempt(call);
    second.failed(new ConnectException("10.0.0.1 refused"), /* sent= */ false);
    Attempt third = attempt(call);
    respond(third, 200);
    String route = ";route=\"HTTPRoute/shop/orders rule 0\";cluster=\"orders\";endpoint=\"";
    assertThat(answer(served, 201))
        .isEqualTo(
            "served;depth=0;by=\"shop/web-1\";from=\"spiffe://td/ns/shop/sa/edge\";status=201"
                + ", attempt;depth=0;by=\"shop/web-1\";to=\"orders\";number=1"
                + route
                + first.endpoint().hostAndPort()
                + "\";status=503;micros=2000;retried"
                + ", attempt;depth=0;by=\"shop/web-1\";to=\"orders\";number=2"
                + route
                + second.endpoint().hostAndPort()
                + "\";error=\"ConnectException\";micros=0;retried"
                + ", attempt;depth=0;by=\"shop/web-1\";to=\"orders\";number=3"
                + route
                + third.endpoint().hostAndPort()
                + "\";status=200;micros=0");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"", "x", "1.x", "99999999999.MEUCIQ", ".", "1764064800.", "é.é", ";depth=1"})
  @DisplayName("what is no token is told nothing")
  void madeUp(String asked) {
    publish(WEB, orders);
    assertThat(answer(mesh.serve(asking(asked)), 200)).isNull();
  }

  @Test
  @DisplayName("a token of another mesh, or one that was changed, is told nothing")
  void forged() {
    publish(WEB, orders);
    String others = new TestAuthority().trailToken(clock.instant(), Duration.ofMinutes(10));
    assertThat(answer(mesh.serve(asking(others)), 200)).isNull();
    long expires = Long.parseLong(token.substring(0, token.indexOf('.')));
    String longer = (expires + 1) + token.substring(token.indexOf('.'));
    assertThat(answer(mesh.serve(asking(longer)), 200)).isNull();
  }

  @Test
  @DisplayName("a token is good until it ends, also where it was accepted before")
  void ends() {
    publish(WEB, orders);
    clock.advance(Duration.ofMinutes(10).minusMillis(1));
    assertThat(answer(mesh.serve(asking(token)), 200)).isNotNull();
    clock.advance(Duration.ofMillis(1));
    assertThat(answer(mesh.serve(asking(token)), 200)).isNull();
  }

  @Test
  @DisplayName("no token is good for more than an hour")
  void noLonger() {
    publish(WEB, orders);
    String early =
        AUTHORITY.trailToken(clock.instant().plus(Duration.ofMinutes(2)), Duration.ofHours(1));
    assertThat(answer(mesh.serve(asking(early)), 200)).isNull();
  }

  @Test
  @DisplayName("a workload without a certificate tells nobody")
  void noCertificate() {
    publish((Identity) null, orders);
    assertThat(answer(mesh.serve(asking(token)), 200)).isNull();
  }

  @Test
  @DisplayName(
      "20 signatures a second are looked at, so that made up tokens cost little; one that was"
          + " accepted is not looked at again")
  void guesses() {
    publish(WEB, orders);
    assertThat(answer(mesh.serve(asking(token)), 200)).isNotNull();
    String other = AUTHORITY.trailToken(clock.instant(), Duration.ofMinutes(5));
    String guess = other.substring(0, other.indexOf('.')) + ".MEUCIQ";
    for (int i = 0; i < 19; i++) {
      mesh.serve(asking(guess));
    }
    assertThat(answer(mesh.serve(asking(other)), 200)).isNull();
    assertThat(answer(mesh.serve(asking(token)), 200)).isNotNull();
    clock.advance(Duration.ofMillis(50));
    assertThat(answer(mesh.serve(asking(other)), 200)).isNotNull();
  }

  @Test
  @DisplayName("who asks and is refused is told which policy decided")
  void refused() {
    Policy nobody =
        new Policy(
            "AuthorizationPolicy/shop/\"nobody\"",
            List.of(new Policy.Rule(new Condition.AnyOf(List.of()), new Condition.All(List.of()))));
    mesh.publish(
        new Snapshot(
            1,
            Map.of(),
            new Inbound(
                Map.of(),
                new Inbound.Port(
                    Inbound.TlsMode.PERMISSIVE, new Authorization(List.of(), List.of(nobody)))),
            WEB));
    InboundCall served = mesh.serve(asking(token));
    assertThat(served.changesResponse()).isFalse();
    assertThat(served.trail(Reply.GRPC_PERMISSION_DENIED)).isNull();
    Reply refusal = served.refusal();
    assertThat(refusal).isNotNull();
    assertThat(refusal.headers())
        .singleElement()
        .satisfies(header -> assertThat(header.name()).isEqualTo(Trail.HEADER))
        .satisfies(
            header ->
                assertThat(header.value())
                    .startsWith("refused;depth=0;by=\"shop/web-1\";status=403;grpc-status=7;")
                    .contains(";decided-by=\"AuthorizationPolicy"));
    assertThat(mesh.serve(TestRequest.get("web", "/")).refusal().headers()).isEmpty();
  }

  @Test
  @DisplayName("an answer that the mesh gives on the caller's side is told with who decided")
  void replied() {
    publish(WEB, TestMesh.cluster("orders"));
    InboundCall served = mesh.serve(asking(token));
    reply(called(served, TestRequest.get("orders", "/")));
    assertThat(answer(served, 502))
        .endsWith(
            ", reply;depth=0;by=\"shop/web-1\";to=\"orders\";route=\"HTTPRoute/shop/orders rule 0\""
                + ";status=503;grpc-status=14;decided-by=\"endpoint\""
                + ";why=\"no endpoint of orders to send to\"");
  }

  @Test
  @DisplayName(
      "a callee that proves its identity is asked in turn; what it tells stands behind the attempt"
          + " that asked, and the application does not see it")
  void deeper() {
    publish(WEB, TestMesh.cluster("orders", proved));
    InboundCall served = mesh.serve(asking(token));
    TestRequest sent = TestRequest.get("orders", "/");
    Attempt attempt = attempt(called(served, sent));
    assertThat(sent.sent(Trail.HEADER)).containsExactly(token + ";depth=1");
    respond(attempt, 200);
    assertThat(attempt.changesResponse()).isTrue();
    TestRequest response = TestRequest.get("", "/").header(Trail.HEADER, "served;depth=1");
    attempt.changeResponse(response);
    assertThat(response.header(Trail.HEADER)).isNull();
    assertThat(answer(served, 200)).endsWith(";status=200;micros=0, served;depth=1");
    assertThat(answer(mesh.serve(asking(token + ";depth=1")), 200)).startsWith("served;depth=1;");
  }

  @Test
  @DisplayName(
      "a token never leaves in plaintext: not with an attempt, not with a copy for a mirror, not"
          + " where the application hands on what it got; nor is an answer in plaintext believed")
  void plaintext() {
    publish(WEB, orders);
    InboundCall served = mesh.serve(asking(token));
    TestRequest sent = TestRequest.get("orders", "/").header(Trail.HEADER, token);
    Attempt attempt = attempt(called(served, sent));
    assertThat(sent.sent(Trail.HEADER)).isEmpty();
    respond(attempt, 200);
    TestRequest response = TestRequest.get("", "/").header(Trail.HEADER, "served;depth=1");
    attempt.changeResponse(response);
    assertThat(answer(served, 200)).doesNotContain("depth=1");

    Route mirrored =
        new Route(
            "HTTPRoute/shop/orders rule 0",
            RouteMatch.ANY,
            new RouteAction.Forward(
                WeightedClusters.of(TestMesh.cluster("orders", proved)),
                null,
                List.of(new Mirror(orders, Share.ALL))),
            RoutePolicy.of(0, 0, TestMesh.retrying(0)));
    publish(WEB, mirrored);
    Call call = called(mesh.serve(asking(token)), TestRequest.get("orders", "/"));
    attempt(call);
    assertThat(call.mirrors()).isEmpty();
    Call plain = begin();
    attempt(plain);
    assertThat(plain.mirrors()).hasSize(1);
  }

  @ParameterizedTest
  @ValueSource(strings = {";depth=33", ";depth=-1", ";depth=x", ";depth="})
  @DisplayName("calls deeper than 32 layers are not asked")
  void tooDeep(String depth) {
    publish(WEB, TestMesh.cluster("orders", proved));
    assertThat(answer(mesh.serve(asking(token + depth)), 200)).isNull();
    TestRequest sent = TestRequest.get("orders", "/");
    attempt(called(mesh.serve(asking(token + ";depth=32")), sent));
    assertThat(sent.sent(Trail.HEADER)).isEmpty();
  }

  @Test
  @DisplayName(
      "the answer has at most 4,096 characters, half of what servers and gRPC take of headers; for"
          + " the rest stands \"more\"")
  void bounded() {
    publish(WEB, orders);
    InboundCall served = mesh.serve(asking(token));
    List<Integer> lengths = new ArrayList<>();
    for (int i = 0; i < 100; i++) {
      respond(attempt(called(served, TestRequest.get("orders", "/"))), 200);
      lengths.add(answer(served, 200).length());
    }
    assertThat(lengths).allMatch(length -> length <= 4096);
    assertThat(answer(served, 200)).endsWith(", more");
    assertThat(lengths.get(0)).isLessThan(300);
  }

  @Test
  @DisplayName("a gRPC call's trail is in its trailers, with its gRPC status")
  void grpc() {
    publish(WEB, orders);
    InboundCall served =
        mesh.serve(TestRequest.grpc("web", "/shop.Web/Get").header(Trail.HEADER, token));
    assertThat(served.trail(5)).isEqualTo("served;depth=0;by=\"shop/web-1\";grpc-status=5");
    assertThat(mesh.serve(TestRequest.grpc("web", "/shop.Web/Get")).trail(0)).isNull();
  }

  private void publish(@Nullable Identity identity, Cluster cluster) {
    publish(identity, TestMesh.route(cluster));
  }

  private void publish(Identity identity, Cluster cluster, RetryPolicy retry) {
    publish(identity, TestMesh.route(cluster, retry, Duration.ZERO));
  }

  private void publish(@Nullable Identity identity, Route route) {
    mesh.publish(
        new Snapshot(
            1,
            Map.of("orders", new VirtualHost("orders", List.of(route))),
            Inbound.OPEN,
            identity));
  }

  private static TestRequest asking(String asked) {
    return TestRequest.get("web", "/").header(Trail.HEADER, asked);
  }

  /** A call that the application makes on behalf of a served one. */
  private Call called(InboundCall served, TestRequest request) {
    CallContext before = served.context().attach();
    try {
      return mesh.call(request);
    } finally {
      CallContext.restore(before);
    }
  }

  /** What the answer of the application carries; null for nothing. */
  private static @Nullable String answer(InboundCall served, int status) {
    TestRequest response = TestRequest.get("", "/");
    if (served.changesResponse()) {
      served.changeResponse(status, response);
    }
    return response.header(Trail.HEADER);
  }
}
