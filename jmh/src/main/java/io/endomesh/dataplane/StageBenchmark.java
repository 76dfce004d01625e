package io.endomesh.dataplane;

import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;
import org.jspecify.annotations.NullUnmarked;
import org.jspecify.annotations.Nullable;
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

/**
 * Each stage of a decision by itself, under {@link BenchMesh#callsWithPolicies}: what it does for a
 * call that goes on. A stage is too short to be measured without what calls it; read shares.
 */
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@State(Scope.Thread)
@Fork(1)
@Warmup(iterations = 3, time = 1)
@Measurement(iterations = 3, time = 1)
@NullUnmarked // JMH fills the fields.
public class StageBenchmark {

  private static final Map<String, Function<Call, @Nullable Decision>> STAGES =
      Map.ofEntries(
          Map.entry("route", OutboundPipeline::route),
          Map.entry("preflight", OutboundPipeline::preflight),
          Map.entry("delay", OutboundPipeline::delay),
          Map.entry("abort", OutboundPipeline::abort),
          Map.entry("answer", OutboundPipeline::answer),
          Map.entry("deadline", OutboundPipeline::deadline),
          Map.entry("database", OutboundPipeline::database),
          Map.entry("original", OutboundPipeline::original),
          Map.entry("timeLeft", OutboundPipeline::timeLeft),
          Map.entry("cluster", OutboundPipeline::cluster),
          Map.entry("admission", OutboundPipeline::admission),
          Map.entry("endpoint", OutboundPipeline::endpoint),
          Map.entry("identity", OutboundPipeline::identity),
          Map.entry("breaker", OutboundPipeline::breaker),
          Map.entry("hedging", OutboundPipeline::hedging),
          Map.entry("message", OutboundPipeline::message));

  /** In the order of the path of a call. */
  @Param({
    "route",
    "preflight",
    "delay",
    "abort",
    "answer",
    "deadline",
    "database",
    "original",
    "timeLeft",
    "cluster",
    "admission",
    "endpoint",
    "identity",
    "breaker",
    "hedging",
    "message"
  })
  public String stage;

  private Call[] calls;
  private Function<Call, @Nullable Decision> measured;
  private int next;

  /** A stage reads what those before it have filled in. */
  @Setup
  public void setUp() {
    measured = STAGES.get(stage);
    calls = new BenchMesh().callsWithPolicies;
    OutboundPipeline pipeline = new OutboundPipeline();
    for (Call call : calls) {
      // One in a million is delayed or aborted on purpose: then once more.
      for (int i = 0; call.endpoint == null && i < 10; i++) {
        call.stage = 0;
        pipeline.decide(call);
      }
      call.attempts = 0;
    }
  }

  @Benchmark
  public Object outbound() {
    return measured.apply(calls[next++ & (BenchMesh.REQUESTS - 1)]);
  }
}
