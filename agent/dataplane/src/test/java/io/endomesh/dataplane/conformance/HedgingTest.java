package io.endomesh.dataplane.conformance;

import static org.assertj.core.api.Assertions.assertThat;

import io.endomesh.dataplane.Attempt;
import io.endomesh.dataplane.Call;
import io.endomesh.dataplane.CallContext;
import io.endomesh.dataplane.CallObserver;
import io.endomesh.dataplane.InboundCall;
import io.endomesh.dataplane.Outcome;
import io.endomesh.dataplane.TestMesh;
import io.endomesh.dataplane.TestRequest;
import io.endomesh.dataplane.cluster.Balancing;
import io.endomesh.dataplane.cluster.Breaker;
import io.endomesh.dataplane.cluster.Cluster;
import io.endomesh.dataplane.cluster.ClusterPolicy;
import io.endomesh.dataplane.cluster.Endpoint;
import io.endomesh.dataplane.cluster.Hedging;
import io.endomesh.dataplane.cluster.Limits;
import io.endomesh.dataplane.cluster.OutlierDetection;
import io.endomesh.dataplane.cluster.RetryConstraint;
import io.endomesh.dataplane.route.RetryPolicy;
import io.endomesh.dataplane.route.RoutePolicy;
import io.endomesh.dataplane.route.SessionPersistence;
import java.io.IOException;
import java.net.ConnectException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CancellationException;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

@DisplayName("Hedging")
class HedgingTest extends Conformance {

  private static final String ATTEMPT = "x-envoy-attempt-count";
  private static final int UNAVAILABLE = 14;
  private static final long AFTER = millis(50);
  private static final Hedging TWICE = new Hedging("ResiliencePolicy/shop/orders", AFTER, 2);
  private static final Limits AMPLE = new Limits(Integer.MAX_VALUE, 0, 100, 10);
  private static final RetryPolicy RETRY_503 = TestMesh.retrying(3, 503);

  private final Endpoint three = TestMesh.endpoint(3);
  private final Cluster cluster = hedged(TWICE, Limits.DEFAULT);

  @BeforeEach
  void publish() {
    publish(cluster, RetryPolicy.NONE);
  }

  @Test
  @DisplayName(
      "an attempt without an answer for the time of the policy is followed by another, to another"
          + " endpoint, before it has ended (gRFC A6 hedgingDelay)")
  void second() {
    Attempt first = attempt(begin());
    assertThat(first.hedgeAfterNanos()).isEqualTo(AFTER);
    Attempt second = hedge(first);
    assertThat(second.endpoint()).isNotSameAs(first.endpoint());
    assertThat(second.number()).isEqualTo(2);
    assertThat(inFlight()).isEqualTo(2);
  }

  @Test
  @DisplayName("without a policy a call is sent once, however long it takes")
  void none() {
    publish(orders, RetryPolicy.NONE);
    Attempt first = attempt(begin());
    assertThat(first.hedgeAfterNanos()).isEqualTo(Attempt.NEVER);
    assertThat(first.hedge()).isNull();
    assertThat(first.isHedged()).isFalse();
  }

  @Test
  @DisplayName("the first good answer is the call's, whichever attempt it is of")
  void firstAnswer() {
    Attempt slow = attempt(begin());
    Attempt fast = hedge(slow);
    assertThat(respond(fast, 200)).isEqualTo(Attempt.DELIVER);
    assertThat(respond(slow, 200)).isEqualTo(Attempt.OTHERS);

    Attempt first = attempt(begin());
    Attempt late = hedge(first);
    assertThat(respond(first, 200)).isEqualTo(Attempt.DELIVER);
    assertThat(respond(late, 200)).isEqualTo(Attempt.OTHERS);
    assertThat(inFlight()).isZero();
  }

  @Test
  @DisplayName("an answer of 4xx is as good: the service has decided")
  void refusal() {
    Attempt slow = attempt(begin());
    Attempt fast = hedge(slow);
    assertThat(respond(fast, 404)).isEqualTo(Attempt.DELIVER);
    assertThat(respond(slow, 200)).isEqualTo(Attempt.OTHERS);
  }

