package io.endomesh.controller.operations;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.List;
import java.util.regex.Pattern;

/**
 * Takes secrets out of text and JSON before others see them. It is the second line: nobody writes a
 * secret into a log on purpose. It takes rather too much than too little. Stateless.
 */
public final class Redaction {

  static final String REDACTED = "[redacted]";

  /** A part of the name of a field whose value is nobody else's concern. */
  private static final Pattern SECRET_NAME =
      Pattern.compile(
          "(?i).*(passw|passphrase|secret|token|credential|authorization|cookie|api-?_?key|"
              + "private-?_?key|bearer|jwks$).*|(?i)pin");

  /** Each with what is put in the place of what it finds. */
  private record Rule(Pattern pattern, String replacement) {

    static Rule of(String regex, String replacement) {
      return new Rule(Pattern.compile(regex), replacement);
    }
  }

  private static final List<Rule> RULES =
      List.of(
          // Also one that is cut off, and one whose line ends are escaped.
          Rule.of(
              "(?s)-----BEGIN [A-Z0-9 ]*PRIVATE KEY-----.*?(-----END [A-Z0-9 ]*PRIVATE KEY-----|$)",
              REDACTED),
          Rule.of("\\bem1\\.[A-Za-z0-9_-]+", REDACTED),
          Rule.of("\\bem[a-z]_[A-Za-z0-9_-]+", REDACTED),
          Rule.of("\\beyJ[A-Za-z0-9_-]+\\.[A-Za-z0-9_-]+(\\.[A-Za-z0-9_-]*)*", REDACTED),
          Rule.of("(?i)\\b(bearer|basic)\\s+[A-Za-z0-9+/=._~-]{6,}", "$1 " + REDACTED),
          Rule.of("(://)[^/@\\s\"']+@", "$1" + REDACTED + "@"),
          Rule.of(
              "(?i)([a-z0-9_.-]*(?:passw(?:or)?d|passphrase|secret|token|ticket|api[-_]?key|pin)"
                  + "\\\\?[\"']?\\s*[:=]\\s*)(\\\\?\"[^\"]*\"|'[^']*'|[^\\s,;&}\"']+)",
              "$1" + REDACTED));

  private Redaction() {}

  public static String text(String text) {
    String clean = text;
    for (Rule rule : RULES) {
      clean = rule.pattern().matcher(clean).replaceAll(rule.replacement());
    }
    return clean;
  }

  /** The same tree without what fields named as secrets hold, and with clean texts. */
  public static JsonNode json(JsonNode node) {
    return json(node, /* secret= */ false);
  }

  private static JsonNode json(JsonNode node, boolean secret) {
    if (node instanceof ObjectNode object) {
      ObjectNode clean = JsonNodeFactory.instance.objectNode();
      // Headers are written as {name: …, value: …}, too.
      boolean named = isSecret(object.path("name").asText(""));
      object
          .properties()
          .forEach(
              field ->
                  clean.set(
                      text(field.getKey()),
                      json(
                          field.getValue(),
                          secret
                              || isSecret(field.getKey())
                              || named && field.getKey().equals("value"))));
      return clean;
    }
    if (node instanceof ArrayNode array) {
      ArrayNode clean = JsonNodeFactory.instance.arrayNode();
      array.forEach(element -> clean.add(json(element, secret)));
      return clean;
    }
    if (!node.isTextual()) {
      return node;
    }
    return JsonNodeFactory.instance.textNode(secret ? REDACTED : text(node.asText()));
  }

  private static boolean isSecret(String name) {
    return SECRET_NAME.matcher(name).matches();
  }
}
