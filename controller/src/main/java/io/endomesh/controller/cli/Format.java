package io.endomesh.controller.cli;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.TypeConversionException;

/**
 * What {@code -o} takes. Immutable.
 *
 * @param path of {@code jsonpath=}, else null
 */
record Format(Kind kind, @Nullable JsonPath path) {

  /** The shapes there are. */
  enum Kind {
    TABLE,
    WIDE,
    JSON,
    YAML,
    NAME,
    JSONPATH
  }

  static final Format TABLE = new Format(Kind.TABLE, null);

  /** True if people read it. */
  boolean isTable() {
    return kind == Kind.TABLE || kind == Kind.WIDE;
  }

  /** Reads the option's value. */
  static final class Converter implements ITypeConverter<Format> {
    private static final String PATH = "jsonpath=";

    @Override
    public Format convert(String value) {
      if (value.startsWith(PATH)) {
        try {
          return new Format(Kind.JSONPATH, JsonPath.parse(value.substring(PATH.length())));
        } catch (IllegalArgumentException e) {
          throw new TypeConversionException(String.valueOf(e.getMessage()));
        }
      }
      for (Kind kind : Kind.values()) {
        if (kind != Kind.JSONPATH && kind.name().equalsIgnoreCase(value)) {
          return new Format(kind, null);
        }
      }
      throw new TypeConversionException(
          "'" + value + "' (expected: one of " + String.join(", ", new Candidates()) + ")");
    }
  }

  /** For help and completion. */
  static final class Candidates implements Iterable<String> {
    @Override
    public Iterator<String> iterator() {
      List<String> words = new ArrayList<>();
      for (Kind kind : Kind.values()) {
        words.add(kind.name().toLowerCase(Locale.ROOT) + (kind == Kind.JSONPATH ? "=PATH" : ""));
      }
      return words.iterator();
    }
  }

  /** {@code KIND/NAMESPACE/NAME}, or the id, of all that a document tells of. */
  static List<String> names(JsonNode document) {
    List<String> names = new ArrayList<>();
    if (!name(document).isEmpty()) {
      names.add(name(document));
      return names;
    }
    for (JsonNode list : document) {
      if (list.isArray()) {
        list.forEach(item -> names.add(name(item)));
        names.removeIf(String::isEmpty);
        return names;
      }
    }
    return names;
  }

  private static String name(JsonNode item) {
    JsonNode named = item.has("metadata") ? item.path("metadata") : item;
    if (item.has("kind") && named.has("name")) {
      return item.path("kind").asText().toLowerCase(Locale.ROOT)
          + "/"
          + named.path("namespace").asText()
          + "/"
          + named.path("name").asText();
    }
    if (item.has("instance")) {
      return "workload/" + item.path("namespace").asText() + "/" + item.path("instance").asText();
    }
    for (String id : List.of("id", "traceId", "name")) {
      if (item.path(id).isTextual()) {
        return (item.has("declared") ? "service/" : "") + item.path(id).asText();
      }
    }
    return "";
  }
}
