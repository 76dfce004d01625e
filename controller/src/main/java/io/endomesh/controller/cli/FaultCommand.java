package io.endomesh.controller.cli;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.PrintWriter;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

@Command(
    name = "fault",
    mixinStandardHelpOptions = true,
    description = "Makes calls of a service slow or fail on purpose, for a while.",
    subcommands = {FaultCommand.Start.class, FaultCommand.Stop.class, FaultCommand.ListTests.class})
final class FaultCommand {

  private FaultCommand() {}

  @Command(
      name = "start",
      mixinStandardHelpOptions = true,
      description = "Begins at once, and ends by itself.",
      footer = {
        "",
        "  endomesh fault start shop/orders --abort 503 --percent 10 --for PT5M",
        "  endomesh fault start shop/orders --delay 2000 --for PT10M --route HTTPRoute/shop/orders"
            + " --rule 1",
        "  endomesh fault start shop/inventory --abort-grpc UNAVAILABLE --for PT1M"
      })
  static final class Start implements Callable<Integer> {

    @Spec private CommandSpec spec;
    @Mixin private Connection connection = new Connection();

    @Parameters(index = "0", paramLabel = "SERVICE", description = "as shop/orders")
    private String service = "";

    @Option(
        names = "--route",
        paramLabel = "KIND/NAMESPACE/NAME",
        description = "only calls of this route (default: all calls)")
    private @Nullable String route;

    @Option(names = "--rule", paramLabel = "N", description = "of the route, from 0 (default: all)")
    private @Nullable Integer rule;

    @Option(names = "--delay", paramLabel = "MILLIS", description = "how much later they are sent")
    private @Nullable Long delay;

    @Option(
        names = "--abort",
        paramLabel = "STATUS",
        description = "HTTP status in place of the service's answer")
    private @Nullable Integer abort;

    @Option(
        names = "--abort-grpc",
        paramLabel = "STATUS",
        description = "the same for gRPC, as UNAVAILABLE")
    private @Nullable String abortGrpc;

    @Option(
        names = "--percent",
        paramLabel = "PERCENT",
        description = "of the calls (default: ${DEFAULT-VALUE})")
    private double percent = 100;

    @Option(
        names = "--for",
        required = true,
        paramLabel = "DURATION",
        description = "after which it ends by itself, ISO 8601, as PT5M; at most a day")
    private Duration time = Duration.ZERO;

    @Override
    public Integer call() {
      ObjectNode asked =
          JsonNodeFactory.instance
              .objectNode()
              .put("service", SplitOptions.path(service))
              .put("percent", percent)
              .put("seconds", time.toSeconds());
      if (route != null) {
        asked.put("route", route);
      }
      if (rule != null) {
        asked.put("rule", rule);
      }
      if (delay != null) {
        asked.put("delayMillis", delay);
      }
      if (abort != null) {
        asked.put("abortStatus", abort);
      }
      if (abortGrpc != null) {
        asked.put("abortGrpcStatus", abortGrpc);
      }
      JsonNode test = connection.open().post("faults", "application/json", asked.toString());
      PrintWriter out = spec.commandLine().getOut();
      String id = test.path("id").asText();
      out.println("fault test " + id + " runs until " + test.path("until").asText());
      out.println("stop it sooner with: endomesh fault stop " + id);
      out.flush();
      return Exit.OK.code();
    }
  }

  @Command(name = "stop", mixinStandardHelpOptions = true, description = "Ends one now, or all.")
  static final class Stop implements Callable<Integer> {

    @Spec private CommandSpec spec;
    @Mixin private Connection connection = new Connection();

    @Parameters(index = "0", arity = "0..1", paramLabel = "ID")
    private @Nullable String id;

    @Option(names = "--all", description = "every one that runs")
    private boolean all;

    @Override
    public Integer call() {
      if (all == (id != null)) {
        throw new CommandFailed(Exit.USAGE, "ID: (expected: one, or --all)");
      }
      ApiClient api = connection.open();
      List<String> ids = new ArrayList<>();
      if (id != null) {
        ids.add(id);
      } else {
        for (JsonNode test : api.get("faults").path("faults")) {
          if (test.path("state").asText().equals("running")) {
            ids.add(test.path("id").asText());
          }
        }
      }
      PrintWriter out = spec.commandLine().getOut();
      for (String one : ids) {
        api.post("faults/" + one + "/stop", "application/json", "");
        out.println("fault test " + one + " stopped");
      }
      if (ids.isEmpty()) {
        out.println("no fault test runs");
      }
      out.flush();
      return Exit.OK.code();
    }
  }

  @Command(
      name = "list",
      mixinStandardHelpOptions = true,
      description = "Those that run, and those that were, with who started and ended them.")
  static final class ListTests implements Callable<Integer> {

    @Mixin private Connection connection = new Connection();
    @Mixin private Output output = new Output();

    @Override
    public Integer call() {
      JsonNode answer = connection.open().get("faults");
      List<String[]> table = new ArrayList<>();
      table.add(
          new String[] {
            "ID", "SERVICE", "ROUTE", "FAULT", "PERCENT", "STATE", "BY", "UNTIL", "ENDED BY"
          });
      for (JsonNode test : answer.path("faults")) {
        table.add(
            new String[] {
              test.path("id").asText(),
              test.path("service").asText(),
              route(test),
              what(test),
              test.path("percent").asText().replaceFirst("\\.0$", ""),
              test.path("state").asText(),
              test.path("by").asText(),
              test.path("until").asText(),
              test.path("endedBy").isTextual() ? test.path("endedBy").asText() : "-"
            });
      }
      output.print(answer, table);
      return Exit.OK.code();
    }

    private static String route(JsonNode test) {
      if (!test.path("route").isTextual()) {
        return "all";
      }
      return test.path("route").asText()
          + (test.path("rule").isInt() ? " rule " + test.path("rule").asInt() : "");
    }

    private static String what(JsonNode test) {
      List<String> faults = new ArrayList<>();
      if (test.path("delayMillis").isNumber()) {
        faults.add("+" + test.path("delayMillis").asLong() + " ms");
      }
      if (test.path("abortStatus").isInt()) {
        faults.add(test.path("abortStatus").asText());
      }
      if (test.path("abortGrpcStatus").isTextual()) {
        faults.add(test.path("abortGrpcStatus").asText());
      }
      return String.join(", ", faults);
    }
  }
}
