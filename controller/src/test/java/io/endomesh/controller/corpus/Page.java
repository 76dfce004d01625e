package io.endomesh.controller.corpus;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** The resources that pages of the documentation show, as their readers would copy them. */
final class Page {

  /** A code block of Markdown. */
  private static final String CODE = "    ";

  private Page() {}

  /**
   * @param heading of the section, without its marks
   * @param yaml one or several documents
   */
  record Block(String heading, String yaml) {}

  /**
   * @param place {@code docs/traffic.md, Split and match}
   */
  static List<String> section(String place) throws IOException {
    String[] parts = place.split(", ", 2);
    List<String> found =
        blocks(Example.ROOT.resolve(parts[0])).stream()
            .filter(block -> block.heading().equals(parts[1]))
            .map(Block::yaml)
            .toList();
    if (found.isEmpty()) {
      throw new IllegalArgumentException(place + " (expected: a section with resources)");
    }
    return found;
  }

  /** All code blocks that are resources; fragments are none. */
  static List<Block> blocks(Path page) throws IOException {
    List<Block> blocks = new ArrayList<>();
    String heading = "";
    StringBuilder code = new StringBuilder();
    List<String> lines = new ArrayList<>(Files.readAllLines(page));
    lines.add("");
    lines.add("end");
    for (String line : lines) {
      if (line.startsWith(CODE) || line.isBlank()) {
        code.append(line.isBlank() ? "" : line.substring(CODE.length())).append('\n');
        continue;
      }
      if (code.toString().strip().startsWith("apiVersion:")) {
        blocks.add(new Block(heading, code.toString().strip() + "\n"));
      }
      code.setLength(0);
      if (line.startsWith("#")) {
        heading = line.replaceFirst("#+ ", "");
      }
    }
    return blocks;
  }
}
