package io.endomesh.dataplane;

import io.endomesh.dataplane.cluster.Balancing;
import io.endomesh.dataplane.cluster.Cluster;
import io.endomesh.dataplane.cluster.Endpoint;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.NullUnmarked;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.Warmup;

/** The choice of one of 100 endpoints, by each kind of balancing. */
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@State(Scope.Thread)
@Fork(1)
@Warmup(iterations = 3, time = 1)
@Measurement(iterations = 3, time = 1)
@NullUnmarked // JMH fills the fields.
public class BalancingBenchmark {

  private static final Map<String, Balancing> KINDS =
      Map.of(
          "leastRequest", Balancing.DEFAULT,
          "roundRobin", new Balancing.RoundRobin(null),
          "random", new Balancing.Random(),
          "peakEwma", new Balancing.PeakEwma(),
          "ringHash",
              new Balancing.RingHash(
                  Balancing.RingHash.DEFAULT_MIN_SIZE, Balancing.RingHash.DEFAULT_MAX_SIZE),
          "maglev", new Balancing.Maglev(Balancing.Maglev.DEFAULT_TABLE_SIZE));

  private static final Endpoint[] NONE_TRIED = {};

  /** 2^64 divided by the golden ratio: multiples of it are spread evenly (Knuth, 6.4). */
  private static final long GOLDEN_RATIO = 0x9E3779B97F4A7C15L;

  @Param({"leastRequest", "roundRobin", "random", "peakEwma", "ringHash", "maglev"})
  public String kind;

  private Cluster cluster;
  private int next;

  @Setup
  public void setUp() {
    cluster = BenchMesh.cluster(kind, BenchMesh.endpoints(), KINDS.get(kind), null);
  }

  /** With a hash that is never the same twice, and the time read once, as a decision does. */
  @Benchmark
  public Endpoint pick() {
    return cluster.pick(NONE_TRIED, next++ * GOLDEN_RATIO, System.nanoTime());
  }
}
