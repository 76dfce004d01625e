package io.endomesh.weaving;

import java.io.IOException;
import java.io.InputStream;
import java.io.StringReader;
import java.nio.charset.StandardCharsets;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HashMap;
import java.util.Map;
import java.util.Properties;
import org.jspecify.annotations.Nullable;

/**
 * The scalars of a configuration file by their dotted names. Of YAML it reads block mappings with
 * plain or quoted scalars, and of several documents the first, which holds for all profiles.
 * Immutable.
 */
final class ConfigurationFile {

  /** A mapping that is open at a line. */
  private record Open(int indent, String path) {}

  private final Map<String, String> values;

  private ConfigurationFile(Map<String, String> values) {
    this.values = values;
  }

  /**
   * @throws IllegalArgumentException if properties have a broken escape
   */
  static ConfigurationFile read(InputStream in, boolean properties) throws IOException {
    String text = new String(in.readAllBytes(), StandardCharsets.UTF_8);
    return new ConfigurationFile(properties ? ofProperties(text) : ofYaml(text));
  }

  @Nullable String value(String name) {
    return values.get(name);
  }

  private static Map<String, String> ofProperties(String text) throws IOException {
    Properties read = new Properties();
    read.load(new StringReader(text));
    Map<String, String> values = new HashMap<>();
    read.forEach((name, value) -> values.put((String) name, ((String) value).trim()));
    return values;
  }

  private static Map<String, String> ofYaml(String text) {
    Map<String, String> values = new HashMap<>();
    Deque<Open> open = new ArrayDeque<>();
    for (String line : text.split("\n", -1)) {
      String content = line.strip();
      if (content.startsWith("---") && !values.isEmpty()) {
        break;
      }
      int indent = line.indexOf(content);
      int colon = content.endsWith(":") ? content.length() - 1 : content.indexOf(": ");
      int comment = content.indexOf(": #");
      if (comment > 0 && comment == colon) {
        content = content.substring(0, colon + 1);
      }
      if (content.isEmpty() || content.startsWith("#") || content.startsWith("-") || colon <= 0) {
        continue;
      }
      while (!open.isEmpty() && open.peek().indent() >= indent) {
        open.pop();
      }
      String key = unquoted(content.substring(0, colon).strip());
      String path = open.isEmpty() ? key : open.peek().path() + "." + key;
      String value = content.substring(colon + 1).strip();
      if (value.isEmpty()) {
        open.push(new Open(indent, path));
      } else {
        values.putIfAbsent(path, unquoted(value));
      }
    }
    return values;
  }

  private static String unquoted(String text) {
    char quote = text.charAt(0);
    if (quote == '"' || quote == '\'') {
      int end = text.indexOf(quote, 1);
      return end < 0 ? text : text.substring(1, end);
    }
    int comment = text.indexOf(" #");
    return comment < 0 ? text : text.substring(0, comment).strip();
  }
}
