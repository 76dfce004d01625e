package io.endomesh.controller.corpus;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.Map;
import java.util.regex.Pattern;

/** A tree as text that a person can read: what is short stands on one line. Stateless. */
final class Readable {

  private static final int WIDTH = 100;

  /** What needs no quotes. */
  private static final Pattern PLAIN = Pattern.compile("[^\\s\\[\\]{},:\"][^\\[\\]{},\"\n]*");

  private Readable() {}

  /** Lines that begin with {@code indent} blanks. */
  static String text(JsonNode node, int indent) {
    StringBuilder text = new StringBuilder();
    lines(node, indent, text);
    return text.toString();
  }

  private static void lines(JsonNode node, int indent, StringBuilder text) {
    String blanks = " ".repeat(indent);
    if (node.isObject()) {
      for (Map.Entry<String, JsonNode> field : node.properties()) {
        text.append(blanks).append(field.getKey()).append(':');
        value(field.getValue(), indent + field.getKey().length() + 1, indent + 2, text);
      }
    } else {
      for (JsonNode item : node) {
        String flow = flow(item);
        if (indent + 2 + flow.length() <= WIDTH || !item.isContainerNode()) {
          text.append(blanks).append("- ").append(flow).append('\n');
        } else {
          StringBuilder block = new StringBuilder();
          lines(item, indent + 2, block);
          text.append(blanks).append("- ").append(block.substring(indent + 2));
        }
      }
    }
  }

  private static void value(JsonNode value, int at, int indent, StringBuilder text) {
    String flow = flow(value);
    if (at + 1 + flow.length() <= WIDTH || !value.isContainerNode()) {
      text.append(' ').append(flow).append('\n');
    } else {
      text.append('\n');
      lines(value, indent, text);
    }
  }

  private static String flow(JsonNode node) {
    StringBuilder text = new StringBuilder();
    if (node.isObject()) {
      node.properties()
          .forEach(
              field ->
                  comma(text).append(field.getKey()).append(": ").append(flow(field.getValue())));
      return "{" + text + "}";
    }
    if (node.isArray()) {
      node.forEach(item -> comma(text).append(flow(item)));
      return "[" + text + "]";
    }
    boolean quoted = node.isTextual() && !PLAIN.matcher(node.asText()).matches();
    return quoted ? node.toString() : node.asText();
  }

  private static StringBuilder comma(StringBuilder text) {
    return text.isEmpty() ? text : text.append(", ");
  }
}
