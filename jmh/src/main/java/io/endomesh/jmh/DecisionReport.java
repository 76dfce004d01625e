package io.endomesh.jmh;

import io.endomesh.dataplane.DecisionBenchmark;
import java.util.Collection;
import java.util.List;
import org.openjdk.jmh.profile.GCProfiler;
import org.openjdk.jmh.results.Result;
import org.openjdk.jmh.results.RunResult;
import org.openjdk.jmh.runner.Runner;
import org.openjdk.jmh.runner.RunnerException;
import org.openjdk.jmh.runner.options.Options;
import org.openjdk.jmh.runner.options.OptionsBuilder;
import org.openjdk.jmh.runner.options.TimeValue;
import org.openjdk.jmh.runner.options.VerboseMode;

/** Nanoseconds and bytes of a decision, by JMH with its allocation profiler. */
final class DecisionReport {

  /** In the order of the table. */
  private static final List<Row> ROWS =
      List.of(
          new Row("decision", "decision (50 routes, 100 endpoints)"),
          new Row("decisionWithPolicies", "  with all policies that make no text"),
          new Row("wholeCall", "  with the call's objects and its outcome"),
          new Row("passThrough", "  of a host that is not in the mesh"),
          new Row("rateLimits", "rate limits at a server: 5, one by caller"),
          new Row("pickLeastRequest", "one of 100 endpoints: least request"),
          new Row("pickRoundRobin", "  round robin"),
          new Row("pickRandom", "  random"),
          new Row("pickPeakEwma", "  peak EWMA"),
          new Row("pickRingHash", "  ring hash"),
          new Row("pickMaglev", "  Maglev"),
          new Row("regexMatch", "one regular expression, for scale"),
          new Row("resilience4jRetryAndBreaker", "Resilience4j retry + breaker, no routing"));

  private record Row(String benchmark, String title) {}

  private DecisionReport() {}

  static Table run(boolean quick) throws RunnerException {
    Options options =
        new OptionsBuilder()
            .include(DecisionBenchmark.class.getName())
            .addProfiler(GCProfiler.class)
            .warmupTime(quick ? TimeValue.milliseconds(300) : TimeValue.seconds(1))
            .measurementTime(quick ? TimeValue.milliseconds(300) : TimeValue.seconds(1))
            .verbosity(VerboseMode.SILENT)
            .build();
    Collection<RunResult> results = new Runner(options).run();
    Table table = new Table("", "ns", "±", "bytes");
    for (Row row : ROWS) {
      for (RunResult result : results) {
        if (result.getParams().getBenchmark().endsWith("." + row.benchmark())) {
          Result<?> time = result.getPrimaryResult();
          table.row(
              row.title(),
              "%.1f".formatted(time.getScore()),
              "%.1f".formatted(time.getScoreError()),
              "%.0f".formatted(bytes(result)));
        }
      }
    }
    return table;
  }

  /** JMH's name for bytes an operation; under a byte it is the profiler's own noise. */
  private static double bytes(RunResult result) {
    return result.getSecondaryResults().entrySet().stream()
        .filter(entry -> entry.getKey().endsWith("gc.alloc.rate.norm"))
        .mapToDouble(entry -> entry.getValue().getScore())
        .findFirst()
        .orElse(Double.NaN);
  }
}
