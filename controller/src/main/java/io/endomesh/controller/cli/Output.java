package io.endomesh.controller.cli;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.PrintWriter;
import java.util.ArrayList;
import java.util.List;
import org.snakeyaml.engine.v2.api.Dump;
import org.snakeyaml.engine.v2.api.DumpSettings;
import org.snakeyaml.engine.v2.common.FlowStyle;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/**
 * Option {@code -o}, and what is printed by it: a table for people, or JSON or YAML, the API's own
 * shape, for programs.
 */
final class Output {

  /** What {@code -o} takes. */
  enum Format {
    TABLE,
    JSON,
    YAML
  }

  private static final ObjectMapper JSON = new ObjectMapper();

  @Spec(Spec.Target.MIXEE)
  private CommandSpec command;

  @Option(
      names = {"-o", "--output"},
      description = "${COMPLETION-CANDIDATES} (default: ${DEFAULT-VALUE})")
  private Format format = Format.TABLE;

  /** True if people read it, who may be told more behind the table. */
  boolean isTable() {
    return format == Format.TABLE;
  }

  /** Prints a line below the table; nothing where a program reads. */
  void note(String line) {
    if (isTable()) {
      PrintWriter out = command.commandLine().getOut();
      out.println(line);
      out.flush();
    }
  }

  void print(JsonNode document, List<String[]> table) {
    PrintWriter out = command.commandLine().getOut();
    switch (format) {
      case TABLE -> table(out, table);
      case JSON -> json(out, document);
      case YAML -> yaml(out, document);
    }
    out.flush();
  }

  /** First row is the header; columns are as wide as they need. */
  private static void table(PrintWriter out, List<String[]> rows) {
    int[] widths = new int[rows.get(0).length];
    for (String[] row : rows) {
      for (int i = 0; i < row.length; i++) {
        widths[i] = Math.max(widths[i], row[i].length());
      }
    }
    for (String[] row : rows) {
      StringBuilder line = new StringBuilder();
      for (int i = 0; i < row.length; i++) {
        line.append(row[i]);
        line.append(" ".repeat(i == row.length - 1 ? 0 : widths[i] - row[i].length() + 3));
      }
      out.println(line.toString().stripTrailing());
    }
  }

  private static void json(PrintWriter out, JsonNode document) {
    try {
      out.println(JSON.writerWithDefaultPrettyPrinter().writeValueAsString(document));
    } catch (JsonProcessingException e) {
      throw new IllegalStateException("a tree that is no JSON", e);
    }
  }

  private static void yaml(PrintWriter out, JsonNode document) {
    List<JsonNode> documents = new ArrayList<>();
    if ("List".equals(document.path("kind").asText())) {
      document.path("items").forEach(documents::add);
    } else {
      documents.add(document);
    }
    for (JsonNode one : documents) {
      out.println("---");
      out.print(yaml(one));
    }
  }

  /** One document, without the line that begins it. */
  static String yaml(JsonNode document) {
    Dump dump = new Dump(DumpSettings.builder().setDefaultFlowStyle(FlowStyle.BLOCK).build());
    return dump.dumpToString(JSON.convertValue(document, Object.class));
  }
}
