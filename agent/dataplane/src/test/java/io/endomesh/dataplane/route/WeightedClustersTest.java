package io.endomesh.dataplane.route;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.endomesh.dataplane.TestMesh;
import io.endomesh.dataplane.cluster.Cluster;
import java.util.List;
import org.assertj.core.data.Offset;
import org.junit.jupiter.api.Test;

class WeightedClustersTest {

  private final Cluster a = TestMesh.cluster("a");
  private final Cluster b = TestMesh.cluster("b");

  @Test
  void pick_followsTheWeights() {
    WeightedClusters split = WeightedClusters.of(List.of(a, b), List.of(90, 10));
    int draws = 100_000;
    int onB = 0;
    for (int i = 0; i < draws; i++) {
      onB += split.pick() == b ? 1 : 0;
    }
    // Binomial with a standard deviation of 0.095 points: 1 point is ten of them.
    assertThat(100.0 * onB / draws).isCloseTo(10, Offset.offset(1.0));
  }

  @Test
  void pick_weightZero_isNeverChosen() {
    WeightedClusters split = WeightedClusters.of(List.of(a, b), List.of(0, 5));
    for (int i = 0; i < 1_000; i++) {
      assertThat(split.pick()).isSameAs(b);
    }
  }

  @Test
  void of_allWeightsZero_isRefused() {
    assertThatThrownBy(() -> WeightedClusters.of(List.of(a, b), List.of(0, 0)))
        .hasMessage("sum of weights: 0 (expected: > 0)");
  }

  @Test
  void of_negativeWeight_isRefused() {
    assertThatThrownBy(() -> WeightedClusters.of(List.of(a), List.of(-1)))
        .hasMessage("weight: -1 (expected: >= 0)");
  }

  @Test
  void of_weightsBeyondAnInt_areRefused() {
    assertThatThrownBy(() -> WeightedClusters.of(List.of(a, b), List.of(Integer.MAX_VALUE, 1)))
        .isInstanceOf(ArithmeticException.class);
  }
}
