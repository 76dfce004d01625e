package io.endomesh.controller.cli;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Predicate;

/** Part of an answer's list, in the shape of the answer. Stateless. */
final class Selection {

  private Selection() {}

  static JsonNode of(JsonNode answer, String list, Predicate<JsonNode> wanted) {
    List<JsonNode> chosen = new ArrayList<>();
    for (JsonNode item : answer.path(list)) {
      if (wanted.test(item)) {
        chosen.add(item);
      }
    }
    return with(answer, list, chosen);
  }

  /** The answer with other items. */
  static JsonNode with(JsonNode answer, String list, List<JsonNode> items) {
    ObjectNode part = answer.deepCopy();
    ArrayNode array = part.putArray(list);
    items.forEach(array::add);
    return part;
  }
}
