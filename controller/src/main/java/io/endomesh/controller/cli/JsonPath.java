package io.endomesh.controller.cli;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * A template as {@code kubectl -o jsonpath} has it: text, and in braces paths of {@code .name},
 * {@code ['name']}, {@code [0]}, {@code [-1]}, {@code [*]}, {@code ..name} and {@code
 * [?(@.name=="value")]}. Values of one path are set apart by spaces. Immutable.
 */
final class JsonPath {

  private static final Pattern STEP =
      Pattern.compile(
          "\\.\\.(?<deep>[\\w-]+)|\\.(?<all>\\*)|\\.(?<name>[\\w-]+)|\\['(?<quoted>[^']*)'\\]"
              + "|\\[(?<index>-?\\d{1,9})\\]|\\[(?<each>\\*)\\]"
              + "|\\[\\?\\(@(?<where>(?:\\.[\\w-]+)+)\\s*(?<not>[=!])=\\s*(?<value>\"[^\"]*\"|'[^']*'|[\\w.-]+)\\)\\]");

  private sealed interface Step {
    void from(JsonNode node, List<JsonNode> found);
  }

  private record Child(String name) implements Step {
    @Override
    public void from(JsonNode node, List<JsonNode> found) {
      if (node.has(name)) {
        found.add(node.get(name));
      }
    }
  }

  private record Deep(String name) implements Step {
    @Override
    public void from(JsonNode node, List<JsonNode> found) {
      found.addAll(node.findValues(name));
    }
  }

  private record Index(int index) implements Step {
    @Override
    public void from(JsonNode node, List<JsonNode> found) {
      int at = index < 0 ? node.size() + index : index;
      if (node.isArray() && node.has(at)) {
        found.add(node.get(at));
      }
    }
  }

  private record Each() implements Step {
    @Override
    public void from(JsonNode node, List<JsonNode> found) {
      node.forEach(found::add);
    }
  }

  private record Where(List<String> names, boolean equal, String value) implements Step {
    @Override
    public void from(JsonNode node, List<JsonNode> found) {
      for (JsonNode item : node) {
        JsonNode at = item;
        for (String name : names) {
          at = at.path(name);
        }
        if (at.asText().equals(value) == equal) {
          found.add(item);
        }
      }
    }
  }

  /** Text as it is, or the steps of a path. */
  private record Part(String text, List<Step> steps) {}

  private final List<Part> parts;

  private JsonPath(List<Part> parts) {
    this.parts = parts;
  }

  /**
   * @throws IllegalArgumentException with a sentence
   */
  static JsonPath parse(String template) {
    List<Part> parts = new ArrayList<>();
    // Without braces it is one path, as kubectl takes it.
    String whole = template.contains("{") ? template : "{" + template + "}";
    int at = 0;
    while (at < whole.length()) {
      int open = whole.indexOf('{', at);
      if (open != at) {
        int end = open < 0 ? whole.length() : open;
        parts.add(new Part(whole.substring(at, end), List.of()));
        at = end;
        continue;
      }
      int close = whole.indexOf('}', open);
      if (close < 0) {
        throw new IllegalArgumentException("'" + template + "' (expected: a } for each {)");
      }
      parts.add(part(whole.substring(open + 1, close).strip()));
      at = close + 1;
    }
    return new JsonPath(parts);
  }

  private static Part part(String path) {
    if (path.startsWith("\"") && path.endsWith("\"") && path.length() > 1) {
      String text = path.substring(1, path.length() - 1);
      return new Part(text.replace("\\n", "\n").replace("\\t", "\t"), List.of());
    }
    List<Step> steps = new ArrayList<>();
    String rest = path.startsWith("$") ? path.substring(1) : path;
    if (!rest.isEmpty() && !rest.startsWith(".") && !rest.startsWith("[")) {
      rest = "." + rest;
    }
    // "." alone is the document.
    Matcher step = STEP.matcher(rest.equals(".") ? "" : rest);
    int end = 0;
    while (step.lookingAt()) {
      steps.add(step(step));
      end = step.end();
      step.region(end, rest.length());
    }
    if (end < rest.length() && !rest.equals(".")) {
      throw new IllegalArgumentException(
          "'"
              + path
              + "' (expected: as {.items[*].metadata.name}; not at '"
              + rest.substring(end)
              + "')");
    }
    return new Part("", steps);
  }

  private static Step step(Matcher step) {
    if (step.group("deep") != null) {
      return new Deep(step.group("deep"));
    }
    if (step.group("name") != null) {
      return new Child(step.group("name"));
    }
    if (step.group("quoted") != null) {
      return new Child(step.group("quoted"));
    }
    if (step.group("index") != null) {
      return new Index(Integer.parseInt(step.group("index")));
    }
    if (step.group("where") != null) {
      String value = step.group("value");
      boolean isQuoted = value.startsWith("\"") || value.startsWith("'");
      return new Where(
          List.of(step.group("where").substring(1).split("\\.")),
          step.group("not").equals("="),
          isQuoted ? value.substring(1, value.length() - 1) : value);
    }
    return new Each();
  }

  /** What the template makes of a document. */
  String of(JsonNode document) {
    StringBuilder text = new StringBuilder();
    for (Part part : parts) {
      text.append(part.text());
      if (!part.steps().isEmpty() || part.text().isEmpty()) {
        text.append(String.join(" ", values(document, part.steps())));
      }
    }
    return text.toString();
  }

  private static List<String> values(JsonNode document, List<Step> steps) {
    List<JsonNode> now = List.of(document);
    for (Step step : steps) {
      List<JsonNode> next = new ArrayList<>();
      now.forEach(node -> step.from(node, next));
      now = next;
    }
    return now.stream().map(node -> node.isValueNode() ? node.asText() : node.toString()).toList();
  }
}
