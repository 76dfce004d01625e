package io.endomesh.dataplane.conformance;

import static org.assertj.core.api.Assertions.assertThat;

import io.endomesh.dataplane.Attempt;
import io.endomesh.dataplane.Call;
import io.endomesh.dataplane.TestMesh;
import io.endomesh.dataplane.cluster.Balancing;
import io.endomesh.dataplane.cluster.Cluster;
import io.endomesh.dataplane.cluster.ClusterPolicy;
import io.endomesh.dataplane.cluster.Endpoint;
import io.endomesh.dataplane.cluster.Limits;
import io.endomesh.dataplane.cluster.Load;
import io.endomesh.dataplane.cluster.Locality;
import io.endomesh.dataplane.cluster.OutlierDetection;
import io.endomesh.dataplane.route.RetryPolicy;
import java.net.ConnectException;
import java.net.InetSocketAddress;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

@DisplayName("Locality")
class LocalityTest extends Conformance {

  private static final int DRAWS = 20_000;

  private static final Locality NEAR = new Locality("eu", "eu-1", "");
  private static final Locality FAR = new Locality("eu", "eu-2", "");

  @Test
  @DisplayName(
      "localities share the calls of their priority by their weights, however many endpoints each"
          + " has (Envoy locality weighted load balancing)")
  void weights() {
    Cluster cluster = weighted(Balancing.DEFAULT, at(NEAR, 80, 2), at(FAR, 20, 8));
    assertShare(of(NEAR, spread(cluster, DRAWS)), DRAWS, 0.8);
  }

  @Test
  @DisplayName("without locality_weighted_lb_config the weights of localities do not count (Envoy)")
  void weights_notAskedFor() {
    List<Endpoint> all = new ArrayList<>(at(NEAR, 80, 2));
    all.addAll(at(FAR, 20, 8));
    Cluster cluster = balanced(Balancing.DEFAULT, all.toArray(Endpoint[]::new));
    assertShare(of(NEAR, spread(cluster, DRAWS)), DRAWS, 0.2);
  }

  @Test
  @DisplayName("a locality without weight gets no calls (Envoy: load_balancing_weight absent)")
  void weights_none() {
    Cluster cluster = weighted(Balancing.DEFAULT, at(NEAR, 1, 1), at(FAR, 0, 4));
    assertThat(spread(cluster, DRAWS)).hasSize(1);
  }

  @Test
  @DisplayName(
      "what a locality cannot take goes to the others: its weight counts as far as 1.4 times its"
          + " healthy share (Envoy overprovisioning_factor 140)")
  void weights_unhealthy() {
    List<Endpoint> near = at(NEAR, 50, 4);
    Cluster cluster = weighted(Balancing.DEFAULT, near, at(FAR, 50, 4));
    outcomes(cluster, near.get(0), 1, answer(500));
    outcomes(cluster, near.get(1), 1, answer(500));
    // 1.4 * 2/4 = 0.7 of the weight.
    assertShare(of(NEAR, spread(cluster, DRAWS)), DRAWS, 35.0 / 85);
    outcomes(cluster, near.get(2), 1, answer(500));
    outcomes(cluster, near.get(3), 1, answer(500));
    assertThat(of(NEAR, spread(cluster, DRAWS))).isZero();
  }

  @ParameterizedTest
  @ValueSource(booleans = {true, false})
  @DisplayName(
      "balancing by hash keeps to weights of localities as well: they are part of the weights of"
          + " endpoints (Envoy ring hash and Maglev)")
  void weights_byHash(boolean ring) {
    Cluster cluster =
        weighted(
            ring ? new Balancing.RingHash(4096, 8192) : new Balancing.Maglev(65_537),
            at(NEAR, 80, 2),
            at(FAR, 20, 8));
    double share = of(NEAR, spread(cluster, DRAWS)) / (double) DRAWS;
    assertThat(share).isBetween(0.75, 0.85);
  }

  @Test
  @DisplayName(
      "a retry goes on to the next priority when all of its own were tried, so that a locality of"
          + " one endpoint is no trap (Envoy previous_priorities)")
  void retry_leavesThePriority() {
    Endpoint near = endpoint(1, 1, 0);
    Endpoint far = endpoint(2, 1, 1);
    publish(TestMesh.cluster("orders", near, far), TestMesh.retrying(1, 503));
    Call call = begin();
    Attempt first = attempt(call);
    assertThat(first.endpoint()).isEqualTo(near);
    assertThat(respond(first, 503)).isNotNegative();
    assertThat(attempt(call).endpoint()).isEqualTo(far);
  }

  @Test
  @DisplayName(
      "calls leave a locality whose endpoints refuse connections at once, also before outlier"
          + " detection ejects them")
  void refused_leavesThePriority() {
    Endpoint near = endpoint(1, 1, 0);
    Endpoint far = endpoint(2, 1, 1);
    publish(TestMesh.cluster("orders", near, far), RetryPolicy.SAFE);
    Call call = begin();
    attempt(call).failed(new ConnectException("refused"), /* sent= */ false);
    assertThat(attempt(call).endpoint()).isEqualTo(far);
    assertThat(attempt(begin()).endpoint()).isEqualTo(far);
  }

  @Test
  @DisplayName("a retry prefers an endpoint not tried, of whichever locality of its priority")
  void retry_acrossLocalities() {
    Endpoint near = at(NEAR, 99, 1).get(0);
    Endpoint far = at(FAR, 1, 1).get(0);
    Cluster cluster = weighted(Balancing.DEFAULT, List.of(near), List.of(far));
    Set<Endpoint> retried = new HashSet<>();
    for (int i = 0; i < 100; i++) {
      retried.add(cluster.pick(new Endpoint[] {near}, random.nextLong(), clock.getAsLong()));
    }
    assertThat(retried).containsExactly(far);
  }

  private static int of(Locality locality, Map<Endpoint, Integer> counts) {
    return counts.entrySet().stream()
        .filter(entry -> entry.getKey().locality().equals(locality))
        .mapToInt(Map.Entry::getValue)
        .sum();
  }

  private static Cluster weighted(Balancing balancing, List<Endpoint> one, List<Endpoint> other) {
    OutlierDetection atOnce =
        new OutlierDetection(1, 0, 0, seconds(10), seconds(30), seconds(300), 100, null, null);
    ClusterPolicy policy =
        new ClusterPolicy(
            "p", balancing, Limits.DEFAULT, atOnce, 0, /* localityWeighted= */ true, null, null);
    List<Endpoint> all = new ArrayList<>(one);
    all.addAll(other);
    return TestMesh.cluster("orders", policy, all.toArray(Endpoint[]::new));
  }

  private static List<Endpoint> at(Locality locality, int weight, int count) {
    List<Endpoint> endpoints = new ArrayList<>();
    for (int i = 1; i <= count; i++) {
      endpoints.add(
          new Endpoint(
              new InetSocketAddress("127.0.0.1", (locality == NEAR ? 100 : 200) + i),
              null,
              Map.of(),
              1,
              0,
              locality,
              weight,
              null,
              new Load()));
    }
    return endpoints;
  }
}
