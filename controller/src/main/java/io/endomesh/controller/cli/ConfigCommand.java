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
    name = "config",
    mixinStandardHelpOptions = true,
    description = "Shows which configuration a workload has: what is wanted, what it acknowledged.",
    footer = {"", "  endomesh config orders-7f3a9c -n shop"})
final class ConfigCommand implements Callable<Integer> {

  @Mixin private Connection connection = new Connection();

  @Parameters(index = "0", paramLabel = "INSTANCE")
  private String instance = "";

  @Option(
      names = {"-n", "--namespace"},
      description = "(default: the one that has such an instance)")
  private @Nullable String namespace;

  @Mixin private Output output = new Output();
  @Mixin private Watch watch = new Watch();

  @Override
  public Integer call() {
    ApiClient api = connection.open();
    return watch.run(() -> show(api));
  }

  private int show(ApiClient api) {
    JsonNode workload = one(api.get("workloads").path("workloads"), instance, namespace);
    JsonNode answer =
        api.get(
            "workloads/"
                + workload.path("namespace").asText()
                + "/"
                + HistoryCommand.encoded(instance)
                + "/config");
    List<String[]> table = new ArrayList<>();
    table.add(new String[] {"TYPE", "NAME"});
    answer
        .path("subscriptions")
        .fields()
        .forEachRemaining(
            type ->
                type.getValue()
                    .forEach(name -> table.add(new String[] {type.getKey(), name.asText()})));
    output.note("wanted    " + answer.path("wanted").asText("none"));
    output.note("acked     " + answer.path("acked").asText("none"));
    output.note("state     " + state(answer));
    output.print(answer, table);
    return Exit.OK.code();
  }

  /** In words, whether a workload has what it should have. */
  static String state(JsonNode configuration) {
    if (!configuration.path("rejection").isNull()) {
      return "rejected, the last good one stays: " + configuration.path("rejection").asText();
    }
    return configuration.path("upToDate").asBoolean() ? "up to date" : "not acknowledged yet";
  }

  /** The workload of a name, which is unique in its namespace only. */
  static JsonNode one(JsonNode workloads, String instance, @Nullable String namespace) {
    List<JsonNode> found = new ArrayList<>();
    for (JsonNode workload : workloads) {
      if (workload.path("instance").asText().equals(instance)
          && (namespace == null || workload.path("namespace").asText().equals(namespace))) {
        found.add(workload);
      }
    }
    if (found.isEmpty()) {
      throw new CommandFailed(
          Exit.NOT_FOUND,
          "workload "
              + instance
              + " is not known (expected: one that `endomesh get workloads` has)");
    }
    if (found.size() > 1) {
      throw new CommandFailed(
          Exit.USAGE, "namespace: more than one has a workload " + instance + " (expected: -n)");
    }
    return found.get(0);
  }
}
