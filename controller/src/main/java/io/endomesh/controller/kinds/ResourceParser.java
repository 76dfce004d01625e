package io.endomesh.controller.kinds;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.endomesh.controller.store.ResourceKey;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import org.snakeyaml.engine.v2.exceptions.MarkedYamlEngineException;
import org.snakeyaml.engine.v2.exceptions.YamlEngineException;

/**
 * Reads resources from YAML or JSON, one or several documents, and checks each against its kind.
 * Stateless.
 */
public final class ResourceParser {

  /** Of RFC 1123, as Kubernetes allows for names of resources. */
  private static final Pattern NAME = Pattern.compile("[a-z0-9]([-a-z0-9.]{0,251}[a-z0-9])?");

  /** Of RFC 1123, one label. */
  private static final Pattern NAMESPACE = Pattern.compile("[a-z0-9]([-a-z0-9]{0,61}[a-z0-9])?");

  private static final String DEFAULT_NAMESPACE = "default";

  private static final ObjectMapper JSON = new ObjectMapper();

  private ResourceParser() {}

  /**
   * All documents, in order. Empty ones are left out.
   *
   * @throws InvalidResourceException for text that is no YAML
   */
  public static List<Map<?, ?>> documents(String text) throws InvalidResourceException {
    List<Map<?, ?>> documents = new ArrayList<>();
    int number = 0;
    try {
      for (Object document : Yaml.documents(text)) {
        number++;
        if (document == null) {
          continue;
        }
        if (!(document instanceof Map<?, ?> map)) {
          throw new InvalidResourceException(
              null, null, "document " + number + ": no resource (expected: apiVersion, kind, …)");
        }
        addItems(map, documents);
      }
    } catch (MarkedYamlEngineException e) {
      throw new InvalidResourceException(null, null, "YAML is broken: " + where(e));
    } catch (YamlEngineException e) {
      throw new InvalidResourceException(null, null, "YAML is broken: " + e.getMessage());
    }
    if (documents.isEmpty()) {
      throw new InvalidResourceException(null, null, "no resource found (expected: at least one)");
    }
    return documents;
  }

  /** A {@code List} holds resources in its items, as {@code kubectl get -o yaml} prints them. */
  private static void addItems(Map<?, ?> map, List<Map<?, ?>> documents) {
    if ("List".equals(map.get("kind")) && map.get("items") instanceof List<?> items) {
      for (Object item : items) {
        if (item instanceof Map<?, ?> resource) {
          documents.add(resource);
        }
      }
    } else {
      documents.add(map);
    }
  }

  private static String where(MarkedYamlEngineException e) {
    String problem = e.getProblem() == null ? "" : e.getProblem();
    return e.getProblemMark()
        .map(
            mark ->
                "line "
                    + (mark.getLine() + 1)
                    + ", column "
                    + (mark.getColumn() + 1)
                    + ": "
                    + problem)
        .orElse(problem);
  }

  /** All resources of a text, in order, checked. */
  public static List<ParsedResource> parseAll(String text) throws InvalidResourceException {
    List<ParsedResource> resources = new ArrayList<>();
    for (Map<?, ?> document : documents(text)) {
      resources.add(parse(document));
    }
    return resources;
  }

  /** What {@link #documents} made of one document, checked. */
  public static ParsedResource parse(Map<?, ?> document) throws InvalidResourceException {
    List<String> warnings = new ArrayList<>();
    Fields fields = new Fields("", document, warnings);
    String subject = subject(document);
    try {
      Yaml.check(document);
      Kind kind = kind(fields);
      Fields metadata = fields.object("metadata");
      ResourceKey key = key(kind, metadata);
      Map<String, String> labels = metadata.stringMap("labels");
      Map<String, String> annotations = metadata.stringMap("annotations");
      Annotations.rejectUnknown(kind, metadata, annotations);
      Long resourceVersion = resourceVersion(metadata);
      metadata.skipped(
          "creationTimestamp",
          "generation",
          "managedFields",
          "uid",
          "selfLink",
          "finalizers",
          "ownerReferences");
      metadata.rejectUnknown();
      Fields spec = fields.objectOrEmpty("spec");
      MeshResource resource =
          kind.read(
              new MeshResource.Metadata(key.namespace(), key.name(), labels, annotations), spec);
      spec.rejectUnknown();
      fields.skipped("status");
      fields.rejectUnknown();
      return new ParsedResource(
          key, resource, body(kind, key, document), resourceVersion, warnings);
    } catch (InvalidFieldException e) {
      throw new InvalidResourceException(subject, e.field(), String.valueOf(e.getMessage()));
    }
  }

