package io.endomesh.dataplane.conformance;

import static org.assertj.core.api.Assertions.assertThat;

import io.endomesh.dataplane.Attempt;
import io.endomesh.dataplane.Call;
import io.endomesh.dataplane.Decision;
import io.endomesh.dataplane.Reply;
import io.endomesh.dataplane.TestMesh;
import io.endomesh.dataplane.TestRequest;
import io.endomesh.dataplane.cluster.Balancing;
import io.endomesh.dataplane.cluster.Breaker;
import io.endomesh.dataplane.cluster.Cluster;
import io.endomesh.dataplane.cluster.ClusterPolicy;
import io.endomesh.dataplane.cluster.Limits;
import io.endomesh.dataplane.route.RetryPolicy;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

@DisplayName("Breaker")
class BreakerTest extends Conformance {

  private static final String NAME = "ResiliencePolicy/shop/orders";
  private static final long OPEN = seconds(5);

  private final Cluster cluster = cluster(breaker(20, 50, 1));

  @BeforeEach
  void publish() {
    publish(cluster, RetryPolicy.NONE);
  }

  @Test
  @DisplayName(
      "it opens when half of at least twenty attempts within ten seconds failed (Hystrix's"
          + " defaults)")
  void opens() {
    answered(10, 200);
    answered(9, 500);
    assertThat(isOpen()).isFalse();
    answered(1, 500);
    assertThat(isOpen()).isTrue();
  }

  @Test
  @DisplayName("below the minimum of attempts nothing is concluded, even if all failed")
  void minimum() {
    answered(19, 500);
    assertThat(isOpen()).isFalse();
    answered(1, 500);
    assertThat(isOpen()).isTrue();
  }

  @Test
  @DisplayName("what is older than the window does not count, and it moves on in ten steps")
  void window() {
    answered(19, 500);
    clock.advance(Duration.ofSeconds(10));
    answered(19, 500);
    assertThat(isOpen()).isFalse();
    clock.advance(Duration.ofSeconds(8));
    answered(1, 500);
    assertThat(isOpen()).isTrue();
  }

  @Test
  @DisplayName(
      "while it is open calls are answered at once with 503, gRPC UNAVAILABLE, that names the"
          + " policy and says why, and no endpoint is asked")
  void answer() {
    answered(20, 500);
    Reply reply = reply(begin());
    assertThat(reply.status()).isEqualTo(503);
    assertThat(reply.grpcStatus()).isEqualTo(Reply.GRPC_UNAVAILABLE);
    assertThat(reply.decidedBy()).isEqualTo(NAME);
    assertThat(reply.message())
        .isEqualTo("calls to orders are not made: 20 of 20 failed; it is tried again in 5000 ms");
    assertThat(reply.mayPass()).isFalse();
  }

  @Test
  @DisplayName(
      "after the open time one call is made while others are still refused; if it succeeds the"
          + " breaker closes and counts anew (Hystrix)")
  void halfOpen_closes() {
    answered(20, 500);
    clock.advance(Duration.ofNanos(OPEN - 1));
    assertThat(isOpen()).isTrue();
    clock.advance(Duration.ofNanos(1));
    Attempt probe = attempt(begin());
    assertThat(reply(begin()).message()).endsWith("it is being tried again");
    respond(probe, 200);
    answered(19, 500);
    assertThat(isOpen()).isFalse();
  }

  @Test
  @DisplayName("if the call that tries it fails, the breaker is open for the whole time again")
  void halfOpen_opens() {
    answered(20, 500);
    clock.advance(Duration.ofNanos(OPEN));
    answered(1, 503);
    clock.advance(Duration.ofNanos(OPEN - 1));
    assertThat(isOpen()).isTrue();
    clock.advance(Duration.ofNanos(1));
    assertThat(isOpen()).isFalse();
  }

  @Test
  @DisplayName(
      "with several half-open calls their share of failures decides, and as soon as it is certain"
          + " (Resilience4j permittedNumberOfCallsInHalfOpenState)")
  void halfOpen_several() {
    publish(cluster(breaker(20, 50, 4)), RetryPolicy.NONE);
    answered(20, 500);
    clock.advance(Duration.ofNanos(OPEN));
    List<Attempt> probes = new ArrayList<>();
    for (int i = 0; i < 4; i++) {
      probes.add(attempt(begin()));
    }
    assertThat(isOpen()).isTrue();
    respond(probes.get(0), 200);
    respond(probes.get(1), 500);
    assertThat(reply(begin()).message()).endsWith("it is being tried again");
    respond(probes.get(2), 500);
    assertThat(reply(begin()).message()).contains("2 of 4 failed");
    respond(probes.get(3), 200);
    assertThat(isOpen()).isTrue();
  }

