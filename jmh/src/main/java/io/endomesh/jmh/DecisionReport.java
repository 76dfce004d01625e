package io.endomesh.jmh;

import io.endomesh.dataplane.DecisionBenchmark;
import java.util.Collection;
import java.util.List;
import org.openjdk.jmh.infra.BenchmarkParams;
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
  private static final List<Row> WHOLE =
      List.of(
          new Row("decision", "decision (50 routes, 100 endpoints)"),
          new Row("decisionWithPolicies", "  with all policies that make no text"),
          new Row("wholeCall", "  with the call's objects and its outcome"),
          new Row("passThrough", "  of a host that is not in the mesh"),
          new Row("regexMatch", "one regular expression, for scale"),
          new Row("resilience4jRetryAndBreaker", "Resilience4j retry + breaker, no routing"));

  private static final List<Row> PARTS =
      List.of(
          new Row("outbound/route", "calling: route, one of 50"),
          new Row("outbound/preflight", "  preflight, of a call that is none"),
          new Row("outbound/delay", "  delay, drawn"),
          new Row("outbound/abort", "  abort, drawn"),
          new Row("outbound/answer", "  answer, of a route that leads on"),
          new Row("outbound/deadline", "  deadline"),
          new Row("outbound/database", "  database, of a call that is none"),
          new Row("outbound/original", "each attempt: original"),
          new Row("outbound/timeLeft", "  time left"),
          new Row("outbound/cluster", "  cluster"),
          new Row("outbound/admission", "  admission"),
          new Row("outbound/endpoint", "  endpoint, one of 100, by Maglev and a header"),
          new Row("outbound/identity", "  identity"),
          new Row("outbound/breaker", "  breaker"),
          new Row("outbound/hedging", "  hedging, without a policy"),
          new Row("outbound/message", "  message, without changes"),
          new Row("headerChanges", "    three changes of headers"),
          new Row("pick/leastRequest", "one of 100 endpoints: least request"),
          new Row("pick/roundRobin", "  round robin"),
          new Row("pick/random", "  random"),
          new Row("pick/peakEwma", "  peak EWMA"),
          new Row("pick/ringHash", "  ring hash"),
          new Row("pick/maglev", "  Maglev"),
          new Row("outlierAndLatency", "outcome: outlier detection and latency"),
          new Row("breakerPermitAndOutcome", "  breaker, permit and outcome"),
          new Row("retryIsAsked", "  is it to be repeated"),
          new Row("retryBudget", "  retry budget"),
          new Row("authorize", "served: authorization, three policies"),
          new Row("rateLimits", "  rate limits: 5, one by caller"),
          new Row("overload", "  overload, begun and ended"));

  /**
   * @param benchmark the method, and its parameter if it has one
   */
  private record Row(String benchmark, String title) {}

  private DecisionReport() {}

  /** The whole decision, then each part of it. */
  static List<Table> run(boolean quick) throws RunnerException {
    Collection<RunResult> results = new Runner(options(quick)).run();
    return List.of(table(WHOLE, results), table(PARTS, results));
  }

  private static Options options(boolean quick) {
    TimeValue iteration = quick ? TimeValue.milliseconds(QUICK_MILLIS) : TimeValue.seconds(1);
    return new OptionsBuilder()
        .include(DecisionBenchmark.class.getPackageName() + "\\..*Benchmark\\..*")
        .addProfiler(GCProfiler.class)
        .warmupTime(iteration)
        .measurementTime(iteration)
        .verbosity(VerboseMode.SILENT)
        .build();
  }

  private static final int QUICK_MILLIS = 300;

  private static Table table(List<Row> rows, Collection<RunResult> results) {
    Table table = new Table("", "ns", "±", "bytes");
    for (Row row : rows) {
      for (RunResult result : results) {
        if (name(result.getParams()).equals(row.benchmark())) {
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

  private static String name(BenchmarkParams params) {
    String benchmark = params.getBenchmark();
    StringBuilder name = new StringBuilder(benchmark.substring(benchmark.lastIndexOf('.') + 1));
    for (String key : params.getParamsKeys()) {
      name.append('/').append(params.getParam(key));
    }
    return name.toString();
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
