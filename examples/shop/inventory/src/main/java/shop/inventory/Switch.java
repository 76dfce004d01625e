package shop.inventory;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;

/**
 * Lets an operator take this instance out of work while it runs: a file holding {@code unavailable}
 * or {@code delay MILLISECONDS}. Read on each request.
 */
final class Switch {

  private final Path file;

  /** Null: never switched. */
  Switch(Path file) {
    this.file = file;
  }

  boolean unavailable() {
    return content().equals("unavailable");
  }

  long delayMillis() {
    String content = content();
    return content.startsWith("delay ") ? Long.parseLong(content.substring("delay ".length())) : 0;
  }

  private String content() {
    if (file == null || !Files.exists(file)) {
      return "";
    }
    try {
      return Files.readString(file).trim();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
