package io.endomesh.controller.cli;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.PrintWriter;
import java.util.List;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

@Command(
    name = "apply",
    mixinStandardHelpOptions = true,
    description = "Creates or changes resources, all of them or none.",
    footer = {
      "",
      "  endomesh apply -f route.yaml",
      "  endomesh apply -f policies/ --dry-run",
      "  endomesh apply -f route.yaml -m 'orders v2 is slow'",
      "  endomesh apply -f route.yaml --dry-run=traffic",
      "  cat route.yaml | endomesh apply -f -"
    })
final class ApplyCommand implements Callable<Integer> {

  @Spec private CommandSpec spec;
  @Mixin private Connection connection = new Connection();

  @Option(
      names = {"-f", "--file"},
      required = true,
      paramLabel = "FILE",
      description = "YAML or JSON file, a directory of them, or - for standard input; repeatable")
  private List<String> files = List.of();

  @Mixin private WhyOption why = new WhyOption();

  /** How far a dry run goes. */
  enum DryRun {
    CHECK,
    TRAFFIC
  }

  @Option(
      names = "--dry-run",
      arity = "0..1",
      fallbackValue = "CHECK",
      description =
          "change nothing: only check, or with =traffic say what would have become of the calls of"
              + " the last minutes")
  private @Nullable DryRun dryRun;

  @Override
  public Integer call() {
    String documents = ResourceFiles.read(files);
    ApiClient api = connection.open();
    JsonNode answer =
        api.post(why.addTo("apply?dryRun=" + (dryRun != null)), "application/yaml", documents);
    PrintWriter out = spec.commandLine().getOut();
    for (JsonNode resource : answer.path("resources")) {
      out.printf(
          "%s %s/%s %s%s%n",
          resource.path("kind").asText(),
          resource.path("namespace").asText(),
          resource.path("name").asText(),
          resource.path("action").asText(),
          dryRun == null ? "" : " (dry run)");
      for (JsonNode warning : resource.path("warnings")) {
        out.println("  warning: " + warning.asText());
      }
    }
    if (dryRun == DryRun.TRAFFIC) {
      print(api.post("replay", "application/yaml", documents), out);
    }
    out.flush();
    return Exit.OK.code();
  }

  /** What a draft would do to calls that were made. */
  static void print(JsonNode replay, PrintWriter out) {
    long calls = replay.path("calls").asLong();
    out.printf(
        "%,d of %,d calls of the last %d minutes would end otherwise%n",
        Math.round(replay.path("changed").asDouble()), calls, replay.path("minutes").asInt());
    for (JsonNode outcome : replay.path("outcomes")) {
      out.printf(
          "  %,d more %s%n",
          Math.round(outcome.path("calls").asDouble()), outcome.path("outcome").asText());
    }
    long skipped = replay.path("skipped").asLong();
    if (skipped > 0) {
      out.printf("  %,d more were recorded and not replayed%n", skipped);
    }
  }
}
