package io.endomesh.dataplane.conformance;

import static org.assertj.core.api.Assertions.assertThat;

import io.endomesh.dataplane.Attempt;
import io.endomesh.dataplane.Call;
import io.endomesh.dataplane.FakeClock;
import io.endomesh.dataplane.Mesh;
import io.endomesh.dataplane.Outcome;
import io.endomesh.dataplane.Reply;
import io.endomesh.dataplane.TestMesh;
import io.endomesh.dataplane.TestRequest;
import io.endomesh.dataplane.cluster.Balancing;
import io.endomesh.dataplane.cluster.Cluster;
import io.endomesh.dataplane.cluster.ClusterPolicy;
import io.endomesh.dataplane.cluster.Endpoint;
import io.endomesh.dataplane.cluster.Limits;
import io.endomesh.dataplane.cluster.Load;
import io.endomesh.dataplane.cluster.OutlierDetection;
import io.endomesh.dataplane.route.RetryPolicy;
import io.endomesh.dataplane.route.Route;
import io.endomesh.dataplane.route.RoutePolicy;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.Random;
import org.assertj.core.data.Offset;
import org.jspecify.annotations.Nullable;

/**
 * One client workload that calls {@code orders}, under one clock that moves only when told. What
 * the tests of this package have in common.
 */
abstract class Conformance {

  static final Endpoint[] NONE_TRIED = {};

  /** A share that is further off happens by chance once in 500 million runs. */
  private static final double MAX_DEVIATIONS = 6;

  final FakeClock clock = new FakeClock();
  final Mesh mesh = new Mesh(TestMesh.WORKLOAD, clock, clock);
  final Endpoint one = TestMesh.endpoint(1);
  final Endpoint two = TestMesh.endpoint(2);
  final Cluster orders = TestMesh.cluster("orders", one, two);

  void publish(Route... routes) {
    mesh.publish(TestMesh.snapshot(null, "orders", routes));
  }

  void publish(RoutePolicy policy) {
    publish(TestMesh.route(orders, policy));
  }

  void publish(Cluster cluster, RetryPolicy retry) {
    publish(TestMesh.route(cluster, retry, Duration.ZERO));
  }

  Call call(TestRequest request) {
    return mesh.call(request);
  }

  Call begin() {
    return call(TestRequest.get("orders", "/v1/orders"));
  }

  static Attempt attempt(Call call) {
    return (Attempt) call.next();
  }

  static Reply reply(Call call) {
    return (Reply) call.next();
  }

  static long respond(Attempt attempt, int status) {
    return attempt.responded(status, Outcome.NOT_GRPC);
  }

  /** Of the ports 1 to n. */
  static Endpoint[] endpoints(int n) {
    Endpoint[] endpoints = new Endpoint[n];
    for (int i = 0; i < n; i++) {
      endpoints[i] = TestMesh.endpoint(i + 1);
    }
    return endpoints;
  }

  static Endpoint endpoint(int port, int weight, int priority) {
    return new Endpoint(
        new InetSocketAddress("127.0.0.1", port), null, Map.of(), weight, priority, new Load());
  }

  static Cluster balanced(Balancing balancing, Endpoint... endpoints) {
    return cluster(balancing, Limits.DEFAULT, null, endpoints);
  }

  static Cluster cluster(
      Balancing balancing,
      Limits limits,
      @Nullable OutlierDetection outliers,
      Endpoint... endpoints) {
    return TestMesh.cluster(
        "orders",
        new ClusterPolicy(
            "DestinationRule/shop/orders",
            balancing,
            limits,
            outliers,
            ClusterPolicy.DEFAULT_PANIC_PERCENT),
        endpoints);
  }

  /** What a call without anything to hash would take. */
  Endpoint pick(Cluster cluster) {
    return cluster.pick(NONE_TRIED, random.nextLong(), clock.getAsLong());
  }

  /** The same in each run. */
  final Random random = new Random(20_261_123);

  /** How often each endpoint is taken, if no call is ever in flight. */
  Map<Endpoint, Integer> spread(Cluster cluster, int draws) {
    Map<Endpoint, Integer> counts = new HashMap<>();
    for (Endpoint endpoint : cluster.endpoints()) {
      counts.put(endpoint, 0);
    }
    for (int i = 0; i < draws; i++) {
      counts.merge(pick(cluster), 1, Integer::sum);
    }
    return counts;
  }

  /** True to a share within six standard deviations of the binomial distribution. */
  static void assertShare(int count, int draws, double share) {
    double deviation = Math.sqrt(draws * share * (1 - share));
    assertThat((double) count).isCloseTo(draws * share, Offset.offset(MAX_DEVIATIONS * deviation));
  }

  static Outcome answer(int status) {
    return new Outcome(status, Outcome.NOT_GRPC, null, millis(1));
  }

  static Outcome broken() {
    return new Outcome(0, Outcome.NOT_GRPC, new IOException("reset"), millis(1));
  }

  void outcomes(Cluster cluster, Endpoint endpoint, int times, Outcome outcome) {
    for (int i = 0; i < times; i++) {
      cluster.outcome(endpoint, outcome, /* sent= */ true, clock.getAsLong());
    }
  }

  static long millis(long millis) {
    return Duration.ofMillis(millis).toNanos();
  }

  static long seconds(long seconds) {
    return Duration.ofSeconds(seconds).toNanos();
  }
}
