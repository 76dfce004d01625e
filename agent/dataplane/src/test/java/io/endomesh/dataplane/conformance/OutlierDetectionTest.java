package io.endomesh.dataplane.conformance;

import static org.assertj.core.api.Assertions.assertThat;

import io.endomesh.dataplane.Outcome;
import io.endomesh.dataplane.TestMesh;
import io.endomesh.dataplane.cluster.Balancing;
import io.endomesh.dataplane.cluster.Cluster;
import io.endomesh.dataplane.cluster.ClusterPolicy;
import io.endomesh.dataplane.cluster.Endpoint;
import io.endomesh.dataplane.cluster.Limits;
import io.endomesh.dataplane.cluster.OutlierDetection;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

@DisplayName("Outlier detection")
class OutlierDetectionTest extends Conformance {

  private final Endpoint[] ten = endpoints(10);
  private final Endpoint bad = ten[0];

  @Test
  @DisplayName("nobody is ejected without a policy (Envoy, Istio: off)")
  void off() {
    Cluster cluster = TestMesh.cluster("orders", ten);
    outcomes(cluster, bad, 1_000, answer(500));
    assertThat(ejected()).isZero();
  }

  @ParameterizedTest
  @CsvSource({"500, true", "503, true", "599, true", "499, false", "429, false", "200, false"})
  @DisplayName(
      "an endpoint that fails five times in a row is ejected for 30 s (Envoy consecutive_5xx,"
          + " base_ejection_time)")
  void consecutive5xx(int status, boolean counts) {
    Cluster cluster = cluster(defaults(100));
    outcomes(cluster, bad, 4, answer(status));
    assertThat(ejected()).isZero();
    outcomes(cluster, bad, 1, answer(status));
    assertThat(bad.load().health().ejected()).isEqualTo(counts);
    clock.advance(Duration.ofSeconds(29));
    tick(cluster);
    assertThat(bad.load().health().ejected()).isEqualTo(counts);
    clock.advance(Duration.ofSeconds(11));
    tick(cluster);
    assertThat(bad.load().health().ejected()).isFalse();
  }

  @Test
  @DisplayName("one success in between starts the count anew (Envoy consecutive_5xx)")
  void consecutive_isInARow() {
    Cluster cluster = cluster(defaults(100));
    for (int i = 0; i < 10; i++) {
      outcomes(cluster, bad, 4, answer(500));
      outcomes(cluster, bad, 1, answer(200));
    }
    assertThat(ejected()).isZero();
  }

  @Test
  @DisplayName("no answer counts as an error (Envoy: local origin errors are 5xx unless split)")
  void consecutive_noAnswer() {
    Cluster cluster = cluster(defaults(100));
    outcomes(cluster, bad, 5, broken());
    assertThat(bad.load().health().ejected()).isTrue();
  }

  @Test
  @DisplayName("a gRPC error counts as an error although its HTTP status is 200 (gRFC A50)")
  void consecutive_grpc() {
    Cluster cluster = cluster(defaults(100));
    outcomes(cluster, bad, 5, new Outcome(200, 14, null, 1));
    assertThat(bad.load().health().ejected()).isTrue();
  }

  @ParameterizedTest
  @CsvSource({"502, true", "503, true", "504, true", "500, false", "501, false"})
  @DisplayName(
      "gateway errors are counted by themselves if asked for (Envoy consecutive_gateway_failure)")
  void gatewayErrors(int status, boolean counts) {
    Cluster cluster = cluster(detection(0, 3, 0, 100));
    outcomes(cluster, bad, 3, answer(status));
    assertThat(bad.load().health().ejected()).isEqualTo(counts);
  }

  @Test
  @DisplayName("another error in between starts the count of gateway errors anew")
  void gatewayErrors_inARow() {
    Cluster cluster = cluster(detection(0, 3, 0, 100));
    outcomes(cluster, bad, 2, answer(503));
    outcomes(cluster, bad, 1, answer(500));
    outcomes(cluster, bad, 2, answer(503));
    assertThat(ejected()).isZero();
  }

  @Test
  @DisplayName(
      "broken connections are counted by themselves if asked for (Envoy"
          + " consecutive_local_origin_failure)")
  void localErrors() {
    Cluster cluster = cluster(detection(0, 0, 3, 100));
    outcomes(cluster, bad, 10, answer(503));
    assertThat(ejected()).isZero();
    outcomes(cluster, bad, 3, broken());
    assertThat(bad.load().health().ejected()).isTrue();
  }

  @Test
  @DisplayName("an ejected endpoint gets no call, and says why it is ejected")
  void ejected_getsNothing() {
    Cluster cluster = cluster(defaults(100));
    outcomes(cluster, bad, 5, answer(500));
    assertThat(spread(cluster, 10_000)).containsEntry(bad, 0);
    assertThat(bad.load().health().why()).isEqualTo("5 errors in a row");
  }

