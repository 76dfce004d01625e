package io.endomesh.controller.api;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.endomesh.controller.ControllerContext;
import io.endomesh.controller.kinds.DatabasePolicy;
import io.endomesh.controller.kinds.MeshResource;
import io.endomesh.controller.kinds.ParsedResource;
import io.endomesh.controller.kinds.ReferenceGrant;
import io.endomesh.controller.kinds.ResourceParser;
import io.endomesh.controller.store.Change;
import io.endomesh.controller.store.ResourceKey;
import io.endomesh.controller.store.Resources;
import io.endomesh.controller.store.StoredResource;
import io.endomesh.controller.translate.Applied;
import io.endomesh.controller.translate.DatabaseConditions;
import io.endomesh.controller.translate.OwnershipConditions;
import io.endomesh.controller.translate.ReferenceGrants;
import io.endomesh.controller.translate.RouteConditions;
import io.endomesh.controller.translate.ServiceKey;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Predicate;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** Resources, what applying them did, and their history, as docs/api.md has them. Thread-safe. */
final class ResourceJson {

  static final ObjectMapper JSON = new ObjectMapper();

  private final ControllerContext context;

  ResourceJson(ControllerContext context) {
    this.context = context;
  }

  /** As it was applied, with resourceVersion and status. */
  ObjectNode document(StoredResource stored) {
    return document(stored, applied(context.store().resources(), List.of()));
  }

  private ObjectNode document(StoredResource stored, Applied applied) {
    ObjectNode document = (ObjectNode) tree(stored.body());
    ((ObjectNode) document.get("metadata"))
        .put("resourceVersion", Long.toString(stored.revision()))
        .put("creationTimestamp", stored.createdAt().toString());
    document.putObject("status").put("updatedAt", stored.updatedAt().toString());
    MeshResource resource = ResourceParser.parseStored(stored.body());
    StatusJson.write(document, resource, conditions(resource, applied), applied);
    return document;
  }

  ObjectNode list(Resources resources, Predicate<StoredResource> wanted) {
    ObjectNode answer = JSON.createObjectNode().put("apiVersion", "v1").put("kind", "List");
    answer.putObject("metadata").put("resourceVersion", Long.toString(resources.revision()));
    ArrayNode items = answer.putArray("items");
    Applied applied = applied(resources, List.of());
    resources.all().stream()
        .filter(wanted)
        .map(stored -> document(stored, applied))
        .forEach(items::add);
    return answer;
  }

  /**
   * @param after the same as {@code before} in a dry run
   */
  ObjectNode applied(
      List<ParsedResource> parsed, Resources before, Resources after, boolean dryRun) {
    Applied applied = applied(after, parsed);
    ObjectNode answer = JSON.createObjectNode().put("dryRun", dryRun);
    ArrayNode resources = answer.putArray("resources");
    for (ParsedResource resource : parsed) {
      StoredResource old = before.byKey().get(resource.key());
      StoredResource now = after.byKey().get(resource.key());
      ObjectNode json =
          resources
              .addObject()
              .put("kind", resource.key().kind())
              .put("namespace", resource.key().namespace())
              .put("name", resource.key().name())
              .put("action", action(old, resource))
              .put("revision", now == null ? after.revision() : now.revision());
      ArrayNode warnings = json.putArray("warnings");
      resource.warnings().forEach(warnings::add);
      unresolved(resource, applied).forEach(warnings::add);
    }
    return answer;
  }

  ObjectNode history(List<Change> history) {
    ObjectNode answer = JSON.createObjectNode();
    ArrayNode changes = answer.putArray("changes");
    for (Change change : history) {
      ObjectNode json =
          changes
              .addObject()
              .put("revision", change.revision())
              .put("at", change.at().toString())
              .put("author", change.author())
              .put("kind", change.key().kind())
              .put("namespace", change.key().namespace())
              .put("name", change.key().name());
      json.set("before", tree(change.before()));
      json.set("after", tree(change.after()));
    }
    return answer;
  }

  private static String action(@Nullable StoredResource old, ParsedResource resource) {
    if (old == null) {
      return "created";
    }
    return old.body().equals(resource.body()) ? "unchanged" : "configured";
  }

  private List<String> unresolved(ParsedResource resource, Applied applied) {
    return conditions(resource.resource(), applied).stream()
        .filter(condition -> !condition.status())
        .map(RouteConditions.Condition::message)
        .toList();
  }

  private List<RouteConditions.Condition> conditions(MeshResource resource, Applied applied) {
    if (resource instanceof DatabasePolicy policy) {
      return DatabaseConditions.of(policy, applied);
    }
    return Stream.concat(
            RouteConditions.of(resource, applied).stream(),
            OwnershipConditions.of(resource, context.model().get()).stream())
        .toList();
  }

  /**
   * @param together what a dry run would apply: the newest, or in place of what is there
   */
  private Applied applied(Resources resources, List<ParsedResource> together) {
    Map<ResourceKey, MeshResource> all = new LinkedHashMap<>();
    resources.all().stream()
        .sorted(
            Comparator.comparing(StoredResource::createdAt)
                .thenComparing(stored -> stored.key().namespace())
                .thenComparing(stored -> stored.key().name()))
        .forEach(stored -> all.put(stored.key(), ResourceParser.parseStored(stored.body())));
    together.forEach(parsed -> all.put(parsed.key(), parsed.resource()));
    // Live, or declared: a declaration counts at once, before the next model is made.
    Predicate<ServiceKey> known =
        service ->
            context.model().get().service(service) != null || all.containsKey(declaration(service));
    List<MeshResource> oldestFirst = List.copyOf(all.values());
    return new Applied(
        known,
        new ReferenceGrants(
            oldestFirst.stream()
                .filter(ReferenceGrant.class::isInstance)
                .map(ReferenceGrant.class::cast)
                .toList()),
        oldestFirst);
  }

  private static ResourceKey declaration(ServiceKey service) {
    return new ResourceKey("Service", service.namespace(), service.name());
  }

  private static JsonNode tree(@Nullable String json) {
    try {
      return json == null ? JSON.nullNode() : JSON.readTree(json);
    } catch (JsonProcessingException e) {
      throw new IllegalStateException("stored, but no JSON", e);
    }
  }
}
