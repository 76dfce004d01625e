package io.endomesh.controller.cli;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.PrintWriter;
import java.util.List;
import java.util.concurrent.Callable;
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

  @Option(names = "--dry-run", description = "check only; nothing is changed")
  private boolean dryRun;

  @Override
  public Integer call() {
    String documents = ResourceFiles.read(files);
    JsonNode answer =
        connection.open().post("apply?dryRun=" + dryRun, "application/yaml", documents);
    PrintWriter out = spec.commandLine().getOut();
    for (JsonNode resource : answer.path("resources")) {
      out.printf(
          "%s %s/%s %s%s%n",
          resource.path("kind").asText(),
          resource.path("namespace").asText(),
          resource.path("name").asText(),
          resource.path("action").asText(),
          dryRun ? " (dry run)" : "");
      for (JsonNode warning : resource.path("warnings")) {
        out.println("  warning: " + warning.asText());
      }
    }
    out.flush();
    return Exit.OK.code();
  }
}
