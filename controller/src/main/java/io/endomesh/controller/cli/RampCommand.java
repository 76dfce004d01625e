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
    name = "ramp",
    mixinStandardHelpOptions = true,
    description =
        "Shifts calls to a version step by step while it does well, and back when it does not.",
    subcommands = {
      RampCommand.Start.class,
      RampCommand.Status.class,
      RampCommand.Abort.class,
      RampCommand.Pause.class,
      RampCommand.Resume.class
    })
final class RampCommand {

  private static final double PERCENT = 100;

  private RampCommand() {}

  @Command(
      name = "start",
      mixinStandardHelpOptions = true,
      description = "Begins at once with the first step.",
      footer = {
        "",
        "  endomesh ramp start shop/orders v2",
        "  endomesh ramp start shop/orders v2 --steps 10,50,100 --every PT1M --max-errors 1"
            + " --max-p99 300 --wait"
      })
  static final class Start implements Callable<Integer> {

    @Spec private CommandSpec spec;
    @Mixin private Connection connection = new Connection();
    @Mixin private SplitOptions split = new SplitOptions();

    @Parameters(index = "0", paramLabel = "SERVICE", description = "as shop/orders")
    private String service = "";

    @Parameters(index = "1", paramLabel = "BACKEND", description = "side that gets more")
    private String to = "";

    @Option(
        names = "--steps",
        split = ",",
        paramLabel = "PERCENT",
        description = "(default: of 1,5,10,25,50,100 those that are more than it has)")
    private List<Integer> steps = new ArrayList<>();

    @Option(
        names = "--every",
        paramLabel = "DURATION",
        description = "how long a step is, ISO 8601 (default: ${DEFAULT-VALUE})")
    private Duration every = Duration.ofSeconds(30);

    @Option(
        names = "--max-errors",
        paramLabel = "PERCENT",
        description = "back with more errors in a step (default: ${DEFAULT-VALUE})")
    private double maxErrors = 5;

    @Option(
        names = "--max-p99",
        paramLabel = "MILLIS",
        description = "back with a slower p99 (default: whatever it is)")
    private @Nullable Double maxP99;

    @Option(
        names = "--min-calls",
        paramLabel = "N",
        description = "calls of a step before anything is judged (default: ${DEFAULT-VALUE})")
    private int minCalls = 20;

    @Option(
        names = "--few-calls",
        paramLabel = "WHAT",
        description =
            "hold or rollback, when a step had fewer at its end (default: ${DEFAULT-VALUE})")
    private String fewCalls = "hold";

    @Option(
        names = "--wait",
        description = "until it has ended; exits with 10 unless the version got all calls")
    private boolean wait;

    @Override
    public Integer call() throws InterruptedException {
      ObjectNode asked =
          JsonNodeFactory.instance
              .objectNode()
              .put("service", SplitOptions.path(service))
              .put("to", to)
              .put("everySeconds", every.toSeconds());
      if (!steps.isEmpty()) {
        steps.forEach(asked.putArray("steps")::add);
      }
      ObjectNode guard =
          asked
              .putObject("guard")
              .put("maxErrorShare", maxErrors / PERCENT)
              .put("minCalls", minCalls)
              .put("fewCalls", fewCalls);
      if (maxP99 != null) {
        guard.put("maxP99Millis", maxP99);
      }
      split.addTo(asked);
      ApiClient api = connection.open();
      JsonNode ramp = api.post("ramps", "application/json", asked.toString());
      PrintWriter out = spec.commandLine().getOut();
      out.println("ramp " + ramp.path("id").asText() + " started");
      int told = tell(out, ramp, 0);
      while (wait && ramp.path("endedAt").isNull()) {
        Thread.sleep(1_000);
        ramp = api.get("ramps/" + ramp.path("id").asText());
        told = tell(out, ramp, told);
      }
      return wait ? exit(ramp) : Exit.OK.code();
    }
  }

  @Command(
      name = "status",
      mixinStandardHelpOptions = true,
      description =
          "Lists ramps, newest first; of one, what it did. Ends with 10 if that one was rolled back"
              + " or stopped.",
      footer = {"", "  endomesh ramp status", "  endomesh ramp status a1b2c3"})
  static final class Status implements Callable<Integer> {

