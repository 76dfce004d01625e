package io.endomesh.controller.etcd;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import io.endomesh.controller.store.Actor;
import io.endomesh.controller.store.AuditEntry;
import io.endomesh.controller.store.Change;
import io.endomesh.controller.store.Item;
import io.endomesh.controller.store.ItemJson;
import io.endomesh.controller.store.StoredResource;
import io.endomesh.proto.etcd.KeyValue;
import java.io.IOException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** What the values are: JSON, as in a backup. Stateless. */
final class Records {

  private static final ObjectMapper JSON = new ObjectMapper();

  private Records() {}

  static String text(Item item) {
    return ItemJson.write(item).toString();
  }

  static String text(List<Change> changes) {
    ArrayNode all = JSON.createArrayNode();
    changes.forEach(change -> all.add(ItemJson.write(new Item.Past(change))));
    return all.toString();
  }

  static StoredResource resource(KeyValue pair) throws IOException {
    if (item(pair, json(pair)) instanceof Item.Current current) {
      return current.resource();
    }
    throw unreadable(pair, null);
  }

  static AuditEntry entry(KeyValue pair) throws IOException {
    if (item(pair, json(pair)) instanceof Item.Audited audited) {
      return audited.entry();
    }
    throw unreadable(pair, null);
  }

  static List<Change> changes(KeyValue pair) throws IOException {
    List<Change> changes = new ArrayList<>();
    for (JsonNode each : json(pair)) {
      if (!(item(pair, each) instanceof Item.Past past)) {
        throw unreadable(pair, null);
      }
      changes.add(past.change());
    }
    return changes;
  }

  /**
   * A write of many parts that is decided.
   *
   * @param actor null: it is not for the audit log
   */
  record Pending(long revision, @Nullable Actor actor, Instant at) {

    String text() {
      var json = JSON.createObjectNode().put("revision", revision).put("at", at.toString());
      if (actor != null) {
        json.put("who", actor.name()).put("address", actor.address()).put("why", actor.why());
      }
      return json.toString();
    }

    static Pending read(KeyValue pair) throws IOException {
      JsonNode json = json(pair);
      try {
        return new Pending(
            json.required("revision").longValue(),
            json.has("who")
                ? new Actor(
                    json.path("who").asText(),
                    json.path("address").asText(),
                    json.path("why").asText(""))
                : null,
            Instant.parse(json.required("at").asText()));
      } catch (RuntimeException e) {
        throw unreadable(pair, e);
      }
    }
  }

  private static JsonNode json(KeyValue pair) throws IOException {
    try {
      return JSON.readTree(pair.getValue().toStringUtf8());
    } catch (JsonProcessingException e) {
      throw unreadable(pair, e);
    }
  }

  private static @Nullable Item item(KeyValue pair, JsonNode json) throws IOException {
    try {
      return ItemJson.read(json);
    } catch (RuntimeException e) {
      throw unreadable(pair, e);
    }
  }

  static IOException unreadable(KeyValue pair, @Nullable Exception e) {
    return new IOException(
        "store: "
            + pair.getKey().toStringUtf8()
            + ": is not as a controller wrote it (expected: a backup of etcd, or another prefix)",
        e);
  }
}
