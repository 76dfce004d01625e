package io.endomesh.controller.corpus;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.google.protobuf.Any;
import com.google.protobuf.Descriptors.Descriptor;
import com.google.protobuf.InvalidProtocolBufferException;
import com.google.protobuf.Message;
import com.google.protobuf.TypeRegistry;
import com.google.protobuf.util.JsonFormat;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** xDS as a tree, with what stands in each Any. Stateless. */
final class ProtoText {

  /** Java packages of protos do not always follow from theirs. */
  private static final Map<String, String> PACKAGES =
      Map.of(
          "envoy.", "io.envoyproxy.envoy.",
          "endomesh.v1.", "io.endomesh.proto.v1.",
          "xds.", "com.github.xds.",
          "google.protobuf.", "com.google.protobuf.");

  private static final ObjectMapper JSON = new ObjectMapper();

  private ProtoText() {}

  static JsonNode of(Any resource) throws InvalidProtocolBufferException, JsonProcessingException {
    Map<String, Descriptor> types = new HashMap<>();
    Message message = unpack(resource, types);
    addTypes(message, types);
    TypeRegistry registry = TypeRegistry.newBuilder().add(List.copyOf(types.values())).build();
    JsonNode tree =
        JSON.readTree(
            JsonFormat.printer()
                .usingTypeRegistry(registry)
                .omittingInsignificantWhitespace()
                .print(message));
    shorten(tree);
    return tree;
  }

  private static void addTypes(Message message, Map<String, Descriptor> types)
      throws InvalidProtocolBufferException {
    if (message instanceof Any any) {
      addTypes(unpack(any, types), types);
      return;
    }
    for (Object value : message.getAllFields().values()) {
      for (Object one : value instanceof List<?> list ? list : List.of(value)) {
        if (one instanceof Message inner) {
          addTypes(inner, types);
        }
      }
    }
  }

  private static Message unpack(Any any, Map<String, Descriptor> types)
      throws InvalidProtocolBufferException {
    String name = any.getTypeUrl().substring(any.getTypeUrl().lastIndexOf('/') + 1);
    Message type = instance(name);
    types.put(name, type.getDescriptorForType());
    return type.newBuilderForType().mergeFrom(any.getValue()).build();
  }

  private static Message instance(String name) {
    for (Map.Entry<String, String> one : PACKAGES.entrySet()) {
      if (name.startsWith(one.getKey())) {
        try {
          Class<?> type = Class.forName(one.getValue() + name.substring(one.getKey().length()));
          return (Message) type.getMethod("getDefaultInstance").invoke(null);
        } catch (ReflectiveOperationException e) {
          throw new IllegalStateException(name + " (expected: a class of that name)", e);
        }
      }
    }
    throw new IllegalStateException(
        name + " (expected: one of packages " + PACKAGES.keySet() + ")");
  }

  /** Of a type's address its name says all. */
  private static void shorten(JsonNode tree) {
    if (tree instanceof ObjectNode object && object.has("@type")) {
      String url = object.get("@type").asText();
      object.put("@type", url.substring(url.lastIndexOf('.') + 1));
    }
    tree.forEach(ProtoText::shorten);
  }
}
