package io.endomesh.controller.cli;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/** Numbers of the API as people read them. Stateless. */
final class Figures {

  private Figures() {}

  static String rate(JsonNode perSecond) {
    return String.format(Locale.ROOT, "%.1f", perSecond.asDouble());
  }

  /** Nothing is not 0 %: there were no calls. */
  static String percent(JsonNode ratio) {
    return ratio.isNumber() ? String.format(Locale.ROOT, "%.1f %%", ratio.asDouble() * 100) : "-";
  }

  static String millis(JsonNode millis) {
    return millis.isNumber() ? String.format(Locale.ROOT, "%.1f ms", millis.asDouble()) : "-";
  }

  static String joined(JsonNode list) {
    List<String> items = new ArrayList<>();
    list.forEach(item -> items.add(item.asText()));
    return String.join(", ", items);
  }
}
