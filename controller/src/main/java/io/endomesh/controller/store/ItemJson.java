package io.endomesh.controller.store;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/** What a store holds, as JSON: in a backup, and in etcd. Stateless. */
public final class ItemJson {

  private ItemJson() {}

  public static ObjectNode write(Item item) {
    ObjectNode line = JsonNodeFactory.instance.objectNode();
    if (item instanceof Item.Current current) {
      StoredResource resource = current.resource();
      key(line.putObject("resource"), resource.key())
          .put("revision", resource.revision())
          .put("body", resource.body())
          .put("createdAt", resource.createdAt().toString())
          .put("updatedAt", resource.updatedAt().toString());
    } else if (item instanceof Item.Fact fact) {
      line.putObject("fact").put("name", fact.name()).put("value", fact.value());
    } else if (item instanceof Item.Past past) {
      Change change = past.change();
      key(line.putObject("change"), change.key())
          .put("revision", change.revision())
          .put("at", change.at().toString())
          .put("author", change.author())
          .put("why", change.why())
          .put("before", change.before())
          .put("after", change.after());
    } else if (item instanceof Item.Audited audited) {
      AuditEntry entry = audited.entry();
      line.putObject("audit")
          .put("at", String.valueOf(entry.at()))
          .put("who", entry.actor().name())
          .put("address", entry.actor().address())
          .put("action", entry.action())
          .put("subject", entry.subject())
          .put("denied", entry.denied())
          .put("times", entry.times())
          .put("why", entry.why())
          .put("before", entry.before())
          .put("after", entry.after());
    } else if (item instanceof Item.Secret secret) {
      line.putObject("secret").put("name", secret.name()).put("content", secret.content());
    }
    return line;
  }

  /**
   * Null if it is of a kind that this version does not know.
   *
   * @throws RuntimeException if it is not as one was written
   */
  public static @Nullable Item read(JsonNode line) {
    if (line.has("resource")) {
      JsonNode json = line.path("resource");
      return new Item.Current(
          new StoredResource(
              key(json),
              json.required("revision").longValue(),
              text(json, "body"),
              Instant.parse(text(json, "createdAt")),
              Instant.parse(text(json, "updatedAt"))));
    }
    if (line.has("fact")) {
      JsonNode json = line.path("fact");
      return new Item.Fact(text(json, "name"), text(json, "value"));
    }
    if (line.has("change")) {
      JsonNode json = line.path("change");
      return new Item.Past(
          new Change(
              json.required("revision").longValue(),
              Instant.parse(text(json, "at")),
              text(json, "author"),
              json.path("why").asText(""),
              key(json),
              json.path("before").textValue(),
              json.path("after").textValue()));
    }
    if (line.has("audit")) {
      JsonNode json = line.path("audit");
      return new Item.Audited(
          new AuditEntry(
              Instant.parse(text(json, "at")),
              new Actor(text(json, "who"), text(json, "address")),
              text(json, "action"),
              text(json, "subject"),
              json.required("denied").booleanValue(),
              json.required("times").longValue(),
              text(json, "why"),
              json.path("before").textValue(),
              json.path("after").textValue()));
    }
    if (line.has("secret")) {
      JsonNode json = line.path("secret");
      return new Item.Secret(text(json, "name"), text(json, "content"));
    }
    return null;
  }

  private static ObjectNode key(ObjectNode json, ResourceKey key) {
    return json.put("kind", key.kind()).put("namespace", key.namespace()).put("name", key.name());
  }

  private static ResourceKey key(JsonNode json) {
    return new ResourceKey(text(json, "kind"), text(json, "namespace"), text(json, "name"));
  }

  private static String text(JsonNode json, String field) {
    String text = json.required(field).textValue();
    if (text == null) {
      throw new IllegalArgumentException(field + ": no text");
    }
    return text;
  }
}
