package io.endomesh.dataplane.conformance;

import static org.assertj.core.api.Assertions.assertThat;

import io.endomesh.dataplane.Reply;
import io.endomesh.dataplane.TestMesh;
import io.endomesh.dataplane.cluster.Balancing;
import io.endomesh.dataplane.cluster.Cluster;
import io.endomesh.dataplane.cluster.ClusterPolicy;
import io.endomesh.dataplane.cluster.Endpoint;
import io.endomesh.dataplane.cluster.Limits;
import io.endomesh.dataplane.cluster.OutlierDetection;
import io.endomesh.dataplane.route.RetryPolicy;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

@DisplayName("Priorities")
class PrioritiesTest extends Conformance {

  private static final int DRAWS = 20_000;

  private final List<Endpoint> first = level(0);
  private final List<Endpoint> second = level(1);

  @Test
  @DisplayName(
      "while all of the first priority are healthy, no other is used (Envoy priority levels)")
  void first_takesAll() {
    assertThat(onSecond(cluster(50))).isZero();
  }

  @ParameterizedTest
  @CsvSource({"1, 0", "2, 0", "3, 0.02", "5, 0.3", "7, 0.58", "9, 0.86", "10, 1"})
  @DisplayName(
      "a priority takes calls up to 1.4 times its healthy share, the next takes the rest, to six"
          + " standard deviations (Envoy overprovisioning_factor 140)")
  void failover(int ejected, double share) {
    Cluster cluster = cluster(50);
    eject(cluster, first, ejected);
    int count = onSecond(cluster);
    if (share == 0 || share == 1) {
      assertThat(count).isEqualTo((int) share * DRAWS);
    } else {
      assertShare(count, DRAWS, share);
    }
  }

  @Test
  @DisplayName(
      "with five of seven healthy the first priority still takes all calls: 1.4 times 5/7 is 1")
  void failover_rounding() {
    List<Endpoint> seven = first.subList(0, 7);
    List<Endpoint> all = new ArrayList<>(seven);
    all.addAll(second);
    Cluster cluster = cluster(50, all);
    eject(cluster, seven, 2);
    assertThat(onSecond(cluster)).isZero();
  }

  @Test
  @DisplayName(
      "nobody panics as long as other priorities can take the calls: ejected endpoints get none"
          + " (Envoy: panic thresholds are ignored at 100 % total availability)")
  void panic_notWhileOthersCan() {
    Cluster cluster = cluster(50);
    eject(cluster, first, 9);
    Map<Endpoint, Integer> counts = spread(cluster, DRAWS);
    for (Endpoint ejected : first.subList(0, 9)) {
      assertThat(counts).containsEntry(ejected, 0);
    }
    assertShare(counts.get(first.get(9)), DRAWS, 0.14);
  }

  @Test
  @DisplayName(
      "with less than half of the only priority healthy, ejections are ignored: the few left"
          + " would not survive the load of all (Envoy healthy_panic_threshold 50)")
  void panic() {
    Cluster cluster = cluster(50, first);
    eject(cluster, first, 5);
    assertThat(spread(cluster, DRAWS)).containsEntry(first.get(0), 0);
    eject(cluster, first, 6);
    spread(cluster, DRAWS).forEach((endpoint, count) -> assertShare(count, DRAWS, 0.1));
  }

  @Test
  @DisplayName(
      "without a panic threshold, ejections are never ignored: if all are ejected the answer is"
          + " 503, and it says so (Istio: threshold 0 with outlier detection)")
  void panic_disabled() {
    Cluster cluster = cluster(0, first);
    eject(cluster, first, 10);
    publish(cluster, RetryPolicy.SAFE);
    Reply reply = reply(begin());
    assertThat(reply.status()).isEqualTo(503);
    assertThat(reply.message()).contains("all were ejected");
  }

  @Test
  @DisplayName(
      "with no healthy endpoint anywhere, all of the first priority are used rather than none")
  void panic_everywhere() {
    Cluster cluster = cluster(50);
    eject(cluster, first, 10);
    eject(cluster, second, 10);
    Map<Endpoint, Integer> counts = spread(cluster, DRAWS);
    first.forEach(endpoint -> assertShare(counts.get(endpoint), DRAWS, 0.1));
  }

  private int onSecond(Cluster cluster) {
    Map<Endpoint, Integer> counts = spread(cluster, DRAWS);
    return second.stream().mapToInt(counts::get).sum();
  }

  private void eject(Cluster cluster, List<Endpoint> level, int count) {
    for (Endpoint endpoint : level.subList(0, count)) {
      outcomes(cluster, endpoint, 1, answer(500));
      assertThat(endpoint.load().health().ejected()).isTrue();
    }
  }

  private Cluster cluster(int panicPercent) {
    List<Endpoint> both = new ArrayList<>(first);
    both.addAll(second);
    return cluster(panicPercent, both);
  }

  private static Cluster cluster(int panicPercent, List<Endpoint> endpoints) {
    OutlierDetection atOnce =
        new OutlierDetection(1, 0, 0, seconds(10), seconds(30), seconds(300), 100, null, null);
    ClusterPolicy policy =
        new ClusterPolicy("p", Balancing.DEFAULT, Limits.DEFAULT, atOnce, panicPercent);
    return TestMesh.cluster("orders", policy, endpoints.toArray(Endpoint[]::new));
  }

  private static List<Endpoint> level(int priority) {
    List<Endpoint> level = new ArrayList<>();
    for (int i = 0; i < 10; i++) {
      level.add(endpoint(100 * priority + i + 1, 1, priority));
    }
    return level;
  }
}
