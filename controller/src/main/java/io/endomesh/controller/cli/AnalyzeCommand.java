package io.endomesh.controller.cli;

import com.fasterxml.jackson.databind.JsonNode;
import io.endomesh.controller.analyze.Analyzer;
import io.endomesh.controller.analyze.FindingsJson;
import io.endomesh.controller.kinds.InvalidResourceException;
import io.endomesh.controller.kinds.ParsedResource;
import io.endomesh.controller.kinds.ResourceParser;
import io.endomesh.controller.translate.Drafts;
import java.io.PrintWriter;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

@Command(
    name = "analyze",
    mixinStandardHelpOptions = true,
    description = "Finds what is valid and wrong all the same; docs/analyze.md explains each code.",
    footer = {
      "",
      "  endomesh analyze                            the mesh as it is",
      "  endomesh analyze -f routes/                 the mesh as it would be with these",
      "  endomesh analyze -f routes/ --offline       these alone, without a controller",
      "",
      "Ends with 10 if it found something that --fail-on names."
    })
final class AnalyzeCommand implements Callable<Integer> {

  /** What lets the command fail. */
  enum FailOn {
    ERROR,
    WARNING,
    NEVER
  }

  @Spec private CommandSpec spec;
  @Mixin private Connection connection = new Connection();

  @Option(
      names = {"-f", "--file"},
      paramLabel = "FILE",
      description = "YAML or JSON file, a directory of them, or - for standard input; repeatable")
  private List<String> files = List.of();

  @Option(names = "--offline", description = "look at the files alone; asks no controller")
  private boolean offline;

  @Option(names = "--fail-on", description = "${COMPLETION-CANDIDATES} (default: ${DEFAULT-VALUE})")
  private FailOn failOn = FailOn.ERROR;

  @Mixin private Output output = new Output();

  @Override
  public Integer call() {
    if (offline && files.isEmpty()) {
      throw new CommandFailed(Exit.USAGE, "file: none (expected: one at least with --offline)");
    }
    String documents = ResourceFiles.read(files);
    JsonNode answer =
        offline
            ? alone(documents)
            : connection.open().post("analyze", "application/yaml", documents);
    PrintWriter out = spec.commandLine().getOut();
    if (output.isTable()) {
      print(answer, out);
    } else {
      output.print(answer, List.of());
    }
    return (fails(answer) ? Exit.FOUND_SOMETHING : Exit.OK).code();
  }

  private static JsonNode alone(String documents) {
    List<ParsedResource> resources;
    try {
      resources = ResourceParser.parseAll(documents);
    } catch (InvalidResourceException e) {
      throw new CommandFailed(Exit.INVALID, String.valueOf(e.getMessage()));
    }
    return FindingsJson.of(Analyzer.offline(Drafts.alone(resources, "cluster.local")), false);
  }

  private static void print(JsonNode answer, PrintWriter out) {
    for (JsonNode finding : answer.path("findings")) {
      out.printf(
          "%-7s  %s  %s %s/%s%s: %s%n",
          finding.path("severity").asText(),
          finding.path("code").asText(),
          finding.path("kind").asText(),
          finding.path("namespace").asText(),
          finding.path("name").asText(),
          finding.path("field").asText().isEmpty() ? "" : " " + finding.path("field").asText(),
          finding.path("message").asText());
    }
    if (answer.path("findings").isEmpty()) {
      out.println("nothing found");
    }
    out.flush();
  }

  private boolean fails(JsonNode answer) {
    for (JsonNode finding : answer.path("findings")) {
      boolean error = finding.path("severity").asText().equals("error");
      if (failOn == FailOn.WARNING || failOn == FailOn.ERROR && error) {
        return true;
      }
    }
    return false;
  }
}
