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
    WeightedClusters split = split(90, 10);
    int draws = 100_000;
    int onB = 0;
    for (int i = 0; i < draws; i++) {
      onB += split.pick().cluster() == b ? 1 : 0;
    }
    // Binomial with a standard deviation of 0.095 points: 1 point is ten of them.
    assertThat(100.0 * onB / draws).isCloseTo(10, Offset.offset(1.0));
  }

  @Test
  void pick_weightZero_isNeverChosen() {
    WeightedClusters split = split(0, 5);
    for (int i = 0; i < 1_000; i++) {
      assertThat(split.pick().cluster()).isSameAs(b);
    }
  }

  @Test
  void of_allWeightsZero_isRefused() {
    assertThatThrownBy(() -> split(0, 0)).hasMessage("sum of weights: 0 (expected: > 0)");
  }

  @Test
  void of_negativeWeight_isRefused() {
    assertThatThrownBy(() -> split(1, -1)).hasMessage("weight: -1 (expected: >= 0)");
  }

  @Test
  void of_weightsBeyondAnInt_areRefused() {
    assertThatThrownBy(() -> split(Integer.MAX_VALUE, 1)).isInstanceOf(ArithmeticException.class);
  }

  private WeightedClusters split(int toA, int toB) {
    return WeightedClusters.of(
        List.of(new WeightedClusters.Target(a, toA), new WeightedClusters.Target(b, toB)));
  }
}
