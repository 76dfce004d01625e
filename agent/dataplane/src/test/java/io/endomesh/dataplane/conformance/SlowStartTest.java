package io.endomesh.dataplane.conformance;

import static org.assertj.core.api.Assertions.assertThat;

import io.endomesh.dataplane.TestMesh;
import io.endomesh.dataplane.cluster.Balancing;
import io.endomesh.dataplane.cluster.Cluster;
import io.endomesh.dataplane.cluster.Endpoint;
import io.endomesh.dataplane.cluster.Load;
import io.endomesh.dataplane.cluster.SlowStart;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.Map;
import org.assertj.core.data.Offset;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

@DisplayName("Slow start")
class SlowStartTest extends Conformance {

  private static final int DRAWS = 50_000;
  private static final SlowStart MINUTE = new SlowStart(seconds(60), 1, 10);

  private final Endpoint old = TestMesh.endpoint(1);

  @ParameterizedTest
  @CsvSource({"0, 0.1", "3, 0.1", "30, 0.5", "45, 0.75", "60, 1", "3600, 1"})
  @DisplayName(
      "a new endpoint gets 10 % of its share at first and all of it after the window, growing"
          + " evenly (Envoy SlowStartConfig: min_weight_percent 10, aggression 1)")
  void leastRequest(long ageSeconds, double factor) {
    Endpoint young = appeared();
    Cluster cluster = balanced(new Balancing.LeastRequest(2, MINUTE), old, young);
    clock.advance(Duration.ofSeconds(ageSeconds));
    assertShare(spread(cluster, DRAWS).get(young), DRAWS, 0.5 * factor);
  }

  @Test
  @DisplayName("by round robin a new endpoint loses turns to the next (Envoy)")
  void roundRobin() {
    Endpoint young = appeared();
    Cluster cluster = balanced(new Balancing.RoundRobin(MINUTE), old, young);
    clock.advance(Duration.ofSeconds(30));
    // Half its weight against a whole one.
    assertThat(spread(cluster, DRAWS).get(young) / (double) DRAWS)
        .isCloseTo(1 / 3.0, Offset.offset(0.02));
  }

  @Test
  @DisplayName("a higher aggression gives more at first (Envoy SlowStartConfig.aggression)")
  void aggression() {
    Endpoint young = appeared();
    SlowStart eager = new SlowStart(seconds(60), 2, 10);
    Cluster cluster = balanced(new Balancing.LeastRequest(2, eager), old, young);
    clock.advance(Duration.ofSeconds(15));
    // A quarter of the time, to the power of 1/2.
    assertShare(spread(cluster, DRAWS).get(young), DRAWS, 0.5 * 0.5);
  }

  @Test
  @DisplayName("a busy cluster does not fall upon a new endpoint because it is idle")
  void leastRequest_busy() {
    Endpoint young = appeared();
    Cluster cluster = balanced(new Balancing.LeastRequest(2, MINUTE), old, young);
    for (int i = 0; i < 100; i++) {
      old.load().begin();
    }
    // Drawn either first or second, it takes part one time in ten, and then it wins.
    assertShare(spread(cluster, DRAWS).get(young), DRAWS, 0.1);
  }

  @Test
  @DisplayName(
      "endpoints that were there from the start, and all without a policy, get their share at once")
  void none() {
    Endpoint young = appeared();
    assertShare(spread(balanced(Balancing.DEFAULT, old, young), DRAWS).get(young), DRAWS, 0.5);
  }

  private Endpoint appeared() {
    return new Endpoint(
        new InetSocketAddress("127.0.0.1", 2), null, Map.of(), 1, new Load(clock.getAsLong()));
  }
}
