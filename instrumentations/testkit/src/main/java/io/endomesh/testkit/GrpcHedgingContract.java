package io.endomesh.testkit;

import static org.assertj.core.api.Assertions.assertThat;

import io.endomesh.dataplane.cluster.Balancing;
import io.endomesh.dataplane.cluster.Cluster;
import io.endomesh.dataplane.cluster.ClusterPolicy;
import io.endomesh.dataplane.cluster.Endpoint;
import io.endomesh.dataplane.cluster.Hedging;
import io.endomesh.dataplane.cluster.Limits;
import io.endomesh.dataplane.route.RetryPolicy;
import io.endomesh.dataplane.route.RoutePolicy;
import io.endomesh.testkit.GrpcUnderTest.Answer;
import io.endomesh.testkit.GrpcUnderTest.Running;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

/** Unary calls that are sent once more because the first attempt has not answered yet (gRFC A6). */
abstract class GrpcHedgingContract extends GrpcFixture {

  /** Longer than a call over loopback takes, and short for a test of many. */
  private static final long AFTER_NANOS = TimeUnit.MILLISECONDS.toNanos(40);

  private static final Limits AMPLE = new Limits(Integer.MAX_VALUE, 0, 100, 100);

  @Test
  void hedging_serverThatDoesNotAnswer_isAnsweredByAnother() {
    Cluster cluster = hedged(AMPLE);
    one.holding();

    // Each has an even chance to go to the first one first; 2^-20 that none does.
    for (int i = 0; i < 20; i++) {
      Answer answer = client.unary("hello");
      assertThat(answer.status()).isEqualTo(OK);
      assertThat(answer.text()).startsWith("two|");
    }

    assertThat(one.messages()).as("calls that went there first").isNotEmpty();
    awaitNothingInFlight(cluster);
    assertThat(two.calls().stream().map(call -> call.headers().get("x-envoy-attempt-count")))
        .contains("2");
  }

  @Test
  void hedging_failureOfOneAttempt_isNotTheAnswerWhileAnotherIsUnderWay() {
    Cluster cluster = hedged(AMPLE);
    Endpoint failing = cluster.endpoints().get(0);
    one.answering(UNAVAILABLE);
    two.holding();
    int before;
    Running running;
    do {
      // One that goes to the failing server first ends before it would be hedged.
      before = one.messages().size();
      Running begun = client.start("hello");
      Await.until("an end, or the call at two", () -> begun.ended() || !two.messages().isEmpty());
      running = begun;
    } while (two.messages().isEmpty());
    int earlier = before;
    Await.until("the hedge's failure", () -> one.messages().size() > earlier && isIdle(failing));

    assertThat(running.ended()).isFalse();
    running.cancel();
    awaitNothingInFlight(cluster);
  }

  @Test
  void hedging_callGivenUp_breaksOffAllAttempts() {
    Cluster cluster = hedged(AMPLE);
    Running running = client.start("hold");
    Await.until("both attempts", () -> one.messages().size() + two.messages().size() == 2);

    running.cancel();

    assertThat(running.answer().status()).isEqualTo(CANCELLED);
    awaitNothingInFlight(cluster);
  }

  @Test
  void hedging_deadlinePassed_endsAllAttempts() {
    Cluster cluster = hedged(AMPLE);

    // Time enough for both to connect and get it, on a busy machine as well.
    Answer answer = client.unary("hold", Duration.ofSeconds(1), false);

    assertThat(answer.status()).isEqualTo(DEADLINE_EXCEEDED);
    assertThat(one.messages().size() + two.messages().size()).isEqualTo(2);
    awaitNothingInFlight(cluster);
  }

  @Test
  void hedging_budgetUsedUp_sendsNothingMore() {
    hedged(new Limits(Integer.MAX_VALUE, 0, 0, 0));

    assertThat(client.unary("hold", Duration.ofMillis(300), false).status())
        .isEqualTo(DEADLINE_EXCEEDED);

    assertThat(one.messages().size() + two.messages().size()).isEqualTo(1);
  }

  @Test
  void hedging_streams_areSentOnce() {
    Cluster cluster = hedged(AMPLE);

    assertThat(client.serverStreaming("hello").text().split(",")).hasSize(3);
    Thread call = new Thread(() -> client.serverStreaming("hold"), "stream without an answer");
    call.setDaemon(true);
    call.start();
    Await.until("the call at a server", () -> messages("hold") == 1);
    // A unary call that begins later is hedged by now; the stream's hedge would have come before.
    Running unary = client.start("hold");
    Await.until("both attempts of the unary call", () -> messages("hold") >= 3);
    assertThat(messages("hold")).isEqualTo(3);
    unary.cancel();
    client.close();
    awaitNothingInFlight(cluster);
  }

  private long messages(String text) {
    return one.messages().stream().filter(text::equals).count()
        + two.messages().stream().filter(text::equals).count();
  }

  /** Attempts that lost end when their library has broken them off. */
  private static void awaitNothingInFlight(Cluster cluster) {
    Await.until(
        "end of all attempts",
        () ->
            cluster.load().active() == 0
                && cluster.endpoints().stream().allMatch(GrpcHedgingContract::isIdle));
  }

  private static boolean isIdle(Endpoint endpoint) {
    return endpoint.load().inFlight() == 0;
  }

  private Cluster hedged(Limits limits) {
    ClusterPolicy policy =
        new ClusterPolicy(
            null,
            new Balancing.RoundRobin(null),
            limits,
            null,
            ClusterPolicy.DEFAULT_PANIC_PERCENT,
            /* localityWeighted= */ false,
            null,
            new Hedging("ResiliencePolicy/default/inventory", AFTER_NANOS, 2));
    Cluster cluster = TestRoutes.cluster(TARGET, policy, plaintext(one), plaintext(two));
    routes.route(TARGET, TestRoutes.to(cluster), RoutePolicy.of(0, 0, RetryPolicy.NONE));
    return cluster;
  }
}
