package io.endomesh.testkit;

import static org.assertj.core.api.Assertions.assertThat;

import io.endomesh.dataplane.Inbound;
import io.endomesh.dataplane.authorize.Authorization;
import io.endomesh.dataplane.cluster.Endpoint;
import io.endomesh.dataplane.route.Fault;
import io.endomesh.dataplane.route.HeaderChanges;
import io.endomesh.dataplane.route.Mirror;
import io.endomesh.dataplane.route.PathRewrite;
import io.endomesh.dataplane.route.RouteAction;
import io.endomesh.dataplane.route.RoutePolicy;
import io.endomesh.dataplane.route.Share;
import io.endomesh.dataplane.route.UrlRewrite;
import io.endomesh.dataplane.route.WeightedClusters;
import io.endomesh.testkit.GrpcUnderTest.Answer;
import io.endomesh.testkit.GrpcUnderTest.Running;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

/** What a route makes of a call, in place of it, and what is done to it on purpose. */
abstract class GrpcRewriteContract extends GrpcHedgingContract {

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
}