  @Test
  @DisplayName(
      "a failure is not the call's while another attempt is under way; that of the last one is")
  void failure() {
    Attempt first = attempt(begin());
    Attempt second = hedge(first);
    assertThat(respond(second, 503)).isEqualTo(Attempt.OTHERS);
    assertThat(respond(first, 200)).isEqualTo(Attempt.DELIVER);

    first = attempt(begin());
    second = hedge(first);
    assertThat(first.failed(new IOException("reset"), /* sent= */ true)).isEqualTo(Attempt.OTHERS);
    assertThat(respond(second, 500)).isEqualTo(Attempt.DELIVER);
    assertThat(first.retried()).isTrue();
    assertThat(second.retried()).isFalse();
  }

  @Test
  @DisplayName(
      "a status that the route retries is a failure as well: another attempt may do better")
  void retriedStatus() {
    publish(cluster, TestMesh.retrying(3, 429));
    Attempt first = attempt(begin());
    Attempt second = hedge(first);
    assertThat(respond(second, 429)).isEqualTo(Attempt.OTHERS);
    assertThat(respond(first, 200)).isEqualTo(Attempt.DELIVER);
  }

  @Test
  @DisplayName(
      "when all attempts under way have failed the route's retries go on, of which hedges have used"
          + " some up")
  void thenRetried() {
    publish(cluster, TestMesh.retrying(2, 503));
    Call call = begin();
    Attempt first = attempt(call);
    Attempt second = hedge(first);
    assertThat(respond(first, 503)).isEqualTo(Attempt.OTHERS);
    assertThat(respond(second, 503)).isNotNegative();
    Attempt third = attempt(call);
    assertThat(third.number()).isEqualTo(3);
    assertThat(third.endpoint()).isNotIn(first.endpoint(), second.endpoint());
    assertThat(respond(third, 503)).isEqualTo(Attempt.DELIVER);
  }

  @ParameterizedTest
  @ValueSource(ints = {2, 3, 5})
  @DisplayName("no more attempts are made ahead of an answer than the policy says (A6 maxAttempts)")
  void maxAttempts(int max) {
    Endpoint[] many = endpoints(8);
    publish(
        TestMesh.cluster("orders", policy(new Hedging("p", AFTER, max), AMPLE), many),
        RetryPolicy.NONE);
    Set<Endpoint> asked = new HashSet<>();
    Attempt newest = attempt(begin());
    for (int made = 1; made < max; made++) {
      asked.add(newest.endpoint());
      newest = hedge(newest);
    }
    asked.add(newest.endpoint());
    assertThat(asked).hasSize(max);
    assertThat(newest.hedgeAfterNanos()).isEqualTo(Attempt.NEVER);
    assertThat(newest.hedge()).isNull();
  }

  @Test
  @DisplayName(
      "an attempt that fails before its time is followed by the route's retry, which is hedged in"
          + " turn; its own wait means nothing any more")
  void waitOfAnEndedAttempt() {
    publish(cluster, RETRY_503);
    Call call = begin();
    Attempt first = attempt(call);
    assertThat(respond(first, 503)).isNotNegative();
    assertThat(first.hedge()).isNull();
    Attempt second = attempt(call);
    assertThat(first.hedge()).isNull();
    assertThat(second.hedgeAfterNanos()).isEqualTo(AFTER);
    assertThat(second.hedge()).isNotNull();
  }

  @ParameterizedTest
  @CsvSource({
    "GET, true",
    "HEAD, true",
    "OPTIONS, true",
    "TRACE, true",
    "PUT, true",
    "DELETE, true",
    "POST, false",
    "PATCH, false",
    "CONNECT, false",
    "get, false"
  })
  @DisplayName("of HTTP calls those are hedged whose method is idempotent (RFC 9110, 9.2.2)")
  void methods(String method, boolean hedged) {
    Attempt attempt = attempt(call(TestRequest.of(method, "orders", "/")));
    assertThat(attempt.hedgeAfterNanos() != Attempt.NEVER).isEqualTo(hedged);
    assertThat(attempt.hedge() != null).isEqualTo(hedged);
  }

  @Test
  @DisplayName(
      "gRPC has no word for that: its calls are hedged because the policy says so (gRFC A6)")
  void grpc() {
    Attempt first = attempt(call(TestRequest.grpc("orders", "/shop.Orders/Get")));
    Attempt second = hedge(first);
    assertThat(second.closed(200, 0, null)).isEqualTo(Attempt.DELIVER);
  }

  @Test
  @DisplayName("a body that can be sent once only is sent once")
  void body() {
    TestRequest once = TestRequest.of("PUT", "orders", "/").streamed();
    assertThat(attempt(call(once)).hedgeAfterNanos()).isEqualTo(Attempt.NEVER);
  }

