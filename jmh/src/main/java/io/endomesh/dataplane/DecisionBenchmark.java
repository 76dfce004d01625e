package io.endomesh.dataplane;

import com.google.re2j.Pattern;
import io.endomesh.dataplane.authorize.Condition;
import io.endomesh.dataplane.cluster.Balancing;
import io.endomesh.dataplane.cluster.Breaker;
import io.endomesh.dataplane.cluster.Cluster;
import io.endomesh.dataplane.cluster.ClusterLoad;
import io.endomesh.dataplane.cluster.ClusterPolicy;
import io.endomesh.dataplane.cluster.Endpoint;
import io.endomesh.dataplane.cluster.Limits;
import io.endomesh.dataplane.cluster.Load;
import io.endomesh.dataplane.cluster.OutlierDetection;
import io.endomesh.dataplane.limit.LimitKey;
import io.endomesh.dataplane.limit.Rate;
import io.endomesh.dataplane.limit.RateLimit;
import io.endomesh.dataplane.limit.RateLimits;
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
import io.github.resilience4j.circuitbreaker.CircuitBreaker;
import io.github.resilience4j.retry.Retry;
import java.net.InetSocketAddress;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;
import java.util.function.Supplier;
import org.jspecify.annotations.NullUnmarked;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.Warmup;

/**
 * What the mesh adds to a call before its I/O: 50 routes, 100 endpoints, requests spread over the
 * routes. Beside it what a user would write instead, Resilience4j's retry and circuit breaker
 * around a call that does nothing; it chooses no route and no endpoint.
 */
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@State(Scope.Thread)
@Fork(1)
@Warmup(iterations = 4, time = 1)
@Measurement(iterations = 5, time = 1)
@NullUnmarked // JMH fills the fields.
public class DecisionBenchmark {

  private static final int ROUTES = 50;
  private static final int ENDPOINTS = 100;

  /** Power of two, so that the next request is a mask away. */
  private static final int REQUESTS = 64;

  private final OutboundPipeline pipeline = new OutboundPipeline();
  private final Call[] calls = new Call[REQUESTS];
  private final TestRequest[] requests = new TestRequest[REQUESTS];
  private Mesh mesh;
  private int next;
  private Supplier<Object> resilience4j;
  private final Call[] callsWithPolicies = new Call[REQUESTS];
  private RateLimits limits;
  private Cluster roundRobin;
  private Cluster random;
  private Cluster leastRequest;
  private Cluster peakEwma;
  private Cluster ringHash;
  private Cluster maglev;

  @Setup
  public void setUp() {
    List<Endpoint> endpoints = new ArrayList<>();
    for (int i = 0; i < ENDPOINTS; i++) {
      endpoints.add(
          new Endpoint(
              new InetSocketAddress("127.0.0.1", 10_000 + i), null, Map.of(), 1, new Load()));
    }
    Cluster stable = cluster("stable", endpoints);
    Cluster canary = cluster("canary", endpoints.subList(0, 10));
    List<Route> routes = new ArrayList<>();
    for (int i = 0; i < ROUTES - 1; i++) {
      routes.add(route(i, stable, canary));
    }
    routes.add(route("rest", new PathMatch.Prefix("/"), List.of(), WeightedClusters.of(stable)));
    VirtualHost host = new VirtualHost("orders.shop", routes);
    mesh = new Mesh(TestMesh.WORKLOAD);
    mesh.publish(new Snapshot(1, Map.of("orders", host), Inbound.OPEN, null));
    for (int i = 0; i < REQUESTS; i++) {
      requests[i] =
          TestRequest.get("orders", "/v" + (i % ROUTES) + "/items/" + i).header("x-canary", "1");
      calls[i] =
          new Call(mesh, mesh.snapshot(), host, requests[i], System.nanoTime(), CallContext.EMPTY);
    }
    setUpPolicies(endpoints);
    limits = rateLimitsOfAServer();
    Object answer = new Object();
    resilience4j =
        CircuitBreaker.decorateSupplier(
            CircuitBreaker.ofDefaults("orders"),
            Retry.decorateSupplier(Retry.ofDefaults("orders"), () -> answer));
  }

  private void setUpPolicies(List<Endpoint> endpoints) {
    roundRobin = cluster("round robin", endpoints, new Balancing.RoundRobin(null), null);
    random = cluster("random", endpoints, new Balancing.Random(), null);
    leastRequest = cluster("least request", endpoints, Balancing.DEFAULT, null);
    peakEwma = cluster("peak EWMA", endpoints, new Balancing.PeakEwma(), null);
    ringHash =
        cluster(
            "ring hash",
            endpoints,
            new Balancing.RingHash(
                Balancing.RingHash.DEFAULT_MIN_SIZE, Balancing.RingHash.DEFAULT_MAX_SIZE),
            null);
    maglev =
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
    VirtualHost host = new VirtualHost("orders.shop", routes);
    for (int i = 0; i < REQUESTS; i++) {
      // gRPC is not told its timeout in a header, which would be text to make.
      TestRequest request =
          TestRequest.grpc("orders", "/v" + (i % ROUTES) + "/items/" + i)
              .header("x-user", "user-" + i);
      callsWithPolicies[i] =
          new Call(mesh, mesh.snapshot(), host, request, System.nanoTime(), CallContext.EMPTY);
    }
  }

