package io.endomesh.controller.cli;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

@Command(
    name = "stat",
    mixinStandardHelpOptions = true,
    description = "Shows the calls that each service answers: rate, failures, refusals, durations.",
    footer = {"", "  endomesh stat -n shop --watch"})
final class StatCommand implements Callable<Integer> {

  @Mixin private Connection connection = new Connection();

  @Parameters(arity = "0..1", paramLabel = "SERVICE", description = "as shop/orders (default: all)")
  private @Nullable String service;

  @Option(
      names = {"-n", "--namespace"},
      description = "(default: all)")
  private @Nullable String namespace;

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
            api.get("services"),
            "services",
            item ->
                (service == null || item.path("id").asText().equals(service))
                    && (namespace == null || item.path("namespace").asText().equals(namespace)));
    if (service != null && answer.path("services").isEmpty()) {
      throw new CommandFailed(Exit.NOT_FOUND, "service " + service + " is not known");
    }
    List<String[]> table = new ArrayList<>();
    table.add(
        new String[] {
          "SERVICE", "HEALTH", "REQ/S", "FAILED", "REFUSED/S", "P50", "P99", "+RETRIES/S", "+TOTAL"
        });
    for (JsonNode item : answer.path("services")) {
      JsonNode inbound = item.path("inbound");
      table.add(
          new String[] {
            item.path("id").asText(),
            item.path("health").asText(),
            Figures.rate(inbound.path("requestsPerSecond")),
            Figures.percent(inbound.path("errorRatio")),
            Figures.rate(inbound.path("refusedPerSecond")),
            Figures.millis(inbound.path("p50Millis")),
            Figures.millis(inbound.path("p99Millis")),
            Figures.rate(item.path("outbound").path("retriesPerSecond")),
            inbound.path("requestsTotal").asText()
          });
    }
    output.print(answer, table);
    return Exit.OK.code();
  }
}