  @Test
  @DisplayName("a call of a session is not hedged: it belongs to one endpoint")
  void session() {
    publish(
        TestMesh.route(
            cluster,
            RoutePolicy.DEFAULT.withStickiness(
                List.of(),
                new SessionPersistence(SessionPersistence.Type.HEADER, "x-session", 0))));
    assertThat(attempt(begin()).hedgeAfterNanos()).isEqualTo(Attempt.NEVER);
  }

  @Test
  @DisplayName("there is no second attempt to the same endpoint: nobody else, nothing sent")
  void oneEndpoint() {
    publish(TestMesh.cluster("orders", policy(TWICE, Limits.DEFAULT), one), RetryPolicy.NONE);
    assertThat(attempt(begin()).hedge()).isNull();
  }

  @Test
  @DisplayName("a hedge stays on its attempt's side of a split, and goes by the hash's next choice")
  void hash() {
    Endpoint[] many = endpoints(5);
    publish(
        TestMesh.cluster(
            "orders",
            new ClusterPolicy(
                null,
                new Balancing.RingHash(1024, 8192),
                Limits.DEFAULT,
                null,
                50,
                false,
                null,
                TWICE),
            many),
        RetryPolicy.NONE);
    for (int i = 0; i < 50; i++) {
      Attempt first = attempt(begin());
      Attempt second = hedge(first);
      assertThat(second.endpoint()).isNotSameAs(first.endpoint());
      assertThat(second.cluster()).isSameAs(first.cluster());
      respond(first, 200);
      respond(second, 200);
    }
  }

  @Test
  @DisplayName(
      "hedges are retries to the budget: when everything is slow they stay within 20 % of the first"
          + " attempts in flight, and three")
  void budget() {
    List<Attempt> firsts = new ArrayList<>();
    for (int i = 0; i < 100; i++) {
      firsts.add(attempt(begin()));
    }
    List<Attempt> hedges = new ArrayList<>();
    for (Attempt first : firsts) {
      Attempt hedge = first.hedge();
      if (hedge != null) {
        hedges.add(hedge);
      }
    }
    assertThat(hedges).hasSize(20);
    hedges.forEach(hedge -> respond(hedge, 200));
    assertThat(cluster.load().retries()).isZero();
    assertThat(firsts.get(99).hedge()).isNotNull();
  }

  @Test
  @DisplayName("so they are to a retry constraint (Gateway API GEP-3388)")
  void constraint() {
    RetryConstraint none = new RetryConstraint(0, seconds(10), 1, seconds(10));
    publish(hedged(TWICE, Limits.DEFAULT.with(none)), RetryPolicy.NONE);
    assertThat(attempt(begin()).hedge()).isNotNull();
    assertThat(attempt(begin()).hedge()).isNull();
  }

  @Test
  @DisplayName(
      "a hedge over the limit of a cluster is not sent, and nobody is told: the first attempt goes"
          + " on")
  void limit() {
    publish(hedged(TWICE, new Limits(1, 0, 100, 3)), RetryPolicy.NONE);
    InboundCall served = mesh.serve(TestRequest.get("web", "/"));
    Attempt first = attempt(onBehalfOf(served, TestRequest.get("orders", "/")));
    assertThat(first.hedge()).isNull();
    assertThat(served.mustNotBeRepeated()).isFalse();
    assertThat(respond(first, 200)).isEqualTo(Attempt.DELIVER);
  }

  @Test
  @DisplayName("a breaker that is not closed lets no hedge pass, and one that tries is no hedge")
  void breaker() {
    Breaker breaker = new Breaker("p", seconds(10), 2, 50, 0, 100, seconds(5), 1);
    Cluster broken =
        TestMesh.cluster(
            "orders",
            new ClusterPolicy(
                null, Balancing.DEFAULT, Limits.DEFAULT, null, 50, false, breaker, TWICE),
            one,
            two,
            three);
    publish(broken, RetryPolicy.NONE);
    Attempt first = attempt(begin());
    respond(attempt(begin()), 503);
    respond(attempt(begin()), 503);
    assertThat(broken.isBroken()).isTrue();
    assertThat(first.hedge()).isNull();
    clock.advance(Duration.ofSeconds(5));
    assertThat(attempt(begin()).hedge()).isNull();
  }

