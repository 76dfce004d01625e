package io.endomesh.testkit;

import static org.assertj.core.api.Assertions.assertThat;

import io.endomesh.dataplane.cluster.Balancing;
import io.endomesh.dataplane.cluster.Cluster;
import io.endomesh.dataplane.cluster.ClusterPolicy;
import io.endomesh.dataplane.cluster.Endpoint;
import io.endomesh.dataplane.cluster.Hedging;
import io.endomesh.dataplane.cluster.Limits;
import io.endomesh.dataplane.cluster.OutlierDetection;
import io.endomesh.dataplane.route.RetryPolicy;
import io.endomesh.dataplane.route.RoutePolicy;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** Calls that are sent once more, to another endpoint, because the first has not answered yet. */
abstract class HttpClientHedgingContract extends HttpClientFixture {

  /** Longer than a call over loopback takes, and short for a test of many. */
  private static final long AFTER_NANOS = TimeUnit.MILLISECONDS.toNanos(40);

  /** No budget: a test's calls are too few for a share of them. */
  private static final Limits AMPLE = new Limits(Integer.MAX_VALUE, 0, 100, 100);

  @Test
  void hedging_instanceThatDoesNotAnswer_isAnsweredByAnother() throws Exception {
    Backend stuck = open(Backend.plaintext("stuck").holding());
    Backend orders = open(Backend.plaintext("orders"));
    Cluster cluster = hedged(stuck, orders);

    for (int i = 0; i < 4; i++) {
      assertThat(get("http://orders/list").text()).isEqualTo("orders");
      assertThat(start("http://orders/list").join().text()).isEqualTo("orders");
    }

    assertThat(stuck.received()).as("calls that went there first").isNotEmpty();
    awaitNothingInFlight(cluster);
  }

  @Test
  void hedging_secondAttempt_saysThatItIsOne() throws Exception {
    Backend one = open(Backend.plaintext("one").holding());
    Backend two = open(Backend.plaintext("two").holding());
    hedged(one, two);
    CompletableFuture<Answer> call = start("http://orders/a?b=c");
    Await.until("both attempts", () -> received(one, two) == 2);

    call.cancel(true);

    List<Backend.Received> both = List.of(one.only(), two.only());
    assertThat(both).extracting(Backend.Received::uri).containsOnly("/a?b=c");
    assertThat(both)
        .extracting(request -> request.header("x-envoy-attempt-count"))
        .containsExactlyInAnyOrder(null, "2");
  }

  @Test
  void hedging_callGivenUp_breaksOffAllAttempts() {
    Backend one = open(Backend.plaintext("one").holding());
    Backend two = open(Backend.plaintext("two").holding());
    Cluster cluster = hedged(one, two);
    CompletableFuture<Answer> call = start("http://orders/");
    Await.until("both attempts", () -> received(one, two) == 2);

    call.cancel(true);

    awaitNothingInFlight(cluster);
  }

  @Test
  void hedging_bodyThatCanBeSentTwice_arrivesWhole() throws Exception {
    Backend stuck = open(Backend.plaintext("stuck").holding());
    Backend orders = open(Backend.plaintext("orders"));
    hedged(stuck, orders);
    byte[] body = "text".getBytes(StandardCharsets.UTF_8);

    while (stuck.received().isEmpty()) {
      assertThat(call("PUT", "http://orders/", Map.of(), body).text()).isEqualTo("text");
    }

    assertThat(stuck.received().get(0).body()).isEqualTo(body);
  }

  @Test
  void hedging_methodThatIsNotIdempotent_isSentOnce() throws Exception {
    Backend one = open(Backend.plaintext("one").holding());
    Backend two = open(Backend.plaintext("two").holding());
    impatient(AMPLE, LONG_BEHIND_A_HEDGE, one, two);

    assertThat(call("POST", "http://orders/", Map.of(), new byte[] {1}).status()).isEqualTo(504);

    assertThat(received(one, two)).isEqualTo(1);
  }