  @Test
  @DisplayName(
      "each further ejection takes 30 s longer, up to 300 s (Envoy base_ejection_time,"
          + " max_ejection_time)")
  void ejectionTime_grows() {
    Cluster cluster = cluster(defaults(100));
    for (int ejection = 1; ejection <= 12; ejection++) {
      outcomes(cluster, bad, 5, answer(500));
      long expected = Math.min(300, 30L * ejection);
      clock.advance(Duration.ofSeconds(expected).minusNanos(1));
      tick(cluster);
      assertThat(bad.load().health().ejected()).isTrue();
      // The next look at all is an interval away.
      clock.advance(Duration.ofSeconds(10));
      tick(cluster);
      assertThat(bad.load().health().ejected()).isFalse();
    }
  }

  @Test
  @DisplayName("each interval without ejection makes the next one shorter again (Envoy)")
  void ejectionTime_shrinks() {
    Cluster cluster = cluster(defaults(100));
    outcomes(cluster, bad, 5, answer(500));
    pass(cluster, 4);
    outcomes(cluster, bad, 5, answer(500));
    pass(cluster, 7);
    assertThat(bad.load().health().ejected()).isFalse();
    // Ejected twice; two good intervals forget both.
    pass(cluster, 2);
    outcomes(cluster, bad, 5, answer(500));
    pass(cluster, 3);
    assertThat(bad.load().health().ejected()).isFalse();
  }

  @ParameterizedTest
  @CsvSource({"10, 1", "30, 3", "50, 5", "100, 10", "0, 1"})
  @DisplayName(
      "no more endpoints are ejected once 10 % are, or as many as the policy says; one always may"
          + " (Envoy max_ejection_percent, gRFC A50)")
  void maxEjectionPercent(int percent, int expected) {
    Cluster cluster = cluster(defaults(percent));
    for (Endpoint endpoint : ten) {
      outcomes(cluster, endpoint, 5, answer(500));
    }
    assertThat(ejected()).isEqualTo(expected);
  }

  @Test
  @DisplayName(
      "of five endpoints or more with 100 calls in an interval, those 1.9 standard deviations"
          + " below the mean success rate are ejected (Envoy success_rate_stdev_factor)")
  void successRate() {
    Cluster cluster = cluster(compared(OutlierDetection.SuccessRate.DEFAULT, null));
    tick(cluster);
    for (Endpoint endpoint : ten) {
      outcomes(cluster, endpoint, 100, answer(200));
    }
    outcomes(cluster, bad, 50, answer(500));
    assertThat(ejected()).isZero();
    pass(cluster, 1);
    assertThat(ejected()).isEqualTo(1);
    assertThat(bad.load().health().ejected()).isTrue();
  }

  @Test
  @DisplayName(
      "success rates are not compared with too few endpoints, or too few calls (Envoy"
          + " success_rate_minimum_hosts 5, success_rate_request_volume 100)")
  void successRate_tooFew() {
    Cluster cluster = cluster(compared(OutlierDetection.SuccessRate.DEFAULT, null));
    tick(cluster);
    for (Endpoint endpoint : List.of(ten[0], ten[1], ten[2], ten[3])) {
      outcomes(cluster, endpoint, 200, answer(endpoint == bad ? 500 : 200));
    }
    for (int i = 4; i < 10; i++) {
      outcomes(cluster, ten[i], 90, answer(200));
    }
    pass(cluster, 1);
    assertThat(ejected()).isZero();
  }

  @Test
  @DisplayName("endpoints that all fail alike are not ejected by success rate")
  void successRate_allAlike() {
    Cluster cluster = cluster(compared(OutlierDetection.SuccessRate.DEFAULT, null));
    tick(cluster);
    for (Endpoint endpoint : ten) {
      outcomes(cluster, endpoint, 60, answer(200));
      outcomes(cluster, endpoint, 60, answer(500));
    }
    pass(cluster, 1);
    assertThat(ejected()).isZero();
  }

  @ParameterizedTest
  @CsvSource({"85, true", "84, false", "100, true"})
  @DisplayName(
      "of five endpoints or more with 50 calls in an interval, those that fail 85 % are ejected"
          + " (Envoy failure_percentage_threshold)")
  void failurePercentage(int failures, boolean ejected) {
    Cluster cluster = cluster(compared(null, OutlierDetection.FailurePercentage.DEFAULT));
    tick(cluster);
    for (int i = 1; i < 10; i++) {
      outcomes(cluster, ten[i], 100, answer(200));
    }
    outcomes(cluster, bad, failures, answer(500));
    outcomes(cluster, bad, 100 - failures, answer(200));
    pass(cluster, 1);
    assertThat(bad.load().health().ejected()).isEqualTo(ejected);
    assertThat(bad.load().health().why())
        .isEqualTo(ejected ? "failures of at least 85 % of its calls" : "");
  }

