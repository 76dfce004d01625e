package io.endomesh.controller.cli;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.PrintWriter;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

@Command(
    name = "graph",
    mixinStandardHelpOptions = true,
    description = "Shows the graph of calls: as text, for Graphviz, or for Mermaid in Markdown.",
    footer = {"", "  endomesh graph -n shop", "  endomesh graph -o dot | dot -Tsvg > mesh.svg"})
final class GraphCommand implements Callable<Integer> {

  /** How it is written. */
  enum Shape {
    TEXT,
    DOT,
    MERMAID,
    JSON
  }

  @Spec private CommandSpec spec;
  @Mixin private Connection connection = new Connection();

  @Option(
      names = {"-n", "--namespace"},
      description = "only what calls, or is called, there (default: all)")
  private @Nullable String namespace;

  @Option(
      names = {"-o", "--output"},
      paramLabel = "SHAPE",
      description = "${COMPLETION-CANDIDATES} (default: ${DEFAULT-VALUE})")
  private Shape shape = Shape.TEXT;

  @Override
  public Integer call() {
    JsonNode all = connection.open().get("graph");
    JsonNode graph = all;
    if (namespace != null) {
      graph =
          Selection.of(
              all,
              "edges",
              edge -> isThere(edge.path("source")) || isThere(edge.path("destination")));
      JsonNode edges = graph.path("edges");
      graph =
          Selection.of(
              graph, "nodes", node -> isThere(node.path("id")) || isEnd(edges, node.path("id")));
    }
    PrintWriter out = spec.commandLine().getOut();
    switch (shape) {
      case TEXT -> text(graph, out);
      case DOT -> dot(graph, out);
      case MERMAID -> mermaid(graph, out);
      case JSON -> out.println(graph.toPrettyString());
    }
    out.flush();
    return Exit.OK.code();
  }

  private boolean isThere(JsonNode id) {
    return id.asText().startsWith(namespace + "/");
  }

  private static boolean isEnd(JsonNode edges, JsonNode id) {
    for (JsonNode edge : edges) {
      if (edge.path("source").equals(id) || edge.path("destination").equals(id)) {
        return true;
      }
    }
    return false;
  }

  private static void text(JsonNode graph, PrintWriter out) {
    for (JsonNode node : graph.path("nodes")) {
      out.println(node.path("id").asText() + "  " + node.path("health").asText());
      for (JsonNode edge : graph.path("edges")) {
        if (edge.path("source").equals(node.path("id"))) {
          out.println("  -> " + edge.path("destination").asText() + "  " + label(edge));
        }
      }
    }
  }

  private static void dot(JsonNode graph, PrintWriter out) {
    out.println("digraph mesh {");
    out.println("  rankdir=LR;");
    for (JsonNode node : graph.path("nodes")) {
      out.printf("  %s [shape=%s];%n", quoted(node.path("id")), dotShape(node));
    }
    for (JsonNode edge : graph.path("edges")) {
      out.printf(
          "  %s -> %s [label=\"%s\"];%n",
          quoted(edge.path("source")), quoted(edge.path("destination")), label(edge));
    }
    out.println("}");
  }

  private static String dotShape(JsonNode node) {
    return switch (node.path("kind").asText()) {
      case "service" -> "box";
      case "database" -> "cylinder";
      default -> "ellipse";
    };
  }

  private static String quoted(JsonNode id) {
    return '"' + id.asText().replace("\\", "\\\\").replace("\"", "\\\"") + '"';
  }

  /** Its ids may hold letters and digits only, so nodes are numbered. */
  private static void mermaid(JsonNode graph, PrintWriter out) {
    out.println("graph LR");
    Map<String, String> ids = new LinkedHashMap<>();
    for (JsonNode node : graph.path("nodes")) {
      String id = "n" + ids.size();
      ids.put(node.path("id").asText(), id);
      out.printf("  %s[\"%s\"]%n", id, node.path("id").asText().replace("\"", "#quot;"));
    }
    for (JsonNode edge : graph.path("edges")) {
      out.printf(
          "  %s -->|\"%s\"| %s%n",
          ids.get(edge.path("source").asText()),
          label(edge),
          ids.get(edge.path("destination").asText()));
    }
  }

  private static String label(JsonNode edge) {
    JsonNode stats = edge.path("stats");
    String failed =
        stats.path("errorRatio").asDouble() > 0
            ? ", " + Figures.percent(stats.path("errorRatio")) + " failed"
            : "";
    return edge.path("protocol").asText()
        + " "
        + Figures.rate(stats.path("requestsPerSecond"))
        + "/s"
        + failed;
  }
}
