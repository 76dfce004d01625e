package io.endomesh.controller.console;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * What of a state is another than in the one before: most of a large mesh is as it was a second
 * ago. Stateless.
 */
public final class StateChanges {

  private static final JsonNodeFactory JSON = JsonNodeFactory.instance;

  /** A list of the state whose entries are told apart by some of their fields. */
  private record Keyed(String name, String pointer, List<String> key) {}

  private static final List<Keyed> LISTS =
      List.of(
          new Keyed("services", "/services", List.of("id")),
          new Keyed("workloads", "/workloads", List.of("serviceId", "instance")),
          new Keyed("nodes", "/graph/nodes", List.of("id")),
          new Keyed("edges", "/graph/edges", List.of("id")),
          new Keyed("resources", "/resources", List.of("kind", "namespace", "name")));

  /** Small, or another each second: told whole when they changed. */
  private static final List<String> WHOLE = List.of("traces", "refusals");

  private StateChanges() {}

  /**
   * As docs/api.md has the event {@code change}. What is unchanged is left out.
   *
   * @param before with its member {@code sequence}, as {@code now}
   */
  public static ObjectNode between(ObjectNode before, ObjectNode now) {
    ObjectNode change =
        JSON.objectNode()
            .put("sequence", now.path("sequence").asLong())
            .put("since", before.path("sequence").asLong());
    change.set("status", changedFields(before.path("status"), now.path("status")));
    for (String member : WHOLE) {
      if (!now.path(member).equals(before.path(member))) {
        change.set(member, now.get(member));
      }
    }
    ObjectNode lists = JSON.objectNode();
    for (Keyed keyed : LISTS) {
      ObjectNode list = list(keyed, before.at(keyed.pointer), now.at(keyed.pointer));
      if (!list.isEmpty()) {
        lists.set(keyed.name, list);
      }
    }
    return change.set("lists", lists);
  }

  private static ObjectNode list(Keyed keyed, JsonNode before, JsonNode now) {
    Map<String, JsonNode> old = byKey(keyed, before);
    Map<String, JsonNode> current = byKey(keyed, now);
    ArrayNode entries = JSON.arrayNode();
    ArrayNode changed = JSON.arrayNode();
    current.forEach(
        (key, entry) -> {
          JsonNode was = old.get(key);
          if (was == null || !sameFields(was, entry)) {
            entries.add(entry);
          } else if (!was.equals(entry)) {
            ObjectNode fields = changedFields(was, entry);
            keyed.key.forEach(name -> fields.set(name, entry.get(name)));
            changed.add(fields);
          }
        });
    ObjectNode json = JSON.objectNode();
    if (!entries.isEmpty()) {
      json.set("entries", entries);
    }
    if (!changed.isEmpty()) {
      json.set("changed", changed);
    }
    // In their order, which an entry that came or went may have changed.
    if (!List.copyOf(old.keySet()).equals(List.copyOf(current.keySet()))) {
      ArrayNode keys = json.putArray("keys");
      current.keySet().forEach(keys::add);
    }
    return json;
  }

  private static Map<String, JsonNode> byKey(Keyed keyed, JsonNode list) {
    Map<String, JsonNode> entries = new LinkedHashMap<>();
    for (JsonNode entry : list) {
      List<String> parts = new ArrayList<>();
      keyed.key.forEach(name -> parts.add(entry.path(name).asText()));
      entries.put(String.join(" ", parts), entry);
    }
    return entries;
  }

  /** Else one has something that the other has not, and a change of fields could not say so. */
  private static boolean sameFields(JsonNode one, JsonNode other) {
    Iterator<String> names = one.fieldNames();
    while (names.hasNext()) {
      if (!other.has(names.next())) {
        return false;
      }
    }
    return one.size() == other.size();
  }

  private static ObjectNode changedFields(JsonNode before, JsonNode now) {
    ObjectNode fields = JSON.objectNode();
    now.fields()
        .forEachRemaining(
            field -> {
              if (!field.getValue().equals(before.get(field.getKey()))) {
                fields.set(field.getKey(), field.getValue());
              }
            });
    return fields;
  }
}