  /** Never empty, so that what is measured is a call that goes on. */
  private static final Rate PLENTY = new Rate(1_000_000_000, 1_000_000_000, 1_000_000_000);

  private static final String[] CALLERS = new String[256];

  private static RateLimits rateLimitsOfAServer() {
    for (int i = 0; i < CALLERS.length; i++) {
      CALLERS[i] = "spiffe://endomesh.local/ns/shop/sa/caller-" + i;
    }
    Condition writes = new Condition.Header(":method", new StringMatch.Exact("POST"));
    Condition admin = new Condition.Path(new PathMatch.SegmentPrefix("/admin"));
    Condition canary = new Condition.Header("x-canary", new StringMatch.Exact("1"));
    List<RateLimits.Counted> counted = new ArrayList<>();
    counted.add(counted("all", Condition.ANY, new LimitKey.None(), 0));
    counted.add(counted("writes", writes, new LimitKey.None(), 0));
    counted.add(counted("admin", admin, new LimitKey.None(), 0));
    counted.add(counted("canary", canary, new LimitKey.None(), 0));
    counted.add(counted("callers", Condition.ANY, new LimitKey.Caller(), 4_096));
    return new RateLimits(counted);
  }

  private static RateLimits.Counted counted(
      String name, Condition match, LimitKey key, int maxKeys) {
    RateLimit limit = new RateLimit("RateLimitPolicy/shop/web", name, match, key, PLENTY, maxKeys);
    return new RateLimits.Counted(limit, limit.newBuckets(System.nanoTime()));
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

  private static final OutlierDetection OUTLIERS =
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

  private static Cluster cluster(
      String name, List<Endpoint> endpoints, Balancing balancing, OutlierDetection outliers) {
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
    return new Cluster(name, "orders.shop", endpoints, policy, new ClusterLoad());
  }

  /** Snapshot, host, route, cluster, endpoint, TLS, time left. */
  @Benchmark
  public Object decision() {
    Call call = calls[next++ & (REQUESTS - 1)];
    call.stage = 0;
    call.attempts = 0;
    Decision answer = pipeline.decide(call);
    return answer == null ? call.endpoint : answer;
  }

  /**
   * The decision with a timeout, retries, faults, CORS, outlier detection, limits, a breaker, and
   * Maglev by a header: all that allocates nothing by design. Header changes, rewrites and sessions
   * make text, and a call that is hedged has an object that its attempts share.
   */
  @Benchmark
  public Object decisionWithPolicies() {
    Call call = callsWithPolicies[next++ & (REQUESTS - 1)];
    call.stage = 0;
    call.attempts = 0;
    Decision answer = pipeline.decide(call);
    return answer == null ? call.endpoint : answer;
  }

  private static final LongSupplier CLOCK = System::nanoTime;

  /** Five limits at a server, one of them by caller, of which three count the call. */
  @Benchmark
  public Object rateLimits() {
    TestRequest request = requests[next++ & (REQUESTS - 1)];
    return limits.check(request, CALLERS[next & (CALLERS.length - 1)], null, CLOCK);
  }

  @Benchmark
  public Endpoint pickRoundRobin() {
    return pick(roundRobin);
  }

  @Benchmark
  public Endpoint pickRandom() {
    return pick(random);
  }

  @Benchmark
  public Endpoint pickLeastRequest() {
    return pick(leastRequest);
  }

  @Benchmark
  public Endpoint pickPeakEwma() {
    return pick(peakEwma);
  }

  @Benchmark
  public Endpoint pickRingHash() {
    return pick(ringHash);
  }

  @Benchmark
  public Endpoint pickMaglev() {
    return pick(maglev);
  }

  /** With a hash that is never the same twice, and the time read once, as a decision does. */
  private Endpoint pick(Cluster cluster) {
    return cluster.pick(NONE_TRIED, next++ * GOLDEN_RATIO, System.nanoTime());
  }

  private static final Endpoint[] NONE_TRIED = {};

  /** 2^64 divided by the golden ratio: multiples of it are spread evenly (Knuth, 6.4). */
  private static final long GOLDEN_RATIO = 0x9E3779B97F4A7C15L;

  /** The decision with the objects of a call around it, and its outcome: all a request pays. */
  @Benchmark
  public long wholeCall() {
    Call call = mesh.call(requests[next++ & (REQUESTS - 1)]);
    return ((Attempt) call.next()).responded(200, Outcome.NOT_GRPC);
  }

  /** A host that is not in the mesh. */
  @Benchmark
  public Object passThrough() {
    return mesh.call(EXTERNAL);
  }

  @Benchmark
  public Object resilience4jRetryAndBreaker() {
    return resilience4j.get();
  }

  private static final TestRequest EXTERNAL = TestRequest.get("api.example.com", "/");

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

  /** RE2/J allocates a matcher for each try; it is measured apart, so that its price is seen. */
  @Benchmark
  public boolean regexMatch() {
    return REGEX.matches("/v7/items/7");
  }

  private static final PathMatch REGEX = new PathMatch.Regex(Pattern.compile("/v[0-9]+/items/.*"));
}
