package io.endomesh.dataplane.conformance;

import static org.assertj.core.api.Assertions.assertThat;

import io.endomesh.dataplane.cluster.Balancing;
import io.endomesh.dataplane.cluster.Cluster;
import io.endomesh.dataplane.cluster.Endpoint;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

@DisplayName("Weights")
class WeightsTest extends Conformance {

  private static final int DRAWS = 50_000;

  private final Endpoint heavy = endpoint(1, 4, 0);
  private final Endpoint light = endpoint(2, 1, 0);

  @ParameterizedTest
  @ValueSource(strings = {"least request", "random", "round robin"})
  @DisplayName(
      "an idle client spreads its calls by weight, to six standard deviations (Envoy"
          + " load_balancing_weight)")
  void share(String name) {
    Balancing balancing =
        switch (name) {
          case "least request" -> Balancing.DEFAULT;
          case "random" -> new Balancing.Random();
          default -> new Balancing.RoundRobin(null);
        };
    assertShare(spread(balanced(balancing, heavy, light), DRAWS).get(heavy), DRAWS, 0.8);
  }

  @Test
  @DisplayName(
      "by least request, four calls in flight weigh on an endpoint of weight 4 as one on an"
          + " endpoint of weight 1")
  void leastRequest_inFlight() {
    Cluster cluster = balanced(Balancing.DEFAULT, heavy, light);
    light.load().begin();
    for (int i = 0; i < 3; i++) {
      heavy.load().begin();
      assertThat(spread(cluster, 100)).containsEntry(heavy, 100);
    }
    heavy.load().begin();
    assertShare(spread(cluster, DRAWS).get(heavy), DRAWS, 0.8);
    heavy.load().begin();
    assertThat(spread(cluster, 100)).containsEntry(light, 100);
  }

  @Test
  @DisplayName("by peak EWMA, an endpoint of weight 4 is expected to answer four times as soon")
  void peakEwma() {
    Cluster cluster = balanced(new Balancing.PeakEwma(), heavy, light);
    for (int i = 0; i < 2; i++) {
      heavy.load().begin();
    }
    assertThat(spread(cluster, 100)).containsEntry(heavy, 100);
  }
}
