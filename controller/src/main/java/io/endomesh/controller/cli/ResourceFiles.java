package io.endomesh.controller.cli;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;

/** What {@code -f} takes: a file, a directory of them, or - for standard input. Stateless. */
final class ResourceFiles {

  private ResourceFiles() {}

  /** All documents as one text. */
  static String read(List<String> files) {
    StringBuilder documents = new StringBuilder();
    for (String file : files) {
      for (String content : read(file)) {
        documents.append("\n---\n").append(content);
      }
    }
    return documents.toString();
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
        for (Path entry : entries.filter(ResourceFiles::isResourceFile).sorted().toList()) {
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
