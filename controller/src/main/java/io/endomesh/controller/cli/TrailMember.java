package io.endomesh.controller.cli;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * A member of the trail of a real call, as docs/explain.md has it. Immutable.
 *
 * @param kind {@code served}, {@code attempt}, …
 * @param parameters by key; empty text for those that have no value
 */
record TrailMember(String kind, Map<String, String> parameters) {

  TrailMember {
    parameters = Map.copyOf(parameters);
  }

  String get(String key) {
    return parameters.getOrDefault(key, "");
  }

  long number(String key) {
    try {
      return Long.parseLong(get(key));
    } catch (NumberFormatException absent) {
      return 0;
    }
  }

  /** Of a list of structured fields (RFC 9651, section 4.2.1), as far as trails use them. */
  static List<TrailMember> parse(String header) {
    List<TrailMember> members = new ArrayList<>();
    for (String member : split(header, ',')) {
      List<String> parts = split(member, ';');
      Map<String, String> parameters = new LinkedHashMap<>();
      for (String part : parts.subList(1, parts.size())) {
        int equals = part.indexOf('=');
        parameters.put(
            equals < 0 ? part : part.substring(0, equals),
            equals < 0 ? "" : unquoted(part.substring(equals + 1)));
      }
      members.add(new TrailMember(parts.get(0), parameters));
    }
    return members;
  }

  /** At separators that stand in no string. */
  private static List<String> split(String text, char separator) {
    List<String> parts = new ArrayList<>();
    boolean quoted = false;
    int start = 0;
    for (int i = 0; i < text.length(); i++) {
      char c = text.charAt(i);
      if (quoted && c == '\\') {
        i++;
      } else if (c == '"') {
        quoted = !quoted;
      } else if (c == separator && !quoted) {
        parts.add(text.substring(start, i).trim());
        start = i + 1;
      }
    }
    parts.add(text.substring(start).trim());
    return parts;
  }

  private static String unquoted(String value) {
    boolean quoted = value.length() > 1 && value.startsWith("\"") && value.endsWith("\"");
    return quoted ? value.substring(1, value.length() - 1).replaceAll("\\\\(.)", "$1") : value;
  }
}
