package io.endomesh.dataplane.conformance;

import static org.assertj.core.api.Assertions.assertThat;

import io.endomesh.dataplane.cluster.Balancing;
import io.endomesh.dataplane.cluster.Cluster;
import io.endomesh.dataplane.cluster.Endpoint;
import java.util.HashSet;
import java.util.Set;
import org.assertj.core.data.Offset;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

@DisplayName("Round robin")
class RoundRobinTest extends Conformance {

  private static final Balancing ROUND_ROBIN = new Balancing.RoundRobin(null);

  @Test
  @DisplayName(
      "endpoints take turns: of as many calls in a row as there are endpoints, each gets one"
          + " (Envoy ROUND_ROBIN)")
  void turns() {
    Cluster cluster = balanced(ROUND_ROBIN, endpoints(7));
    for (int round = 0; round < 10; round++) {
      assertThat(spread(cluster, 7))
          .allSatisfy((endpoint, count) -> assertThat(count).isEqualTo(1));
    }
  }

  @Test
  @DisplayName(
      "an endpoint of weight 3 has three of six turns, and at most two in a row (smooth weighted"
          + " round robin)")
  void weights_areSpread() {
    Endpoint heavy = endpoint(1, 3, 0);
    Cluster cluster = balanced(ROUND_ROBIN, heavy, endpoint(2, 1, 0), endpoint(3, 2, 0));
    assertThat(spread(cluster, 600)).containsEntry(heavy, 300);
    int inARow = 0;
    for (int i = 0; i < 60; i++) {
      inARow = pick(cluster) == heavy ? inARow + 1 : 0;
      assertThat(inARow).isLessThanOrEqualTo(2);
    }
  }

  @Test
  @DisplayName("clients begin with different endpoints, so that none is hit by all at once")
  void start() {
    Set<Endpoint> first = new HashSet<>();
    Endpoint[] ten = endpoints(10);
    for (int i = 0; i < 500; i++) {
      first.add(pick(balanced(ROUND_ROBIN, ten)));
    }
    // That one of ten is missing is as likely as 1 in 10^21.
    assertThat(first).hasSize(10);
  }

  @Test
  @DisplayName("weights whose order would be too long are rounded by less than 1 in 1,000")
  void weights_huge() {
    Endpoint heavy = endpoint(1, 1_000_003, 0);
    Cluster cluster = balanced(ROUND_ROBIN, heavy, endpoint(2, 1_000_000, 0));
    int count = spread(cluster, 40_000).get(heavy);
    assertThat(count / 40_000.0).isCloseTo(0.5, Offset.offset(0.001));
  }
}
