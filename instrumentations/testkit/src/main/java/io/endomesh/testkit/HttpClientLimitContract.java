package io.endomesh.testkit;

import static org.assertj.core.api.Assertions.assertThat;

import io.endomesh.dataplane.CallContext;
import io.endomesh.dataplane.Reply;
import io.endomesh.dataplane.cluster.Balancing;
import io.endomesh.dataplane.cluster.Breaker;
import io.endomesh.dataplane.cluster.Cluster;
import io.endomesh.dataplane.cluster.ClusterPolicy;
import io.endomesh.dataplane.cluster.Limits;
import io.endomesh.dataplane.cluster.OutlierDetection;
import io.endomesh.dataplane.route.RoutePolicy;
import io.endomesh.dataplane.route.SessionPersistence;
import io.endomesh.testkit.TestRoutes.Rules;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

/** How long a call may take, how many there may be, and which endpoint they stay with. */
abstract class HttpClientLimitContract extends HttpClientRetryContract {

  @Test
  void timeoutOfRoute_passed_isAnsweredWith504() throws Exception {
    Backend slow = open(Backend.plaintext("slow").holding());
    routes.host("orders", Rules.attemptTimeoutMillis(100), slow.endpoint());

    Answer answer = get("http://orders/");

    assertThat(answer.status()).isEqualTo(504);
    assertThat(answer.headers().get(Reply.DECIDED_BY_HEADER))
        .isEqualTo("HTTPRoute/default/orders rule 0");
  }

  @Test
  void session_keptByCookie_sticksToItsEndpoint() throws Exception {
    for (long lifetimeSeconds : new long[] {0, 3600}) {
      Backend one = open(Backend.plaintext("one"));
      Backend two = open(Backend.plaintext("two"));
      String host = "orders-" + lifetimeSeconds + ".shop";
      SessionPersistence session =
          new SessionPersistence(SessionPersistence.Type.COOKIE, "place", lifetimeSeconds);
      routes.route(
          host,
          TestRoutes.to(TestRoutes.cluster("orders", one.endpoint(), two.endpoint())),
          RoutePolicy.DEFAULT.withStickiness(List.of(), session));

      Answer first = getWithCookies("http://" + host + "/");
      assertThat(first.headers().get("set-cookie")).startsWith("place=");
      for (int i = 0; i < 20; i++) {
        Answer next = getWithCookies("http://" + host + "/");
        assertThat(next.text()).isEqualTo(first.text());
        assertThat(next.headers()).as("the session goes on").doesNotContainKey("set-cookie");
      }
    }
  }

  @Test
  void callsInFlight_atTheLimit_areAnsweredWith503_namingThePolicy() throws Exception {
    Backend slow = open(Backend.plaintext("slow").holding());
    ClusterPolicy policy =
        new ClusterPolicy(
            "DestinationRule/default/orders",
            Balancing.DEFAULT,
            new Limits(1, 0, Limits.DEFAULT_BUDGET_PERCENT, Limits.DEFAULT_MIN_RETRIES),
            null,
            ClusterPolicy.DEFAULT_PANIC_PERCENT);
    routes.route(
        "orders",
        TestRoutes.to(TestRoutes.cluster("orders", policy, slow.endpoint())),
        RoutePolicy.DEFAULT);
    CompletableFuture<Answer> running = start("http://orders/");
    Await.until("request at the backend", () -> !slow.received().isEmpty());

    Answer answer = get("http://orders/");

    assertThat(answer.status()).isEqualTo(503);
    assertThat(answer.headers())
        .containsEntry(Reply.DECIDED_BY_HEADER, "DestinationRule/default/orders");
    slow.only();
    running.cancel(true);
  }

  @Test
  void endpoint_errorsInARow_isEjected() throws Exception {
    Backend broken = open(Backend.plaintext("broken").answering(500));
    Backend orders = open(Backend.plaintext("orders"));
    ClusterPolicy policy =
        new ClusterPolicy(
            "DestinationRule/default/orders",
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
        "orders",
        TestRoutes.to(TestRoutes.cluster("orders", policy, broken.endpoint(), orders.endpoint())),
        RoutePolicy.DEFAULT);

    for (int i = 0; i < 20; i++) {
      get("http://orders/");
    }

    assertThat(broken.received()).hasSize(3);
    assertThat(orders.received()).hasSize(17);
  }

  @Test
  void serviceThatFails_isLeftAlone_namingThePolicy_andCalledAgainWhenItIsWell() throws Exception {
    Backend broken = open(Backend.plaintext("broken").answering(500));
    routes.route(
        "orders", TestRoutes.to(breaking(Duration.ofHours(1), broken)), RoutePolicy.DEFAULT);
    assertThat(get("http://orders/").status()).isEqualTo(500);
    assertThat(start("http://orders/").get(10, TimeUnit.SECONDS).status()).isEqualTo(500);

    Answer answer = get("http://orders/");

    assertThat(answer.status()).isEqualTo(503);
    assertThat(answer.headers()).containsEntry(Reply.DECIDED_BY_HEADER, BREAKER);
    assertThat(start("http://orders/").get(10, TimeUnit.SECONDS).status()).isEqualTo(503);
    assertThat(broken.received()).hasSize(2);

    routes.route(
        "orders", TestRoutes.to(breaking(Duration.ofMillis(50), broken)), RoutePolicy.DEFAULT);
    Await.until("an open breaker", () -> status("http://orders/") == 503);
    broken.answering(200);
    Await.until("a closed breaker", () -> status("http://orders/") == 200);
    assertThat(status("http://orders/")).isEqualTo(200);
  }

  private static final String BREAKER = "ResiliencePolicy/default/orders";

  /** Opens when two calls in a row failed. */
  private static Cluster breaking(Duration open, Backend backend) {
    Breaker breaker =
        new Breaker(
            BREAKER, TimeUnit.SECONDS.toNanos(60), 2, 100, 0, 100, open.toNanos(), /* half= */ 1);
    ClusterPolicy policy =
        new ClusterPolicy(
            "DestinationRule/default/orders",
            Balancing.DEFAULT,
            Limits.DEFAULT,
            null,
            ClusterPolicy.DEFAULT_PANIC_PERCENT,
            /* localityWeighted= */ false,
            breaker,
            null);
    return TestRoutes.cluster("orders", policy, backend.endpoint());
  }

  private int status(String url) {
    try {
      return get(url).status();
    } catch (IOException | InterruptedException e) {
      throw new AssertionError(url, e);
    }
  }

  @Test
  void timeoutOfRoute_isToldToTheServer() throws Exception {
    Backend orders = open(Backend.plaintext("orders"));
    routes.host("orders", Rules.attemptTimeoutMillis(60_000), orders.endpoint());

    get("http://orders/");

    assertThat(orders.only().header("x-envoy-expected-rq-timeout-ms")).isEqualTo("60000");
  }

  @Test
  void deadlineOfTheServedCall_boundsTheCallsMadeForIt() throws Exception {
    Backend slow = open(Backend.plaintext("slow").holding());
    routes.host("orders", slow.endpoint());
    long deadline = System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(200);
    CallContext before = new CallContext(null, deadline, null).attach();
    try {
      CompletableFuture<Answer> running = start("http://orders/");
      assertThat(get("http://orders/").status()).isEqualTo(504);
      assertThat(running.get(10, TimeUnit.SECONDS).status()).isEqualTo(504);
    } finally {
      CallContext.restore(before);
    }
    assertThat(System.nanoTime()).isGreaterThanOrEqualTo(deadline);
  }
}
