package io.endomesh.controller.cli;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

@Command(
    name = "edges",
    mixinStandardHelpOptions = true,
    description = "Shows who calls whom, by what, how often, and whether by mutual TLS.",
    footer = {"", "  endomesh edges --from shop/storefront", "  endomesh edges -o wide"})
final class EdgesCommand implements Callable<Integer> {

  @Mixin private Connection connection = new Connection();

  @Option(names = "--from", paramLabel = "SERVICE", description = "who calls, as shop/storefront")
  private @Nullable String from;

  @Option(names = "--to", paramLabel = "SERVICE", description = "who is called")
  private @Nullable String to;

  @Mixin private Output output = new Output();
  @Mixin private Watch watch = new Watch();

  @Override
  public Integer call() {
    ApiClient api = connection.open();
    return watch.run(() -> show(api));
  }

  private int show(ApiClient api) {
    JsonNode answer =
        Selection.of(
            api.get("graph"),
            "edges",
            edge ->
                (from == null || edge.path("source").asText().equals(from))
                    && (to == null || edge.path("destination").asText().equals(to)));
    output.print(answer, table(answer));
    return Exit.OK.code();
  }

  /** Of the edges of a graph, in their order. */
  static List<String[]> table(JsonNode graph) {
    List<String[]> table = new ArrayList<>();
    table.add(
        new String[] {
          "FROM",
          "TO",
          "PROTOCOL",
          "MTLS",
          "HEALTH",
          "REQ/S",
          "FAILED",
          "P50",
          "P99",
          "+RETRIES/S",
          "+REFUSED/S",
          "+TOTAL",
          "+CLUSTERS"
        });
    for (JsonNode edge : graph.path("edges")) {
      JsonNode stats = edge.path("stats");
      List<String> clusters = new ArrayList<>();
      edge.path("clusters").forEach(one -> clusters.add(one.path("cluster").asText()));
      table.add(
          new String[] {
            edge.path("source").asText(),
            edge.path("destination").asText(),
            edge.path("protocol").asText(),
            edge.path("mtls").asText(),
            edge.path("health").asText(),
            Figures.rate(stats.path("requestsPerSecond")),
            Figures.percent(stats.path("errorRatio")),
            Figures.millis(stats.path("p50Millis")),
            Figures.millis(stats.path("p99Millis")),
            Figures.rate(stats.path("retriesPerSecond")),
            Figures.rate(stats.path("refusedPerSecond")),
            stats.path("requestsTotal").asText(),
            String.join(", ", clusters)
          });
    }
    return table;
  }
}