  /**
   * What was stored before. It was valid then: another version of the controller may have stored
   * it, or something damaged it since.
   *
   * @throws InvalidResourceException if this version cannot read it, or it is of another key
   */
  public static MeshResource parseStored(ResourceKey key, String body)
      throws InvalidResourceException {
    ParsedResource parsed;
    try {
      Map<?, ?> document = JSON.readValue(body, Map.class);
      if (document == null) {
        throw new InvalidResourceException(key.toString(), null, "it is empty");
      }
      parsed = parse(document);
    } catch (JsonProcessingException e) {
      throw new InvalidResourceException(
          key.toString(), null, "it is no JSON object: " + e.getOriginalMessage());
    } catch (InvalidResourceException e) {
      throw e;
    } catch (RuntimeException e) {
      // Nothing that was ever accepted is like that: whatever it is, it must not stop the rest.
      throw new InvalidResourceException(key.toString(), null, "it is damaged: " + e);
    }
    if (!parsed.key().equals(key)) {
      throw new InvalidResourceException(
          key.toString(), "metadata", parsed.key() + " (expected: " + key + ")");
    }
    return parsed.resource();
  }

  private static @Nullable Long resourceVersion(Fields metadata) {
    String version = metadata.string("resourceVersion", "");
    if (version.isEmpty()) {
      return null;
    }
    if (!version.matches("[0-9]{1,18}")) {
      throw metadata.invalid(
          "resourceVersion", "'" + version + "' (expected: one this controller gave)");
    }
    return Long.valueOf(version);
  }

  private static Kind kind(Fields fields) {
    String name = fields.string("kind");
    Kind kind =
        Kind.named(name)
            .orElseThrow(
                () ->
                    fields.invalid(
                        "kind",
                        "unknown kind '"
                            + name
                            + "' (expected: "
                            + String.join(", ", Kind.names())
                            + ")"
                            + Nearest.suggestion(name, Kind.names())));
    String apiVersion = fields.string("apiVersion");
    if (!kind.apiVersions().contains(apiVersion)) {
      throw fields.invalid(
          "apiVersion",
          "'" + apiVersion + "' (expected: " + String.join(" or ", kind.apiVersions()) + ")");
    }
    return kind;
  }

  private static ResourceKey key(Kind kind, Fields metadata) {
    String name = metadata.string("name");
    if (!NAME.matcher(name).matches()) {
      throw metadata.invalid(
          "name", "'" + name + "' (expected: lower-case letters, digits, '-' and '.')");
    }
    String namespace = metadata.string("namespace", DEFAULT_NAMESPACE);
    if (!NAMESPACE.matcher(namespace).matches()) {
      throw metadata.invalid(
          "namespace", "'" + namespace + "' (expected: lower-case letters, digits and '-')");
    }
    return new ResourceKey(kind.kindName(), namespace, name);
  }

  /** {@code HTTPRoute shop/orders}, as far as it can be read. */
  private static String subject(Map<?, ?> document) {
    String kind = document.get("kind") instanceof String text ? text : "resource";
    if (document.get("metadata") instanceof Map<?, ?> metadata
        && metadata.get("name") instanceof String name) {
      Object namespace = metadata.get("namespace");
      return kind
          + " "
          + (namespace instanceof String text ? text : DEFAULT_NAMESPACE)
          + "/"
          + name;
    }
    return kind + " without a name";
  }

  private static String body(Kind kind, ResourceKey key, Map<?, ?> document) {
    Map<String, Object> metadata = new LinkedHashMap<>();
    metadata.put("name", key.name());
    metadata.put("namespace", key.namespace());
    if (document.get("metadata") instanceof Map<?, ?> given) {
      for (String kept : List.of("labels", "annotations")) {
        if (given.get(kept) != null) {
          metadata.put(kept, given.get(kept));
        }
      }
    }
    Map<String, Object> body = new LinkedHashMap<>();
    body.put("apiVersion", document.get("apiVersion"));
    body.put("kind", kind.kindName());
    body.put("metadata", metadata);
    body.put("spec", document.get("spec") == null ? Map.of() : document.get("spec"));
    try {
      return JSON.writeValueAsString(body);
    } catch (JsonProcessingException e) {
      throw new IllegalStateException("a tree of plain values that is no JSON", e);
    }
  }
}
