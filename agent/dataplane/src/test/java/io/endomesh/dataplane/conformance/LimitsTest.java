package io.endomesh.dataplane.conformance;

import static org.assertj.core.api.Assertions.assertThat;

import io.endomesh.dataplane.Attempt;
import io.endomesh.dataplane.Reply;
import io.endomesh.dataplane.cluster.Balancing;
import io.endomesh.dataplane.cluster.Cluster;
import io.endomesh.dataplane.cluster.Limits;
import io.endomesh.dataplane.route.RetryPolicy;
import io.endomesh.dataplane.route.RoutePolicy;
import java.io.IOException;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

@DisplayName("Limits")
class LimitsTest extends Conformance {

  @Test
  @DisplayName(
      "without a policy nothing is limited (Istio: a limit nobody set turns a roll-out into an"
          + " outage)")
  void none() {
    publish(RoutePolicy.DEFAULT);
    for (int i = 0; i < 10_000; i++) {
      assertThat(begin().next()).isInstanceOf(Attempt.class);
    }
  }

  @Test
  @DisplayName(
      "beyond the limit of calls in flight a call is answered at once with 503, naming the policy"
          + " (Envoy Thresholds.max_requests)")
  void maxRequests() {
    publish(limited(2), RetryPolicy.SAFE);
    Attempt first = attempt(begin());
    attempt(begin());
    Reply reply = reply(begin());
    assertThat(reply.status()).isEqualTo(503);
    assertThat(reply.grpcStatus()).isEqualTo(Reply.GRPC_UNAVAILABLE);
    assertThat(reply.decidedBy()).isEqualTo("DestinationRule/shop/orders");
    assertThat(reply.message()).contains("2 calls to orders are in flight");
    respond(first, 200);
    assertThat(begin().next()).isInstanceOf(Attempt.class);
  }

  @Test
  @DisplayName("a limit outlives a change of the configuration: calls in flight stay counted")
  void maxRequests_nextSnapshot() {
    Cluster before = limited(1);
    publish(before, RetryPolicy.SAFE);
    attempt(begin());
    publish(
        new Cluster("orders", "orders", before.endpoints(), before.policy(), before.load()),
        RetryPolicy.SAFE);
    assertThat(begin().next()).isInstanceOf(Reply.class);
  }

  @ParameterizedTest
  @ValueSource(strings = {"responded", "failed", "abandoned", "twice"})
  @DisplayName("an attempt counts until it ends, in whatever way, and once")
  void attempts_end(String how) {
    publish(limited(1), RetryPolicy.NONE);
    Attempt attempt = attempt(begin());
    assertThat(attempt.cluster().load().active()).isEqualTo(1);
    switch (how) {
      case "responded" -> respond(attempt, 200);
      case "failed" -> attempt.failed(new IOException("reset"), true);
      case "abandoned" -> attempt.abandoned(null);
      default -> {
        respond(attempt, 200);
        attempt.abandoned(null);
      }
    }
    assertThat(attempt.cluster().load().active()).isZero();
    assertThat(attempt.endpoint().load().inFlight()).isZero();
  }

  private Cluster limited(int maxRequests) {
    return cluster(Balancing.DEFAULT, new Limits(maxRequests, 0, 20, 3), null, one, two);
  }
}
