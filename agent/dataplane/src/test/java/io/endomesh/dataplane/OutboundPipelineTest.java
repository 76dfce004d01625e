package io.endomesh.dataplane;

import static org.assertj.core.api.Assertions.assertThat;

import io.endomesh.dataplane.cluster.Cluster;
import io.endomesh.dataplane.cluster.Endpoint;
import io.endomesh.dataplane.route.HeaderChanges;
import io.endomesh.dataplane.route.PathMatch;
import io.endomesh.dataplane.route.Route;
import io.endomesh.dataplane.route.RouteAction;
import io.endomesh.dataplane.route.RouteMatch;
import io.endomesh.dataplane.route.RoutePolicy;
import io.endomesh.dataplane.route.VirtualHost;
import io.endomesh.dataplane.route.WeightedClusters;
import java.io.IOException;
import java.net.ConnectException;
import java.time.Duration;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;

class OutboundPipelineTest {

  private final FakeClock clock = new FakeClock();
  private final Mesh mesh = new Mesh(TestMesh.WORKLOAD, clock, clock);
  private final Endpoint one = TestMesh.endpoint(1);
  private final Endpoint two = TestMesh.endpoint(2);
  private final Cluster orders = TestMesh.cluster("orders", one, two);

  @Test
  void call_unknownHost_passesThrough() {
    assertThat(mesh.call(TestRequest.get("example.com", "/"))).isNull();
  }

  @Test
  void call_hostInUpperCase_isFound() {
    publish(TestMesh.route(orders));
    assertThat(mesh.call(TestRequest.get("ORDERS", "/"))).isNotNull();
  }

  @Test
  void call_hostLearnedOnDemand_isUsed() {
    mesh.discovery(
        authority ->
            authority.equals("orders")
                ? new VirtualHost("orders", List.of(TestMesh.route(orders)))
                : null);
    assertThat(begin().next()).isInstanceOf(Attempt.class);
  }

  @Test
  void next_noRouteMatches_answers404() {
    publish(
        Route.to(
            "r",
            new RouteMatch(new PathMatch.Exact("/only"), null, List.of(), List.of()),
            WeightedClusters.of(orders),
            RoutePolicy.DEFAULT));
    assertThat(((Reply) begin().next()).status()).isEqualTo(404);
  }

  @Test
  void next_redirectWithResponseHeaders_changesThoseOfTheAnswer() {
    HeaderChanges changes =
        new HeaderChanges(
            List.of(new HeaderChanges.Header("x-set", "1")),
            List.of(new HeaderChanges.Header("x-added", "2")),
            List.of());
    publish(
        new Route(
            "r",
            RouteMatch.ANY,
            new RouteAction.Redirect(302, null, "b", 0, null),
            RoutePolicy.DEFAULT.withHeaders(HeaderChanges.NONE, changes)));
    assertThat(((Reply) begin().next()).headers())
        .containsExactlyInAnyOrder(
            new Reply.Header("location", "http://b/v1/orders"),
            new Reply.Header("x-set", "1"),
            new Reply.Header("x-added", "2"));
  }

  @Test
  void next_headersOfTargetAndRoute_theRouteComesLast() {
    WeightedClusters.Target target =
        new WeightedClusters.Target(orders, 1, setting("x-both", "target"), HeaderChanges.NONE);
    publish(
        Route.to(
            "r",
            RouteMatch.ANY,
            WeightedClusters.of(List.of(target)),
            RoutePolicy.DEFAULT.withHeaders(setting("x-both", "route"), HeaderChanges.NONE)));
    TestRequest request = TestRequest.get("orders", "/");
    mesh.call(request).next();
    assertThat(request.header("x-both")).isEqualTo("route");
  }

  private static HeaderChanges setting(String name, String value) {
    return new HeaderChanges(List.of(new HeaderChanges.Header(name, value)), List.of(), List.of());
  }

  @Test
  void next_noEndpoint_answers503() {
    publish(TestMesh.route(TestMesh.cluster("empty")));
    Reply reply = (Reply) begin().next();
    assertThat(reply.status()).isEqualTo(503);
    assertThat(reply.message()).contains("empty");
  }

  @Test
  void next_endpointNeedsIdentityAndThereIsNone_failsClosed() {
    publish(TestMesh.route(TestMesh.cluster("x", TestMesh.endpoint(1, "spiffe://td/ns/a/sa/b"))));
    Reply reply = (Reply) begin().next();
    assertThat(reply.status()).isEqualTo(503);
    assertThat(reply.message()).contains("spiffe://td/ns/a/sa/b");
  }

  @Test
  void failed_neverSent_isRetriedOnTheOtherEndpointEvenForPost() {
    publish(TestMesh.route(orders));
    for (int i = 0; i < 50; i++) {
      Call call = mesh.call(TestRequest.post("orders", "/"));
      Attempt first = (Attempt) call.next();
      assertThat(first.failed(new ConnectException("refused"), false)).isNotNegative();
      Attempt second = (Attempt) call.next();
      assertThat(second.endpoint()).isNotSameAs(first.endpoint());
      assertThat(second.responded(200, Outcome.NOT_GRPC)).isEqualTo(Attempt.DELIVER);
    }
  }

  @Test
  void failed_sentAndNoPolicy_isDelivered() {
    publish(TestMesh.route(orders));
    Attempt attempt = (Attempt) begin().next();
    assertThat(attempt.failed(new IOException("reset"), true)).isEqualTo(Attempt.DELIVER);
  }

