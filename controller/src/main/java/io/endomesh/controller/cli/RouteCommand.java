package io.endomesh.controller.cli;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.PrintWriter;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

@Command(
    name = "route",
    mixinStandardHelpOptions = true,
    description = "How the calls of a service are split between versions, and other weights.",
    subcommands = {RouteCommand.Show.class, RouteCommand.Set.class})
final class RouteCommand {

  private RouteCommand() {}

  @Command(
      name = "show",
      mixinStandardHelpOptions = true,
      description = "Shows each side of each split with its weight and what its callers see.",
      footer = {"", "  endomesh route show shop/orders"})
  static final class Show implements Callable<Integer> {

    @Spec private CommandSpec spec;
    @Mixin private Connection connection = new Connection();
    @Mixin private Output output = new Output();

    @Parameters(index = "0", paramLabel = "SERVICE", description = "as shop/orders")
    private String service = "";

    @Override
    public Integer call() {
      JsonNode answer = connection.open().get("routes/" + SplitOptions.path(service));
      List<String[]> table = new ArrayList<>();
      table.add(
          new String[] {
            "RESOURCE", "RULE", "IN FORCE", "BACKEND", "WEIGHT", "SHARE", "CALLS/S", "ERRORS", "P99"
          });
      for (JsonNode split : answer.path("splits")) {
        for (JsonNode backend : split.path("backends")) {
          table.add(
              new String[] {
                resource(split.path("resource")),
                split.path("rule").asText(),
                split.path("counts").asBoolean() ? "yes" : "no",
                backend.path("name").asText(),
                backend.path("weight").asText(),
                percent(backend.path("share")),
                String.format(Locale.ROOT, "%.1f", backend.path("requestsPerSecond").asDouble()),
                percent(backend.path("errorRatio")),
                backend.path("p99Millis").isNull()
                    ? "-"
                    : String.format(Locale.ROOT, "%.1f ms", backend.path("p99Millis").asDouble())
              });
        }
      }
      output.print(answer, table);
      if (output.isTable() && answer.path("advice").isTextual()) {
        PrintWriter out = spec.commandLine().getOut();
        out.println(answer.path("advice").asText());
        out.flush();
      }
      return Exit.OK.code();
    }
  }

  @Command(
      name = "set",
      mixinStandardHelpOptions = true,
      description = "Changes the weights, in the resource that has them.",
      footer = {"", "  endomesh route set shop/orders v1=90 v2=10"})
  static final class Set implements Callable<Integer> {

    @Spec private CommandSpec spec;
    @Mixin private Connection connection = new Connection();
    @Mixin private SplitOptions split = new SplitOptions();

    @Parameters(index = "0", paramLabel = "SERVICE", description = "as shop/orders")
    private String service = "";

    @Parameters(
        index = "1..*",
        arity = "1..*",
        paramLabel = "BACKEND=WEIGHT",
        description = "for each side of the split")
    private Map<String, Integer> weights = new LinkedHashMap<>();

    @Option(names = "--preview", description = "say what it would do, and change nothing")
    private boolean preview;

    @Override
    public Integer call() {
      ObjectNode asked = JsonNodeFactory.instance.objectNode().put("dryRun", preview);
      ObjectNode given = asked.putObject("weights");
      weights.forEach(given::put);
      split.addTo(asked);
      JsonNode answer =
          connection
              .open()
              .post(
                  "routes/" + SplitOptions.path(service) + "/weights",
                  "application/json",
                  asked.toString());
      List<String> set = new ArrayList<>();
      weights.forEach((name, weight) -> set.add(name + "=" + weight));
      PrintWriter out = spec.commandLine().getOut();
      out.println(
          resource(answer.path("resource"))
              + " rule "
              + answer.path("rule").asText()
              + ": "
              + String.join(" ", set)
              + (preview
                  ? ", not applied"
                  : ", revision " + answer.path("resourceVersion").asText()));
      out.flush();
      return Exit.OK.code();
    }
  }

  static String resource(JsonNode key) {
    return key.path("kind").asText()
        + "/"
        + key.path("namespace").asText()
        + "/"
        + key.path("name").asText();
  }

  static String percent(JsonNode ratio) {
    return ratio.isNumber()
        ? String.format(Locale.ROOT, "%.1f %%", ratio.asDouble() * 100).replace(".0 %", " %")
        : "-";
  }
}