  @Test
  void hedging_budgetUsedUp_sendsNothingMore() throws Exception {
    Backend one = open(Backend.plaintext("one").holding());
    Backend two = open(Backend.plaintext("two").holding());
    Cluster cluster =
        impatient(new Limits(Integer.MAX_VALUE, 0, 0, 0), LONG_BEHIND_A_HEDGE, one, two);

    assertThat(get("http://orders/").status()).isEqualTo(504);

    assertThat(received(one, two)).isEqualTo(1);
    awaitNothingInFlight(cluster);
  }

  @Test
  void hedging_requestTimeout_endsAllAttempts() throws Exception {
    Backend one = open(Backend.plaintext("one").holding());
    Backend two = open(Backend.plaintext("two").holding());
    Cluster cluster = impatient(AMPLE, PATIENCE, one, two);

    CompletableFuture<Answer> beside = start("http://orders/");
    assertThat(get("http://orders/").status()).isEqualTo(504);
    assertThat(beside.join().status()).isEqualTo(504);

    assertThat(received(one, two)).isEqualTo(4);
    awaitNothingInFlight(cluster);
  }

  @Test
  void hedging_attemptThatLost_isNotHeldAgainstItsEndpoint() throws Exception {
    Backend stuck = open(Backend.plaintext("stuck").holding());
    Backend orders = open(Backend.plaintext("orders"));
    long second = TimeUnit.SECONDS.toNanos(1);
    OutlierDetection atFirstError =
        new OutlierDetection(1, 1, 1, second, second, second, 100, null, null);
    Cluster cluster = hedged(AMPLE, atFirstError, Duration.ZERO, stuck, orders);

    while (stuck.received().size() < 3) {
      assertThat(get("http://orders/").text()).isEqualTo("orders");
    }

    awaitNothingInFlight(cluster);
    assertThat(cluster.endpoints()).noneMatch(endpoint -> endpoint.load().health().ejected());
  }

  private static int received(Backend... backends) {
    return Stream.of(backends).mapToInt(backend -> backend.received().size()).sum();
  }

  /** Attempts that lost end when their library has broken them off. */
  private static void awaitNothingInFlight(Cluster cluster) {
    Await.until(
        "end of all attempts",
        () ->
            cluster.load().active() == 0
                && cluster.endpoints().stream()
                    .allMatch(endpoint -> endpoint.load().inFlight() == 0));
  }

  /** Calls that nobody answers end after this, time enough for both to connect and get them. */
  private static final Duration PATIENCE = Duration.ofSeconds(1);

  /** Time enough for one to get them, and, five times over, for a second that ought not to come. */
  private static final Duration LONG_BEHIND_A_HEDGE = Duration.ofMillis(250);

  private Cluster impatient(Limits limits, Duration timeout, Backend... backends) {
    return hedged(limits, null, timeout, backends);
  }

  private Cluster hedged(Backend... backends) {
    return hedged(AMPLE, null, Duration.ZERO, backends);
  }

  private Cluster hedged(
      Limits limits, @Nullable OutlierDetection outliers, Duration timeout, Backend... backends) {
    ClusterPolicy policy =
        new ClusterPolicy(
            null,
            new Balancing.RoundRobin(null),
            limits,
            outliers,
            ClusterPolicy.DEFAULT_PANIC_PERCENT,
            /* localityWeighted= */ false,
            null,
            new Hedging("ResiliencePolicy/default/orders", AFTER_NANOS, 2));
    Endpoint[] endpoints = Stream.of(backends).map(Backend::endpoint).toArray(Endpoint[]::new);
    Cluster cluster = TestRoutes.cluster("orders", policy, endpoints);
    routes.route(
        "orders", TestRoutes.to(cluster), RoutePolicy.of(timeout.toNanos(), 0, RetryPolicy.NONE));
    return cluster;
  }
}
