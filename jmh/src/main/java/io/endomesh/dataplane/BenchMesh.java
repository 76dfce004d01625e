package io.endomesh.dataplane;

import io.endomesh.dataplane.cluster.Balancing;
import io.endomesh.dataplane.cluster.Breaker;
import io.endomesh.dataplane.cluster.Cluster;
import io.endomesh.dataplane.cluster.ClusterLoad;
import io.endomesh.dataplane.cluster.ClusterPolicy;
import io.endomesh.dataplane.cluster.Endpoint;
import io.endomesh.dataplane.cluster.Limits;
import io.endomesh.dataplane.cluster.Load;
import io.endomesh.dataplane.cluster.OutlierDetection;
import io.endomesh.dataplane.route.Cors;
import io.endomesh.dataplane.route.Fault;
import io.endomesh.dataplane.route.HashPolicy;
import io.endomesh.dataplane.route.PathMatch;
import io.endomesh.dataplane.route.RetryPolicy;
import io.endomesh.dataplane.route.Route;
import io.endomesh.dataplane.route.RouteMatch;
import io.endomesh.dataplane.route.RouteMatch.HeaderMatch;
import io.endomesh.dataplane.route.RoutePolicy;
import io.endomesh.dataplane.route.Share;
import io.endomesh.dataplane.route.StringMatch;
import io.endomesh.dataplane.route.VirtualHost;
import io.endomesh.dataplane.route.WeightedClusters;
import java.net.InetSocketAddress;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/** What is decided in: 50 routes, 100 endpoints, and requests spread over the routes. */
final class BenchMesh {

  private static final int ROUTES = 50;
  private static final int ENDPOINTS = 100;

  /** Power of two, so that the next one is a mask away. */
  static final int REQUESTS = 64;

  private static final String HOST = "orders.shop";

  final Mesh mesh = new Mesh(TestMesh.WORKLOAD);
  final TestRequest[] requests = new TestRequest[REQUESTS];

  /** Matched by path and, every third route, by header; no policy. */
  final Call[] calls = new Call[REQUESTS];

  /**
   * Under a timeout, retries, faults, CORS, outlier detection, limits, a breaker, and Maglev by a
   * header: all that allocates nothing by design. Header changes, rewrites and sessions make text,
   * and a call that is hedged has an object that its attempts share.
   */
  final Call[] callsWithPolicies = new Call[REQUESTS];

  BenchMesh() {
    List<Endpoint> endpoints = endpoints();
    Cluster stable = cluster("stable", endpoints);
    Cluster canary = cluster("canary", endpoints.subList(0, 10));
    List<Route> routes = new ArrayList<>();
    for (int i = 0; i < ROUTES - 1; i++) {
      routes.add(route(i, stable, canary));
    }
    routes.add(route("rest", new PathMatch.Prefix("/"), List.of(), WeightedClusters.of(stable)));
    VirtualHost host = new VirtualHost(HOST, routes);
    mesh.publish(new Snapshot(1, Map.of("orders", host), Inbound.OPEN, null));
    VirtualHost protectedHost = new VirtualHost(HOST, routesWithPolicies(endpoints));
    for (int i = 0; i < REQUESTS; i++) {
      String path = "/v" + (i % ROUTES) + "/items/" + i;
      requests[i] = TestRequest.get("orders", path).header("x-canary", "1");
      calls[i] = call(host, requests[i]);
      // gRPC is not told its timeout in a header, which would be text to make.
      callsWithPolicies[i] =
          call(protectedHost, TestRequest.grpc("orders", path).header("x-user", "user-" + i));
    }
  }

  static List<Endpoint> endpoints() {
    List<Endpoint> endpoints = new ArrayList<>();
    for (int i = 0; i < ENDPOINTS; i++) {
      endpoints.add(
          new Endpoint(
              new InetSocketAddress("127.0.0.1", 10_000 + i), null, Map.of(), 1, new Load()));
    }
    return endpoints;
  }

  private Call call(VirtualHost host, TestRequest request) {
    return new Call(mesh, mesh.snapshot(), host, request, System.nanoTime(), CallContext.EMPTY);
  }

