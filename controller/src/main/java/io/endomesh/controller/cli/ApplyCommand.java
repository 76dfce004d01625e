package io.endomesh.controller.cli;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.stream.Stream;
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
    StringBuilder documents = new StringBuilder();
    for (String file : files) {
      for (String content : read(file)) {
        documents.append("\n---\n").append(content);
      }
    }
    JsonNode answer =
        connection.open().post("apply?dryRun=" + dryRun, "application/yaml", documents.toString());
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

  private static List<String> read(String file) {
    try {
      if (file.equals("-")) {
        return List.of(new String(System.in.readAllBytes(), StandardCharsets.UTF_8));
      }
      Path path = Path.of(file);
      if (!Files.isDirectory(path)) {
        return List.of(Files.readString(path));
      }
      List<String> contents = new ArrayList<>();
      try (Stream<Path> entries = Files.list(path)) {
        for (Path entry : entries.filter(ApplyCommand::isResourceFile).sorted().toList()) {
          contents.add(Files.readString(entry));
        }
      }
      return contents;
    } catch (IOException e) {
      throw new CommandFailed(Exit.USAGE, "file: " + file + " cannot be read (" + e + ")");
    }
  }

  private static boolean isResourceFile(Path path) {
    String name = path.getFileName().toString();
    return name.endsWith(".yaml") || name.endsWith(".yml") || name.endsWith(".json");
  }
}