  @Test
  void responded_retriableStatus_isRetriedAsOftenAsAsked() {
    publish(TestMesh.route(orders, TestMesh.retrying(2, 503), Duration.ZERO));
    Call call = begin();
    assertThat(((Attempt) call.next()).responded(503, Outcome.NOT_GRPC)).isZero();
    assertThat(((Attempt) call.next()).responded(503, Outcome.NOT_GRPC)).isZero();
    assertThat(((Attempt) call.next()).responded(503, Outcome.NOT_GRPC)).isEqualTo(Attempt.DELIVER);
    assertThat(call.attempts()).isEqualTo(3);
  }

  @Test
  void responded_otherStatus_isDelivered() {
    publish(TestMesh.route(orders, TestMesh.retrying(2, 503), Duration.ZERO));
    assertThat(((Attempt) begin().next()).responded(500, Outcome.NOT_GRPC))
        .isEqualTo(Attempt.DELIVER);
  }

  @Test
  void responded_bodyNotReplayable_isDelivered() {
    publish(TestMesh.route(orders, TestMesh.retrying(2, 503), Duration.ZERO));
    Call call = mesh.call(TestRequest.post("orders", "/").streamed());
    assertThat(((Attempt) call.next()).responded(503, Outcome.NOT_GRPC)).isEqualTo(Attempt.DELIVER);
  }

  @Test
  void responded_grpcUnavailable_isRetried() {
    publish(TestMesh.route(orders, TestMesh.retrying(1), Duration.ZERO));
    Call call = mesh.call(TestRequest.grpc("orders", "/shop.Inventory/Reserve"));
    assertThat(((Attempt) call.next()).responded(200, 14)).isZero();
    assertThat(((Attempt) call.next()).responded(200, 0)).isEqualTo(Attempt.DELIVER);
  }

  @Test
  void next_timeoutPassed_answers504() {
    publish(TestMesh.route(orders, TestMesh.retrying(5, 503), Duration.ofMillis(100)));
    Call call = begin();
    Attempt first = (Attempt) call.next();
    assertThat(first.timeoutNanos()).isEqualTo(Duration.ofMillis(100).toNanos());
    clock.advance(Duration.ofMillis(60));
    assertThat(first.responded(503, Outcome.NOT_GRPC)).isZero();
    Attempt second = (Attempt) call.next();
    assertThat(second.timeoutNanos()).isEqualTo(Duration.ofMillis(40).toNanos());
    clock.advance(Duration.ofMillis(60));
    assertThat(second.failed(new IOException("timed out"), false)).isEqualTo(Attempt.DELIVER);
    assertThat(((Reply) call.next()).status()).isEqualTo(504);
  }

  @Test
  void responded_twice_countsOnce() {
    publish(TestMesh.route(orders));
    Attempt attempt = (Attempt) begin().next();
    assertThat(attempt.endpoint().load().inFlight()).isEqualTo(1);
    attempt.responded(200, Outcome.NOT_GRPC);
    attempt.failed(new IOException("late"), true);
    assertThat(attempt.endpoint().load().inFlight()).isZero();
  }

  @Test
  void afterAttempt_budgetUsedUp_isDelivered() {
    publish(TestMesh.route(orders, TestMesh.retrying(1, 503), Duration.ZERO));
    // Three retries may be under way whatever the load (Envoy min_retry_concurrency).
    for (int i = 0; i < 3; i++) {
      Call call = begin();
      assertThat(((Attempt) call.next()).responded(503, Outcome.NOT_GRPC)).isZero();
      call.next();
    }
    assertThat(((Attempt) begin().next()).responded(503, Outcome.NOT_GRPC))
        .isEqualTo(Attempt.DELIVER);
  }

  @Test
  void publish_whileACallIsUnderWay_callKeepsItsSnapshot() {
    publish(TestMesh.route(orders, TestMesh.retrying(1, 503), Duration.ZERO));
    Call call = begin();
    Attempt first = (Attempt) call.next();
    publish(TestMesh.route(TestMesh.cluster("other")));
    first.responded(503, Outcome.NOT_GRPC);
    assertThat(((Attempt) call.next()).cluster()).isSameAs(orders);
  }

  @Test
  void observer_isToldOfEachAttemptAndReply() {
    Set<String> seen = new HashSet<>();
    mesh.observer(
        new CallObserver() {
          @Override
          public Object attemptStarted(Attempt attempt) {
            return attempt.number();
          }

          @Override
          public void attemptEnded(Attempt attempt, Object started, Outcome outcome) {
            seen.add(started + ":" + outcome.status());
          }

          @Override
          public void replied(Call call, Reply reply) {
            seen.add("reply " + reply.status());
          }
        });
    publish(TestMesh.route(orders, TestMesh.retrying(1, 503), Duration.ZERO));
    Call call = begin();
    ((Attempt) call.next()).responded(503, Outcome.NOT_GRPC);
    ((Attempt) call.next()).responded(200, Outcome.NOT_GRPC);
    publish(TestMesh.route(TestMesh.cluster("empty")));
    begin().next();
    assertThat(seen).containsExactlyInAnyOrder("1:503", "2:200", "reply 503");
  }

  private Call begin() {
    return mesh.call(TestRequest.get("orders", "/v1/orders"));
  }

  private void publish(Route... routes) {
    mesh.publish(
        new Snapshot(
            1, Map.of("orders", new VirtualHost("orders", List.of(routes))), Inbound.OPEN, null));
  }
}