  private static List<Route> routesWithPolicies(List<Endpoint> endpoints) {
    Cluster maglev =
        cluster(
            "maglev",
            endpoints,
            new Balancing.Maglev(Balancing.Maglev.DEFAULT_TABLE_SIZE),
            OUTLIERS);
    RoutePolicy policy =
        RoutePolicy.of(
                // A call that is decided over and over must not run out of time.
                TimeUnit.DAYS.toNanos(1),
                0,
                new RetryPolicy(
                    2,
                    Set.of(503),
                    Set.of(14),
                    true,
                    RetryPolicy.DEFAULT_BASE_DELAY_NANOS,
                    RetryPolicy.DEFAULT_MAX_DELAY_NANOS))
            .withStickiness(List.of(new HashPolicy.Header("x-user")), null)
            .withFault(RARE)
            .withCors(
                new Cors(List.of(new StringMatch.Exact("*")), "GET", "", "", "60", false, false));
    List<Route> routes = new ArrayList<>();
    for (int i = 0; i < ROUTES; i++) {
      RouteMatch match =
          new RouteMatch(new PathMatch.SegmentPrefix("/v" + i), null, List.of(), List.of());
      routes.add(Route.to("rule " + i, match, WeightedClusters.of(maglev), policy));
    }
    return routes;
  }

  /** So rare that what is measured is a call that goes on. */
  private static final Share ONE_IN_A_MILLION = new Share(1);

  private static final Fault RARE =
      new Fault(new Fault.Delay(ONE_IN_A_MILLION, 1), new Fault.Abort(ONE_IN_A_MILLION, 503, -1));

  private static final Breaker BREAKER =
      new Breaker(
          "ResiliencePolicy/shop/orders",
          Breaker.DEFAULT_WINDOW_NANOS,
          Breaker.DEFAULT_MINIMUM_CALLS,
          Breaker.DEFAULT_FAILURE_PERCENT,
          0,
          Breaker.DEFAULT_SLOW_PERCENT,
          Breaker.DEFAULT_OPEN_NANOS,
          Breaker.DEFAULT_HALF_OPEN_CALLS);

  static final OutlierDetection OUTLIERS =
      new OutlierDetection(
          OutlierDetection.DEFAULT_CONSECUTIVE_5XX,
          0,
          0,
          OutlierDetection.DEFAULT_INTERVAL_NANOS,
          OutlierDetection.DEFAULT_BASE_EJECTION_NANOS,
          OutlierDetection.DEFAULT_MAX_EJECTION_NANOS,
          OutlierDetection.DEFAULT_MAX_EJECTION_PERCENT,
          OutlierDetection.SuccessRate.DEFAULT,
          OutlierDetection.FailurePercentage.DEFAULT);

  private static Cluster cluster(String name, List<Endpoint> endpoints) {
    return cluster(name, endpoints, Balancing.DEFAULT, null);
  }

  /**
   * @param outliers null leaves out limits and the breaker as well
   */
  static Cluster cluster(
      String name,
      List<Endpoint> endpoints,
      Balancing balancing,
      @Nullable OutlierDetection outliers) {
    Limits limits = new Limits(1_024, 0, Limits.DEFAULT_BUDGET_PERCENT, Limits.DEFAULT_MIN_RETRIES);
    ClusterPolicy policy =
        new ClusterPolicy(
            name,
            balancing,
            outliers == null ? Limits.DEFAULT : limits,
            outliers,
            ClusterPolicy.DEFAULT_PANIC_PERCENT,
            /* localityWeighted= */ false,
            outliers == null ? null : BREAKER,
            /* hedging= */ null);
    return new Cluster(name, HOST, endpoints, policy, new ClusterLoad());
  }

  /** Every third also by header, every tenth by the exact path. */
  private static Route route(int i, Cluster stable, Cluster canary) {
    PathMatch path =
        i % 10 == 9
            ? new PathMatch.Exact("/v" + i + "/health")
            : new PathMatch.SegmentPrefix("/v" + i);
    List<HeaderMatch> headers =
        i % 3 == 0 ? List.of(new HeaderMatch("x-canary", new StringMatch.Exact("1"))) : List.of();
    return route(
        "rule " + i,
        path,
        headers,
        i % 2 == 0
            ? WeightedClusters.of(stable)
            : WeightedClusters.of(
                List.of(
                    new WeightedClusters.Target(stable, 90),
                    new WeightedClusters.Target(canary, 10))));
  }

  private static Route route(
      String name, PathMatch path, List<HeaderMatch> headers, WeightedClusters clusters) {
    return Route.to(
        name, new RouteMatch(path, null, headers, List.of()), clusters, RoutePolicy.DEFAULT);
  }
}
