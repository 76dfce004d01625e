package io.endomesh.controller.cli;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.PrintWriter;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.stream.IntStream;
import org.snakeyaml.engine.v2.api.Dump;
import org.snakeyaml.engine.v2.api.DumpSettings;
import org.snakeyaml.engine.v2.common.FlowStyle;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/**
 * Option {@code -o}, and what is printed by it: a table for people, or the API's own shape, whole
 * or in part, for programs.
 */
final class Output {

  private static final ObjectMapper JSON = new ObjectMapper();

  @Spec(Spec.Target.MIXEE)
  private CommandSpec command;

  @Option(
      names = {"-o", "--output"},
      paramLabel = "FORMAT",
      converter = Format.Converter.class,
      completionCandidates = Format.Candidates.class,
      description = "${COMPLETION-CANDIDATES} (default: table)")
  private Format format = Format.TABLE;

  /** True if people read it, who may be told more behind the table. */
  boolean isTable() {
    return format.isTable();
  }

  /** Prints a line below the table; nothing where a program reads. */
  void note(String line) {
    if (isTable()) {
      PrintWriter out = command.commandLine().getOut();
      out.println(line);
      out.flush();
    }
  }

  /**
   * @param table its first row is the header; columns whose header begins with + are for {@code -o
   *     wide}
   */
  void print(JsonNode document, List<String[]> table) {
    PrintWriter out = command.commandLine().getOut();
    switch (format.kind()) {
      case TABLE -> table(out, columns(table, /* wide= */ false));
      case WIDE -> table(out, columns(table, /* wide= */ true));
      case JSON -> json(out, document);
      case YAML -> yaml(out, document);
      case NAME -> Format.names(document).forEach(out::println);
      case JSONPATH -> out.println(Objects.requireNonNull(format.path()).of(document));
    }
    out.flush();
  }

  private static List<String[]> columns(List<String[]> table, boolean wide) {
    String[] header = table.get(0);
    int[] shown =
        IntStream.range(0, header.length).filter(i -> wide || !header[i].startsWith("+")).toArray();
    List<String[]> rows = new ArrayList<>();
    for (String[] row : table) {
      String[] cells = new String[shown.length];
      for (int i = 0; i < shown.length; i++) {
        String cell = row[shown[i]];
        cells[i] = row == header && cell.startsWith("+") ? cell.substring(1) : cell;
      }
      rows.add(cells);
    }
    return rows;
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