  @Test
  @DisplayName(
      "a half-open call that is given up leaves its place to another; one that never ends is"
          + " replaced after the open time")
  void halfOpen_forgotten() {
    answered(20, 500);
    clock.advance(Duration.ofNanos(OPEN));
    attempt(begin()).abandoned(null);
    Attempt hanging = attempt(begin());
    assertThat(isOpen()).isTrue();
    clock.advance(Duration.ofNanos(OPEN));
    Attempt second = attempt(begin());
    respond(hanging, 500);
    respond(second, 200);
    assertThat(isOpen()).isFalse();
  }

  @Test
  @DisplayName("how a call ends that began before the breaker opened says nothing about it since")
  void outcome_ofAnEarlierPhase() {
    Attempt early = attempt(begin());
    answered(20, 500);
    clock.advance(Duration.ofNanos(OPEN));
    Attempt probe = attempt(begin());
    respond(early, 200);
    assertThat(isOpen()).isTrue();
    respond(probe, 200);
    assertThat(isOpen()).isFalse();
  }

  @ParameterizedTest
  @CsvSource({
    "0, false",
    "5, false",
    "7, false",
    "8, false",
    "2, true",
    "4, true",
    "13, true",
    "14, true"
  })
  @DisplayName(
      "of gRPC's codes those count that say the server failed: UNKNOWN, DEADLINE_EXCEEDED,"
          + " UNIMPLEMENTED, INTERNAL, UNAVAILABLE, DATA_LOSS (OpenTelemetry)")
  void grpc(int code, boolean counts) {
    for (int i = 0; i < 20; i++) {
      attempt(call(TestRequest.grpc("orders", "/shop.Orders/Get"))).responded(200, code);
    }
    assertThat(isOpen()).isEqualTo(counts);
  }

  @ParameterizedTest
  @CsvSource({"404, false", "429, false", "500, true", "503, true"})
  @DisplayName("of HTTP answers only 5xx count as failures; no answer at all does as well")
  void http(int status, boolean counts) {
    answered(20, status);
    assertThat(isOpen()).isEqualTo(counts);
    publish(cluster(breaker(5, 50, 1)), RetryPolicy.NONE);
    for (int i = 0; i < 5; i++) {
      attempt(begin()).failed(new IOException("reset"), /* sent= */ i > 1);
    }
    assertThat(isOpen()).isTrue();
  }

  @Test
  @DisplayName("slow answers open it as failures do, by a share of their own (Resilience4j)")
  void slow() {
    Breaker breaker = new Breaker(NAME, seconds(10), 10, 50, millis(200), 60, OPEN, 1);
    publish(cluster(breaker), RetryPolicy.NONE);
    for (int i = 0; i < 10; i++) {
      Attempt attempt = attempt(begin());
      clock.advance(Duration.ofMillis(i < 4 ? 199 : 200));
      respond(attempt, 200);
    }
    assertThat(reply(begin()).message()).contains("6 of 10 took at least 200 ms");
  }

  @Test
  @DisplayName(
      "attempts count, not calls: retries help to open it, and the retry after that is not made")
  void retries() {
    Cluster retried = cluster(breaker(2, 50, 1));
    publish(retried, new RetryPolicy(5, Set.of(503), Set.of(), false, 0, 0));
    Call call = begin();
    assertThat(respond(attempt(call), 503)).isNotNegative();
    assertThat(respond(attempt(call), 503)).isNotNegative();
    assertThat(reply(call).decidedBy()).isEqualTo(NAME);
  }

  @Test
  @DisplayName("it stays open over changes of configuration, unless its own policy changes")
  void push() {
    answered(20, 500);
    publish(
        new Cluster("orders", "orders", List.of(one), cluster.policy(), cluster.load()),
        RetryPolicy.NONE);
    assertThat(isOpen()).isTrue();
    publish(
        new Cluster("orders", "orders", List.of(one), policy(breaker(21, 50, 1)), cluster.load()),
        RetryPolicy.NONE);
    assertThat(isOpen()).isFalse();
  }

  @Test
  @DisplayName("without a policy nothing breaks, whatever fails")
  void none() {
    publish(orders, RetryPolicy.NONE);
    answered(1000, 500);
    assertThat(isOpen()).isFalse();
  }

  private void answered(int calls, int status) {
    for (int i = 0; i < calls; i++) {
      respond(attempt(begin()), status);
    }
  }

  /** Tries, and gives up what it got. */
  private boolean isOpen() {
    Decision decision = begin().next();
    if (decision instanceof Attempt attempt) {
      attempt.abandoned(null);
    }
    return decision instanceof Reply;
  }

  private static Breaker breaker(int minimum, int percent, int halfOpen) {
    return new Breaker(NAME, seconds(10), minimum, percent, 0, 100, OPEN, halfOpen);
  }

  private static ClusterPolicy policy(Breaker breaker) {
    return new ClusterPolicy(
        null, Balancing.DEFAULT, Limits.DEFAULT, null, 50, false, breaker, null);
  }

  private Cluster cluster(Breaker breaker) {
    return TestMesh.cluster("orders", policy(breaker), one, two);
  }
}
