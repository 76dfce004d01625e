package io.endomesh.controller.cli;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.PrintWriter;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

@Command(
    name = "diff",
    mixinStandardHelpOptions = true,
    description = {
      "Shows what applying files would change, and changes nothing.",
      "Ends with 0 if nothing would change, with 1 if something would, with more if it failed."
    },
    footer = {"", "  endomesh diff -f route.yaml"})
final class DiffCommand implements Callable<Integer> {

  @Spec private CommandSpec spec;
  @Mixin private Connection connection = new Connection();

  @Option(
      names = {"-f", "--file"},
      required = true,
      paramLabel = "FILE",
      description = "YAML or JSON file, a directory of them, or - for standard input; repeatable")
  private List<String> files = List.of();

  @Override
  public Integer call() {
    String documents = ResourceFiles.read(files);
    JsonNode answer;
    try {
      answer = connection.open().post("apply?dryRun=true", "application/yaml", documents);
    } catch (CommandFailed e) {
      // Scripts take 1 for a difference, as of diff itself.
      throw e.exit() == Exit.FAILED
          ? new CommandFailed(Exit.INVALID, String.valueOf(e.getMessage()))
          : e;
    }
    PrintWriter out = spec.commandLine().getOut();
    boolean differs = false;
    for (JsonNode resource : answer.path("resources")) {
      if (!resource.path("action").asText().equals("unchanged")) {
        differs = true;
        print(resource, spec.commandLine());
      }
    }
    out.flush();
    return (differs ? Exit.DIFFERENT : Exit.OK).code();
  }

  /** One resource of the answer to a dry run: its name, and the lines that differ. */
  static void print(JsonNode resource, CommandLine command) {
    PrintWriter out = command.getOut();
    // Picocli looks whether it is a terminal, and for NO_COLOR.
    boolean colour = command.getColorScheme().ansi().enabled();
    out.printf(
        "%s %s/%s would be %s%n",
        resource.path("kind").asText(),
        resource.path("namespace").asText(),
        resource.path("name").asText(),
        resource.path("action").asText());
    TextDiff.near(TextDiff.of(yaml(resource.path("before")), yaml(resource.path("after"))))
        .forEach(line -> out.println(TextDiff.coloured(line, colour)));
  }

  private static String yaml(JsonNode resource) {
    return resource.isNull() || resource.isMissingNode() ? "" : Output.yaml(resource);
  }
}
