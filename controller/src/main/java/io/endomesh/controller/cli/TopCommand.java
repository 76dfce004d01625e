package io.endomesh.controller.cli;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

@Command(
    name = "top",
    mixinStandardHelpOptions = true,
    description = "Shows the edges with most calls, or with most failures, or the slowest ones.",
    footer = {"", "  endomesh top --by p99 --watch"})
final class TopCommand implements Callable<Integer> {

  /** What the order is by; most comes first. */
  enum By {
    RATE("requestsPerSecond"),
    FAILURES("errorsPerSecond"),
    REFUSALS("refusedPerSecond"),
    RETRIES("retriesPerSecond"),
    P99("p99Millis");

    private final String field;

    By(String field) {
      this.field = field;
    }

    double of(JsonNode edge) {
      return edge.path("stats").path(field).asDouble();
    }
  }

  @Mixin private Connection connection = new Connection();

  @Option(names = "--by", description = "${COMPLETION-CANDIDATES} (default: ${DEFAULT-VALUE})")
  private By by = By.RATE;

  @Option(names = "--limit", description = "(default: ${DEFAULT-VALUE})")
  private int limit = 10;

  @Mixin private Output output = new Output();
  @Mixin private Watch watch = new Watch();

  @Override
  public Integer call() {
    ApiClient api = connection.open();
    return watch.run(() -> show(api));
  }

  private int show(ApiClient api) {
    JsonNode graph = api.get("graph");
    List<JsonNode> edges = new ArrayList<>();
    graph.path("edges").forEach(edges::add);
    edges.removeIf(edge -> by.of(edge) == 0);
    edges.sort(Comparator.comparingDouble(by::of).reversed());
    JsonNode first =
        Selection.with(
            graph, "edges", edges.subList(0, Math.min(Math.max(0, limit), edges.size())));
    output.print(first, EdgesCommand.table(first));
    return Exit.OK.code();
  }
}
