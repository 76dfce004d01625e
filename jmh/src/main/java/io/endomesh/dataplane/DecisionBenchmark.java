package io.endomesh.dataplane;

import com.google.re2j.Pattern;
import io.endomesh.dataplane.route.PathMatch;
import io.github.resilience4j.circuitbreaker.CircuitBreaker;
import io.github.resilience4j.retry.Retry;
import java.util.Objects;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Scope;
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
public class DecisionBenchmark {

  private static final TestRequest EXTERNAL = TestRequest.get("api.example.com", "/");

  private static final PathMatch REGEX = new PathMatch.Regex(Pattern.compile("/v[0-9]+/items/.*"));

  private static final Object ANSWER = new Object();

  private final OutboundPipeline pipeline = new OutboundPipeline();
  private final BenchMesh bench = new BenchMesh();
  private final Supplier<Object> resilience4j =
      CircuitBreaker.decorateSupplier(
          CircuitBreaker.ofDefaults("orders"),
          Retry.decorateSupplier(Retry.ofDefaults("orders"), () -> ANSWER));
  private int next;

  /** Snapshot, host, route, cluster, endpoint, TLS, time left. */
  @Benchmark
  public Object decision() {
    return decide(bench.calls);
  }

  /** The decision under {@link BenchMesh#callsWithPolicies}. */
  @Benchmark
  public Object decisionWithPolicies() {
    return decide(bench.callsWithPolicies);
  }

  private Object decide(Call[] calls) {
    Call call = calls[next++ & (BenchMesh.REQUESTS - 1)];
    call.stage = 0;
    call.attempts = 0;
    Decision answer = pipeline.decide(call);
    return answer == null ? Objects.requireNonNull(call.endpoint) : answer;
  }

  /** The decision with the objects of a call around it, and its outcome: all a request pays. */
  @Benchmark
  public long wholeCall() {
    Call call =
        Objects.requireNonNull(bench.mesh.call(bench.requests[next++ & (BenchMesh.REQUESTS - 1)]));
    return ((Attempt) call.next()).responded(200, Outcome.NOT_GRPC);
  }

  /** A host that is not in the mesh. */
  @Benchmark
  public boolean passThrough() {
    return bench.mesh.call(EXTERNAL) == null;
  }

  /** RE2/J allocates a matcher for each try; it is measured apart, so that its price is seen. */
  @Benchmark
  public boolean regexMatch() {
    return REGEX.matches("/v7/items/7");
  }

  @Benchmark
  public Object resilience4jRetryAndBreaker() {
    return resilience4j.get();
  }
}