  @Test
  @DisplayName("once the request timeout has passed nothing more is sent, and a hedge ends with it")
  void timeout() {
    publish(TestMesh.route(cluster, RetryPolicy.NONE, Duration.ofMillis(80)));
    Attempt first = attempt(begin());
    clock.advance(Duration.ofMillis(50));
    Attempt second = hedge(first);
    assertThat(second.timeoutNanos()).isEqualTo(millis(30));
    first = attempt(begin());
    clock.advance(Duration.ofMillis(80));
    assertThat(first.hedge()).isNull();
  }

  @Test
  @DisplayName(
      "a hedge says to the server that it is a retry, and calls on behalf of a retry are not"
          + " hedged: the layers below do not add up")
  void layers() {
    TestRequest request = TestRequest.get("orders", "/");
    Attempt first = attempt(call(request));
    assertThat(request.sent(ATTEMPT)).isEmpty();
    hedge(first);
    assertThat(request.sent(ATTEMPT)).containsExactly("2");

    InboundCall retry = mesh.serve(TestRequest.get("web", "/").header(ATTEMPT, "2"));
    Attempt below = attempt(onBehalfOf(retry, TestRequest.get("orders", "/")));
    assertThat(below.hedgeAfterNanos()).isEqualTo(Attempt.NEVER);
  }

  @Test
  @DisplayName("what an earlier attempt's message was changed to does not pile up on a hedge's")
  void message() {
    TestRequest request = TestRequest.get("orders", "/").header("x-mine", "1");
    hedge(attempt(call(request)));
    assertThat(request.sent("x-mine")).containsExactly("1");
    assertThat(request.sent(ATTEMPT)).hasSize(1);
  }

  @ParameterizedTest
  @ValueSource(strings = {"-1", "0", "1000"})
  @DisplayName("a server that pushes back gets no further hedge (gRFC A6, Pushback)")
  void pushback(String millis) {
    publish(hedged(new Hedging("p", AFTER, 3), Limits.DEFAULT), RetryPolicy.NONE);
    Attempt first = attempt(call(TestRequest.grpc("orders", "/shop.Orders/Get")));
    Attempt second = hedge(first);
    assertThat(second.hedgeAfterNanos()).isEqualTo(AFTER);
    assertThat(first.closed(200, UNAVAILABLE, millis)).isEqualTo(Attempt.OTHERS);
    assertThat(second.hedgeAfterNanos()).isEqualTo(Attempt.NEVER);
    assertThat(second.hedge()).isNull();
    assertThat(second.closed(200, 0, null)).isEqualTo(Attempt.DELIVER);
  }

  @Test
  @DisplayName(
      "an attempt that could not be sent is a failure like others, with or without a hedge")
  void unsent() {
    publish(cluster, RetryPolicy.SAFE);
    Call call = begin();
    Attempt first = attempt(call);
    Attempt second = hedge(first);
    ConnectException refused = new ConnectException("refused");
    assertThat(second.failed(refused, /* sent= */ false)).isEqualTo(Attempt.OTHERS);
    assertThat(first.failed(refused, /* sent= */ false)).isNotNegative();
    assertThat(respond(attempt(call), 200)).isEqualTo(Attempt.DELIVER);
  }

  @Test
  @DisplayName(
      "an attempt that lost is neither success nor failure: outlier detection and breaker do not"
          + " see it, and nothing of it stays in flight")
  void loser() {
    OutlierDetection atOnce =
        new OutlierDetection(1, 0, 0, seconds(10), seconds(30), seconds(300), 100, null, null);
    Breaker breaker = new Breaker("p", seconds(10), 2, 50, 0, 100, seconds(5), 1);
    Cluster watched =
        TestMesh.cluster(
            "orders",
            new ClusterPolicy(
                null, Balancing.DEFAULT, Limits.DEFAULT, atOnce, 0, false, breaker, TWICE),
            one,
            two,
            three);
    publish(watched, RetryPolicy.NONE);
    for (int i = 0; i < 10; i++) {
      Attempt slow = attempt(begin());
      Attempt fast = hedge(slow);
      respond(fast, 200);
      if (i % 2 == 0) {
        slow.abandoned(new CancellationException());
      } else {
        respond(slow, 503);
      }
      assertThat(slow.superseded()).isTrue();
      assertThat(slow.retried()).isTrue();
      assertThat(fast.superseded()).isFalse();
      assertThat(fast.retried()).isFalse();
    }
    assertThat(watched.endpoints()).noneMatch(endpoint -> endpoint.load().health().ejected());
    assertThat(watched.isBroken()).isFalse();
    assertThat(watched.load().active()).isZero();
    assertThat(watched.load().retries()).isZero();
    assertThat(watched.endpoints()).allMatch(endpoint -> endpoint.load().inFlight() == 0);
  }

