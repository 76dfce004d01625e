package io.endomesh.dataplane;

import io.endomesh.dataplane.access.AccessFilter;
import io.endomesh.dataplane.access.Watch;
import java.util.List;
import java.util.Objects;
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
 * What it costs that calls can be looked at: a whole call where there is nothing to look with,
 * where nobody looks, where one looks for others, and where one takes what the cap lets through.
 * {@link #endNobodyLooks} is the part that tap adds to a call, alone.
 */
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@State(Scope.Thread)
@Fork(1)
@Warmup(iterations = 3, time = 1)
@Measurement(iterations = 5, time = 1)
public class AccessBenchmark {

  private static final AccessFilter OTHERS =
      new AccessFilter("", "", "", "/other/*", 0, 0, "", "", false, 0, 0);

  private static final Outcome OK = new Outcome(200, Outcome.NOT_GRPC, null, 1_000);

  private final BenchMesh without = new BenchMesh();
  private final BenchMesh quiet = looked(null);
  private final BenchMesh others = looked(watch(OTHERS));
  private final Watch taken = watch(AccessFilter.ALL);
  private final BenchMesh all = looked(taken);
  private final Attempt ended = attempt(quiet, 0);
  private int next;

  private static Watch watch(AccessFilter filter) {
    return new Watch(filter, List.of(), List.of(), 50, System::nanoTime);
  }

  private static BenchMesh looked(@Nullable Watch watch) {
    BenchMesh bench = new BenchMesh();
    bench.mesh.observer(CallObserver.NONE);
    bench.mesh.records().taps(watch == null ? List.of() : List.of(watch));
    return bench;
  }

  private static Attempt attempt(BenchMesh bench, int request) {
    Call call = Objects.requireNonNull(bench.mesh.call(bench.requests[request]));
    return (Attempt) call.next();
  }

  private long call(BenchMesh bench) {
    return attempt(bench, next++ & (BenchMesh.REQUESTS - 1)).responded(200, Outcome.NOT_GRPC);
  }

  @Benchmark
  public void endNobodyLooks() {
    quiet.mesh.records().attemptEnded(ended, OK, CallObserver.NONE);
  }

  @Benchmark
  public long callWithoutRecords() {
    return call(without);
  }

  @Benchmark
  public long callNobodyLooks() {
    return call(quiet);
  }

  @Benchmark
  public long callOneLooksForOthers() {
    return call(others);
  }

  @Benchmark
  public long callOneTakes50PerSecond() {
    long answer = call(all);
    if ((next & 0xffff) == 0) {
      taken.take(Integer.MAX_VALUE);
    }
    return answer;
  }
}
