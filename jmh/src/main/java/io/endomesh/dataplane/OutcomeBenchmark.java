package io.endomesh.dataplane;

import io.endomesh.dataplane.cluster.Balancing;
import io.endomesh.dataplane.cluster.Breaker;
import io.endomesh.dataplane.cluster.Cluster;
import io.endomesh.dataplane.cluster.Endpoint;
import io.endomesh.dataplane.route.HeaderChanges;
import io.endomesh.dataplane.route.RetryPolicy;
import java.util.List;
import java.util.Set;
import java.util.concurrent.TimeUnit;
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

/**
 * What an attempt's outcome costs, part by part: outlier detection and latency, the breaker, the
 * question whether it is repeated, the budget that permits it; and header changes of a route, by
 * themselves, onto a message that takes them for nothing.
 */
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@State(Scope.Thread)
@Fork(1)
@Warmup(iterations = 3, time = 1)
@Measurement(iterations = 3, time = 1)
public class OutcomeBenchmark {

  private static final Outcome OK = new Outcome(200, Outcome.NOT_GRPC, null, 1_000_000);
  private static final Outcome FAILED = new Outcome(503, Outcome.NOT_GRPC, null, 1_000_000);

  private static final RetryPolicy RETRY =
      new RetryPolicy(
          2,
          Set.of(503),
          Set.of(14),
          true,
          RetryPolicy.DEFAULT_BASE_DELAY_NANOS,
          RetryPolicy.DEFAULT_MAX_DELAY_NANOS);

  private static final HeaderChanges CHANGES =
      new HeaderChanges(
          List.of(new HeaderChanges.Header("x-set", "a")),
          List.of(new HeaderChanges.Header("x-added", "b")),
          List.of("x-removed"));

  private final List<Endpoint> endpoints = BenchMesh.endpoints();
  private final Cluster cluster =
      BenchMesh.cluster("orders", endpoints, new Balancing.PeakEwma(), BenchMesh.OUTLIERS);
  private final TestRequest request = TestRequest.get("orders", "/");
  private final Sink sink = new Sink();
  private int next;

  /** A message that takes changes and keeps none. */
  private static final class Sink implements Headers {
    private int length;

    @Override
    public @Nullable String header(String name) {
      return null;
    }

    @Override
    public void setHeader(String name, String value) {
      length += value.length();
    }

    @Override
    public void addHeader(String name, String value) {
      length += value.length();
    }

    @Override
    public void removeHeader(String name) {
      length += name.length();
    }
  }

  @Benchmark
  public Endpoint outlierAndLatency() {
    Endpoint endpoint = endpoints.get((next++ & Integer.MAX_VALUE) % endpoints.size());
    cluster.outcome(endpoint, OK, /* sent= */ true, System.nanoTime());
    return endpoint;
  }

  @Benchmark
  public boolean breakerPermitAndOutcome() {
    long now = System.nanoTime();
    Breaker.Permit permit = cluster.permit(now);
    if (permit == null) {
      return false;
    }
    permit.outcome(OK, now);
    return true;
  }

  @Benchmark
  public boolean retryIsAsked() {
    return RETRY.applies(request, FAILED, /* sent= */ true, 1);
  }

  @Benchmark
  public boolean retryBudget() {
    return cluster.permitsRetry(System.nanoTime());
  }

  @Benchmark
  public int headerChanges() {
    CHANGES.apply(sink);
    return sink.length;
  }
}
