package io.endomesh.controller.authz;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.endomesh.controller.store.ResourceKey;
import io.endomesh.controller.store.StoredResource;

/** Documents to change and apply. Stateless. */
final class StoredDocument {

  private static final ObjectMapper JSON = new ObjectMapper();

  private StoredDocument() {}

  /** What is stored; it names the revision it was made of, so that nobody's change is lost. */
  static ObjectNode of(StoredResource stored) {
    ObjectNode document = read(stored);
    document
        .withObjectProperty("metadata")
        .put("resourceVersion", String.valueOf(stored.revision()));
    return document;
  }

  static ObjectNode read(StoredResource stored) {
    try {
      return (ObjectNode) JSON.readTree(stored.body());
    } catch (JsonProcessingException e) {
      throw new IllegalStateException(stored.key() + ": stored, but no JSON", e);
    }
  }

  /** One that is not there yet. */
  static ObjectNode make(String apiVersion, ResourceKey key) {
    ObjectNode made = JSON.createObjectNode();
    made.put("apiVersion", apiVersion).put("kind", key.kind());
    made.putObject("metadata").put("name", key.name()).put("namespace", key.namespace());
    return made;
  }
}
