package io.endomesh.controller.cli;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.endomesh.controller.kinds.Kind;
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
    name = "export",
    mixinStandardHelpOptions = true,
    description = "Writes all resources as YAML that `apply` takes back.",
    footer = {"", "  endomesh export > mesh.yaml", "  endomesh export -n shop --kind httproute"})
final class ExportCommand implements Callable<Integer> {

  /** Of the metadata what the controller adds. */
  private static final List<String> ADDED = List.of("resourceVersion", "creationTimestamp");

  @Spec private CommandSpec spec;
  @Mixin private Connection connection = new Connection();

  @Option(
      names = {"-n", "--namespace"},
      description = "(default: all)")
  private String namespace = "";

  @Option(names = "--kind", paramLabel = "KIND", description = "(default: all)")
  private @Nullable String kind;

  @Override
  public Integer call() {
    Kind wanted = kind == null ? null : Kinds.named(kind);
    JsonNode answer =
        connection
            .open()
            .get(
                "resources?kind="
                    + (wanted == null ? "" : wanted.kindName())
                    + "&namespace="
                    + HistoryCommand.encoded(namespace));
    PrintWriter out = spec.commandLine().getOut();
    for (JsonNode resource : answer.path("items")) {
      out.println("---");
      out.print(Output.yaml(applied(resource)));
    }
    out.flush();
    return Exit.OK.code();
  }

  /** What was applied, without what the controller says of it. */
  static ObjectNode applied(JsonNode resource) {
    ObjectNode copy = resource.deepCopy();
    copy.remove("status");
    if (copy.get("metadata") instanceof ObjectNode metadata) {
      metadata.remove(ADDED);
    }
    return copy;
  }
}
