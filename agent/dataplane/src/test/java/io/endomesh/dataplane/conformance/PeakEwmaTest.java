package io.endomesh.dataplane.conformance;

import static org.assertj.core.api.Assertions.assertThat;

import io.endomesh.dataplane.Outcome;
import io.endomesh.dataplane.cluster.Balancing;
import io.endomesh.dataplane.cluster.Cluster;
import io.endomesh.dataplane.cluster.Endpoint;
import java.time.Duration;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

@DisplayName("Peak EWMA")
class PeakEwmaTest extends Conformance {

  private static final Balancing PEAK_EWMA = new Balancing.PeakEwma();

  private final Cluster cluster = balanced(PEAK_EWMA, one, two);

  @Test
  @DisplayName(
      "of two endpoints the one that answers sooner is taken (Finagle P2CPeakEwma, Linkerd)")
  void sooner() {
    answered(one, 100);
    answered(two, 50);
    assertOnly(two);
  }

  @Test
  @DisplayName(
      "latency is multiplied by the calls in flight: a fast endpoint with many is passed over")
  void sooner_withCallsInFlight() {
    answered(one, 100);
    answered(two, 60);
    two.load().begin();
    assertOnly(one);
  }

  @Test
  @DisplayName("a slow answer counts at once")
  void peak() {
    answered(one, 100);
    answered(two, 60);
    answered(two, 1_000);
    assertOnly(one);
  }

  @Test
  @DisplayName("an endpoint that has not answered yet counts as 30 ms (Linkerd's default RTT)")
  void unknown() {
    answered(one, 31);
    assertOnly(two);
  }

  @Test
  @DisplayName(
      "a slow answer fades over 10 s, so that an endpoint nobody asks is asked again (Linkerd's"
          + " DEFAULT_DECAY)")
  void decay() {
    answered(one, 1_000);
    answered(two, 100);
    assertOnly(two);
    clock.advance(Duration.ofSeconds(20));
    answered(two, 140);
    // 1,000 ms after 20 s are 135 ms.
    assertOnly(one);
  }

  @Test
  @DisplayName("endpoints that are equally fast get equal shares, to six standard deviations")
  void spread_isEven() {
    spread(balanced(PEAK_EWMA, endpoints(10)), 100_000)
        .forEach((endpoint, count) -> assertShare(count, 100_000, 0.1));
  }

  private void answered(Endpoint endpoint, long latencyMillis) {
    Outcome outcome = new Outcome(200, Outcome.NOT_GRPC, null, millis(latencyMillis));
    cluster.outcome(endpoint, outcome, /* sent= */ true, clock.getAsLong());
  }

  private void assertOnly(Endpoint endpoint) {
    for (int i = 0; i < 100; i++) {
      assertThat(pick(cluster)).isSameAs(endpoint);
    }
  }
}