    @Spec private CommandSpec spec;
    @Mixin private Connection connection = new Connection();
    @Mixin private Output output = new Output();

    @Parameters(
        index = "0",
        arity = "0..1",
        paramLabel = "WHICH",
        description = "a ramp, or a service as shop/orders (default: all)")
    private @Nullable String which;

    @Override
    public Integer call() {
      ApiClient api = connection.open();
      if (which != null && !which.contains("/")) {
        JsonNode ramp = api.get("ramps/" + which);
        output.print(ramp, table(List.of(ramp)));
        if (output.isTable()) {
          tell(spec.commandLine().getOut(), ramp, 0);
        }
        return exit(ramp);
      }
      JsonNode answer =
          api.get("ramps" + (which == null ? "" : "?service=" + SplitOptions.path(which)));
      List<JsonNode> ramps = new ArrayList<>();
      answer.path("ramps").forEach(ramps::add);
      output.print(answer, table(ramps));
      return Exit.OK.code();
    }

    private static List<String[]> table(List<JsonNode> ramps) {
      List<String[]> table = new ArrayList<>();
      table.add(
          new String[] {"ID", "SERVICE", "TO", "STATE", "PERCENT", "BY", "CALLS", "ERRORS", "WHY"});
      for (JsonNode ramp : ramps) {
        String why = ramp.path(ramp.path("held").isNull() ? "why" : "held").asText("");
        table.add(
            new String[] {
              ramp.path("id").asText(),
              ramp.path("service").asText(),
              ramp.path("to").asText(),
              ramp.path("state").asText(),
              ramp.path("percent").asText("-"),
              ramp.path("by").asText(),
              ramp.at("/ofStep/calls").asText(),
              RouteCommand.percent(ramp.at("/ofStep/errorShare")),
              why.equals("null") ? "" : why
            });
      }
      return table;
    }
  }

  /** What acts on one ramp that is under way. */
  abstract static class Act implements Callable<Integer> {

    @Spec private CommandSpec spec;
    @Mixin private Connection connection = new Connection();

    @Parameters(index = "0", paramLabel = "ID")
    private String id = "";

    abstract String path();

    @Override
    public Integer call() {
      JsonNode ramp = connection.open().post("ramps/" + id + path(), "application/json", "");
      PrintWriter out = spec.commandLine().getOut();
      out.println("ramp " + id + " " + ramp.path("state").asText() + why(ramp));
      out.flush();
      // Somebody else's change is not undone.
      boolean stopped = ramp.path("state").asText().equals("stopped");
      return (stopped ? Exit.CONFLICT : Exit.OK).code();
    }

    private static String why(JsonNode ramp) {
      return ramp.path("why").isTextual() ? ": " + ramp.path("why").asText() : "";
    }
  }

  @Command(
      name = "abort",
      mixinStandardHelpOptions = true,
      description = "Ends it, with the weights that were before it.")
  static final class Abort extends Act {

    @Option(names = "--keep", description = "leave the weights as they are now")
    private boolean keep;

    @Override
    String path() {
      return "/abort?keep=" + keep;
    }
  }

  @Command(
      name = "pause",
      mixinStandardHelpOptions = true,
      description = "Stays at the step it is at; the guard looks on.")
  static final class Pause extends Act {
    @Override
    String path() {
      return "/pause";
    }
  }

  @Command(
      name = "resume",
      mixinStandardHelpOptions = true,
      description = "Goes on; the step begins anew.")
  static final class Resume extends Act {
    @Override
    String path() {
      return "/resume";
    }
  }

  private static int tell(PrintWriter out, JsonNode ramp, int told) {
    JsonNode events = ramp.path("events");
    for (int i = told; i < events.size(); i++) {
      JsonNode event = events.get(i);
      out.println(event.path("at").asText() + "  " + event.path("text").asText());
    }
    out.flush();
    return events.size();
  }

  private static int exit(JsonNode ramp) {
    return switch (ramp.path("state").asText()) {
      case "rolled-back", "stopped", "aborted" -> Exit.FOUND_SOMETHING.code();
      default -> Exit.OK.code();
    };
  }
}
