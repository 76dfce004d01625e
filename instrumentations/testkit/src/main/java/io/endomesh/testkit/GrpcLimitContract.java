package io.endomesh.testkit;

import static org.assertj.core.api.Assertions.assertThat;

import io.endomesh.dataplane.CallContext;
import io.endomesh.dataplane.cluster.Balancing;
import io.endomesh.dataplane.cluster.Breaker;
import io.endomesh.dataplane.cluster.Cluster;
import io.endomesh.dataplane.cluster.ClusterPolicy;
import io.endomesh.dataplane.cluster.Limits;
import io.endomesh.dataplane.cluster.OutlierDetection;
import io.endomesh.dataplane.route.RoutePolicy;
import io.endomesh.testkit.GrpcUnderTest.Answer;
import io.endomesh.testkit.GrpcUnderTest.Running;
import io.endomesh.testkit.TestRoutes.Rules;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

/** How long a call may take, and how many there may be. */
abstract class GrpcLimitContract extends GrpcRetryContract {

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
  void serviceThatFails_isLeftAlone_namingThePolicy_andCalledAgainWhenItIsWell() {
    one.answering(UNAVAILABLE);
    routes.route(TARGET, TestRoutes.to(breaking(Duration.ofHours(1))), RoutePolicy.DEFAULT);
    assertThat(client.unary("hello").decidedBy()).isNull();
    assertThat(client.unary("hello").decidedBy()).isNull();

    Answer answer = client.unary("hello");

    assertThat(answer.status()).isEqualTo(UNAVAILABLE);
    assertThat(answer.decidedBy()).isEqualTo(BREAKER);
    assertThat(one.calls()).hasSize(2);

    routes.route(TARGET, TestRoutes.to(breaking(Duration.ofMillis(50))), RoutePolicy.DEFAULT);
    Await.until("an open breaker", () -> BREAKER.equals(client.unary("hello").decidedBy()));
    one.answering(OK);
    Await.until("a closed breaker", () -> client.unary("hello").status() == OK);
    assertThat(client.unary("hello").status()).isEqualTo(OK);
  }

  private static final String BREAKER = "ResiliencePolicy/default/inventory";

  /** Opens when two calls in a row failed. */
  private Cluster breaking(Duration open) {
    Breaker breaker =
        new Breaker(
            BREAKER, TimeUnit.SECONDS.toNanos(60), 2, 100, 0, 100, open.toNanos(), /* half= */ 1);
    ClusterPolicy policy =
        new ClusterPolicy(
            "DestinationRule/default/inventory",
            Balancing.DEFAULT,
            Limits.DEFAULT,
            null,
            ClusterPolicy.DEFAULT_PANIC_PERCENT,
            /* localityWeighted= */ false,
            breaker,
            null);
    return TestRoutes.cluster(TARGET, policy, plaintext(one));
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
}