  @Test
  @DisplayName("a failure that was seen in time counts against its endpoint, hedged or not")
  void failureCounts() {
    OutlierDetection atOnce =
        new OutlierDetection(1, 0, 0, seconds(10), seconds(30), seconds(300), 100, null, null);
    publish(
        TestMesh.cluster(
            "orders",
            new ClusterPolicy(
                null, Balancing.DEFAULT, Limits.DEFAULT, atOnce, 0, false, null, TWICE),
            one,
            two,
            three),
        RetryPolicy.NONE);
    Attempt first = attempt(begin());
    hedge(first);
    respond(first, 503);
    assertThat(first.endpoint().load().health().ejected()).isTrue();
  }

  @Test
  @DisplayName(
      "balancing by latency learns that an endpoint which lost took at least so long, or it would"
          + " never know")
  void latency() {
    Cluster byLatency =
        TestMesh.cluster(
            "orders",
            new ClusterPolicy(
                null, new Balancing.PeakEwma(), Limits.DEFAULT, null, 50, false, null, TWICE),
            one,
            two);
    publish(byLatency, RetryPolicy.NONE);
    Attempt slow = attempt(begin());
    clock.advance(Duration.ofMillis(200));
    Attempt fast = hedge(slow);
    clock.advance(Duration.ofMillis(1));
    respond(fast, 200);
    slow.abandoned(new CancellationException());
    for (int i = 0; i < 20; i++) {
      assertThat(pick(byLatency)).isSameAs(fast.endpoint());
    }
  }

  @Test
  @DisplayName("a call that the application gives up is given up once, whatever is under way")
  void givenUp() {
    Attempt first = attempt(begin());
    Attempt second = hedge(first);
    first.abandoned(null);
    second.abandoned(null);
    assertThat(List.of(first.retried(), second.retried())).containsOnlyOnce(false);
    assertThat(inFlight()).isZero();
    assertThat(second.hedge()).isNull();
  }

  @Test
  @DisplayName("a call of which a part was handed on is not hedged any more, nor left to others")
  void claimed() {
    publish(cluster, RetryPolicy.NONE);
    Attempt first = attempt(call(TestRequest.grpc("orders", "/shop.Orders/Get")));
    Attempt second = hedge(first);
    assertThat(first.claim()).isTrue();
    assertThat(second.claim()).isFalse();
    assertThat(second.closed(200, 0, null)).isEqualTo(Attempt.OTHERS);
    assertThat(first.closed(200, 13, null)).isEqualTo(Attempt.DELIVER);
    Attempt alone = attempt(begin());
    assertThat(alone.claim()).isTrue();
    assertThat(alone.hedge()).isNull();
  }

  @Test
  @DisplayName("each attempt is told to the observer as it begins and as it ends, as retries are")
  void observed() {
    List<String> told = new ArrayList<>();
    mesh.observer(
        new CallObserver() {
          @Override
          public @Nullable Object attemptStarted(Attempt attempt) {
            told.add("start " + attempt.number());
            return null;
          }

          @Override
          public void attemptEnded(Attempt attempt, @Nullable Object started, Outcome outcome) {
            told.add("end " + attempt.number() + (attempt.superseded() ? " superseded" : ""));
          }
        });
    Attempt first = attempt(begin());
    Attempt second = hedge(first);
    respond(second, 200);
    first.abandoned(new CancellationException());
    assertThat(told).containsExactly("start 1", "start 2", "end 2", "end 1 superseded");
  }

  private Call onBehalfOf(InboundCall served, TestRequest request) {
    CallContext before = served.context().attach();
    try {
      return call(request);
    } finally {
      CallContext.restore(before);
    }
  }

  private static Attempt hedge(Attempt slow) {
    Attempt hedge = slow.hedge();
    assertThat(hedge).isNotNull();
    return hedge;
  }

  private int inFlight() {
    return cluster.endpoints().stream().mapToInt(endpoint -> endpoint.load().inFlight()).sum();
  }

  private static ClusterPolicy policy(Hedging hedging, Limits limits) {
    return new ClusterPolicy(null, Balancing.DEFAULT, limits, null, 50, false, null, hedging);
  }

  private Cluster hedged(Hedging hedging, Limits limits) {
    return TestMesh.cluster("orders", policy(hedging, limits), one, two, three);
  }
}
