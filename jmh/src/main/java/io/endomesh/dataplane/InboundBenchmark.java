package io.endomesh.dataplane;

import io.endomesh.dataplane.authorize.Authorization;
import io.endomesh.dataplane.authorize.Condition;
import io.endomesh.dataplane.authorize.Policy;
import io.endomesh.dataplane.identity.Peer;
import io.endomesh.dataplane.identity.PeerIdentities;
import io.endomesh.dataplane.identity.SpiffeId;
import io.endomesh.dataplane.identity.TestAuthority;
import io.endomesh.dataplane.limit.Concurrency;
import io.endomesh.dataplane.limit.GradientLimit;
import io.endomesh.dataplane.limit.LimitKey;
import io.endomesh.dataplane.limit.Overload;
import io.endomesh.dataplane.limit.Rate;
import io.endomesh.dataplane.limit.RateLimit;
import io.endomesh.dataplane.limit.RateLimits;
import io.endomesh.dataplane.limit.Urgency;
import io.endomesh.dataplane.route.PathMatch;
import io.endomesh.dataplane.route.StringMatch;
import java.lang.reflect.Proxy;
import java.security.cert.Certificate;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;
import javax.net.ssl.SSLSession;
import org.jspecify.annotations.Nullable;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.Warmup;

/** What protects a server, part by part: who may call, how often, and how many at a time. */
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@State(Scope.Thread)
@Fork(1)
@Warmup(iterations = 3, time = 1)
@Measurement(iterations = 3, time = 1)
public class InboundBenchmark {

  /** Power of two. */
  private static final int CALLERS = 256;

  private static final LongSupplier CLOCK = System::nanoTime;

  /** Never empty, so that what is measured is a call that goes on. */
  private static final Rate PLENTY = new Rate(1_000_000_000, 1_000_000_000, 1_000_000_000);

  private static final Concurrency ANY_NUMBER =
      new Concurrency(
          1_000,
          1_000,
          Concurrency.DEFAULT_PERCENTILE,
          TimeUnit.MILLISECONDS.toNanos(100),
          TimeUnit.MINUTES.toNanos(1),
          Concurrency.DEFAULT_JITTER_PERCENT,
          Concurrency.DEFAULT_MEASURE_CALLS,
          Concurrency.DEFAULT_BUFFER_PERCENT);

  private final String[] callers = new String[CALLERS];
  private final TestRequest[] requests = new BenchMesh().requests;
  private final Authorization authorization = authorization();
  private final RateLimits limits = limits();
  private final Overload overload =
      new Overload(
          "OverloadPolicy/shop/web",
          new Urgency("priority", List.of(new Urgency.CallerClass("spiffe://a/ns/batch/", 7))),
          new GradientLimit(ANY_NUMBER, System.nanoTime()));
  private final Mesh mesh = new Mesh(new Workload("bench", "web", "web-1", Map.of()));
  private final Inbound.Port strict =
      new Inbound.Port(Inbound.TlsMode.STRICT, Authorization.ALLOW_ALL);
  private final SSLSession session = session();
  private Peer peer = Peer.of(session, null);
  private int next;

  public InboundBenchmark() {
    for (int i = 0; i < callers.length; i++) {
      callers[i] = "spiffe://endomesh.local/ns/shop/sa/caller-" + i;
    }
  }

  private static Authorization authorization() {
    Condition reads = new Condition.Header(":method", new StringMatch.Exact("GET"));
    Condition shop =
        new Condition.Caller(new StringMatch.Prefix("spiffe://endomesh.local/ns/shop/"));
    return new Authorization(
        List.of(policy("no-admin", admin())),
        List.of(
            policy("admins", admin()), policy("readers", new Condition.All(List.of(reads, shop)))));
  }

  private static Policy policy(String name, Condition what) {
    return new Policy(
        "AuthorizationPolicy/shop/" + name, List.of(new Policy.Rule(Condition.ANY, what)));
  }

  private static Condition admin() {
    return new Condition.Path(new PathMatch.SegmentPrefix("/admin"));
  }

  private static RateLimits limits() {
    Condition writes = new Condition.Header(":method", new StringMatch.Exact("POST"));
    Condition canary = new Condition.Header("x-canary", new StringMatch.Exact("1"));
    List<RateLimits.Counted> counted = new ArrayList<>();
    counted.add(counted("all", Condition.ANY, new LimitKey.None(), 0));
    counted.add(counted("writes", writes, new LimitKey.None(), 0));
    counted.add(counted("admin", admin(), new LimitKey.None(), 0));
    counted.add(counted("canary", canary, new LimitKey.None(), 0));
    counted.add(counted("callers", Condition.ANY, new LimitKey.Caller(), 4_096));
    return new RateLimits(counted);
  }

  private static RateLimits.Counted counted(
      String name, Condition match, LimitKey key, int maxKeys) {
    RateLimit limit = new RateLimit("RateLimitPolicy/shop/web", name, match, key, PLENTY, maxKeys);
    return new RateLimits.Counted(limit, limit.newBuckets(System.nanoTime()));
  }

  /** All that is asked of a session of which a certificate was shown. */
  private static SSLSession session() {
    Certificate[] chain = {
      new TestAuthority().identity("spiffe://endomesh.local/ns/shop/sa/caller").chain().get(0)
    };
    return (SSLSession)
        Proxy.newProxyInstance(
            InboundBenchmark.class.getClassLoader(),
            new Class<?>[] {SSLSession.class},
            (proxy, method, arguments) -> chain);
  }

  /** Who is at the other end of a connection that is kept, and may be. */
  @Benchmark
  public boolean connection() {
    peer = Peer.of(session, peer);
    return InboundPipeline.connection(mesh, strict, peer) == null;
  }

  /** As servers did for each request before: the names are read out of the certificate. */
  @Benchmark
  public @Nullable String connectionReadAnew() {
    return SpiffeId.of(PeerIdentities.of(session));
  }

  /** One policy that refuses and two that permit, of which the second does. */
  @Benchmark
  public boolean authorize() {
    return authorization.check(request(), caller(), null) == null;
  }

  /** Five limits at a server, one of them by caller, of which three count the call. */
  @Benchmark
  public boolean rateLimits() {
    return limits.check(request(), caller(), null, CLOCK) == null;
  }

  /** Begun and ended, its urgency by a header. */
  @Benchmark
  public boolean overload() {
    long start = System.nanoTime();
    TestRequest request = request();
    String caller = caller();
    boolean runs = overload.begin(request, caller) == null;
    if (runs) {
      overload.end(overload.allowance(request, caller), start, System.nanoTime());
    }
    return runs;
  }

  private TestRequest request() {
    return requests[next++ & (BenchMesh.REQUESTS - 1)];
  }

  private String caller() {
    return callers[next & (CALLERS - 1)];
  }
}