  @Test
  @DisplayName("each interval counts by itself (Envoy interval 10 s)")
  void interval_startsAnew() {
    Cluster cluster = cluster(compared(null, OutlierDetection.FailurePercentage.DEFAULT));
    tick(cluster);
    for (int interval = 0; interval < 5; interval++) {
      for (Endpoint endpoint : ten) {
        outcomes(cluster, endpoint, 40, answer(endpoint == bad ? 500 : 200));
      }
      pass(cluster, 1);
    }
    assertThat(ejected()).isZero();
  }

  @Test
  @DisplayName(
      "if all are ejected and nobody may panic, they come back in time although no call ends any"
          + " more")
  void readmission_withoutCalls() {
    ClusterPolicy never =
        new ClusterPolicy("p", Balancing.DEFAULT, Limits.DEFAULT, defaults(100), 0);
    Cluster cluster = TestMesh.cluster("orders", never, ten);
    for (Endpoint endpoint : ten) {
      outcomes(cluster, endpoint, 5, answer(500));
    }
    assertThat(cluster.pick(NONE_TRIED, 0, clock.getAsLong())).isNull();
    clock.advance(Duration.ofSeconds(30));
    assertThat(cluster.pick(NONE_TRIED, 0, clock.getAsLong())).isNotNull();
  }

  @Test
  @DisplayName("ejections outlive a change of the configuration, and end with the policy")
  void readmission_whenThePolicyGoes() {
    Cluster cluster = cluster(defaults(100));
    outcomes(cluster, bad, 5, answer(500));
    Cluster same = successor(cluster, cluster.policy());
    assertThat(bad.load().health().ejected()).isTrue();
    assertThat(spread(same, 10_000)).containsEntry(bad, 0);
    successor(same, ClusterPolicy.DEFAULT);
    assertThat(bad.load().health().ejected()).isFalse();
  }

  @Test
  @DisplayName("errors of many threads at once never eject more than the policy says")
  void concurrency() throws InterruptedException {
    Cluster cluster = cluster(defaults(30));
    long now = clock.getAsLong();
    List<Thread> threads = new ArrayList<>();
    for (Endpoint endpoint : ten) {
      Thread thread =
          new Thread(
              () -> {
                for (int i = 0; i < 1_000; i++) {
                  cluster.outcome(endpoint, answer(500), /* sent= */ true, now);
                }
              });
      threads.add(thread);
      thread.start();
    }
    for (Thread thread : threads) {
      thread.join();
    }
    assertThat(ejected()).isEqualTo(3);
  }

  private static Cluster successor(Cluster before, ClusterPolicy policy) {
    return new Cluster("orders", "orders", before.endpoints(), policy, before.load());
  }

  private long ejected() {
    return Arrays.stream(ten).filter(endpoint -> endpoint.load().health().ejected()).count();
  }

  /** Some call ends well. */
  private void tick(Cluster cluster) {
    outcomes(cluster, ten[9], 1, answer(200));
  }

  private void pass(Cluster cluster, int intervals) {
    for (int i = 0; i < intervals; i++) {
      clock.advance(Duration.ofSeconds(10));
      tick(cluster);
    }
  }

  private Cluster cluster(OutlierDetection outliers) {
    return cluster(Balancing.DEFAULT, Limits.DEFAULT, outliers, ten);
  }

  private static OutlierDetection defaults(int maxEjectionPercent) {
    return detection(OutlierDetection.DEFAULT_CONSECUTIVE_5XX, 0, 0, maxEjectionPercent);
  }

  private static OutlierDetection detection(
      int consecutive5xx, int gatewayErrors, int localErrors, int maxEjectionPercent) {
    return new OutlierDetection(
        consecutive5xx,
        gatewayErrors,
        localErrors,
        OutlierDetection.DEFAULT_INTERVAL_NANOS,
        OutlierDetection.DEFAULT_BASE_EJECTION_NANOS,
        OutlierDetection.DEFAULT_MAX_EJECTION_NANOS,
        maxEjectionPercent,
        null,
        null);
  }

  private static OutlierDetection compared(
      OutlierDetection.@Nullable SuccessRate rate,
      OutlierDetection.@Nullable FailurePercentage percentage) {
    return new OutlierDetection(
        0,
        0,
        0,
        OutlierDetection.DEFAULT_INTERVAL_NANOS,
        OutlierDetection.DEFAULT_BASE_EJECTION_NANOS,
        OutlierDetection.DEFAULT_MAX_EJECTION_NANOS,
        OutlierDetection.DEFAULT_MAX_EJECTION_PERCENT,
        rate,
        percentage);
  }
}
