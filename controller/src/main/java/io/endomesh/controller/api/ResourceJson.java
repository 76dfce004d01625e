package io.endomesh.controller.api;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.endomesh.controller.ControllerContext;
import io.endomesh.controller.kinds.DatabasePolicy;
import io.endomesh.controller.kinds.InvalidResourceException;
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
import io.endomesh.controller.translate.MeshModel;
import io.endomesh.controller.translate.MeshService;
import io.endomesh.controller.translate.OwnershipConditions;
import io.endomesh.controller.translate.ReferenceGrants;
import io.endomesh.controller.translate.RouteConditions;
import io.endomesh.controller.translate.ServiceKey;
import java.time.Instant;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Predicate;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Resources, what applying them did, and their history, as docs/api.md has them. Thread-safe. */
final class ResourceJson {

  static final ObjectMapper JSON = new ObjectMapper();

  private static final Logger log = LoggerFactory.getLogger(ResourceJson.class);

  /** What conditions follow from. */
  private record Seen(long revision, long modelRevision, Set<ServiceKey> services) {}

  private final ControllerContext context;

  // Guarded by this. Resources and model are read under the same lock, so that what is noted later
  // is never older.
  private final Transitions transitions;
  private @Nullable Seen seen;

  ResourceJson(ControllerContext context) {
    this.context = context;
    this.transitions = new Transitions(context.store(), context.clock());
  }

  /**
   * Notes which conditions have another status than before. To be called with each new model, since
   * nobody may be reading when it happens.
   */
  synchronized void observe() {
    Resources resources = context.store().resources();
    MeshModel model = context.model().get();
    Set<ServiceKey> services =
        model.services().stream().map(MeshService::key).collect(Collectors.toSet());
    Seen now = new Seen(resources.revision(), model.revision(), services);
    if (now.equals(seen)) {
      return;
    }
    try {
      Applied applied = applied(resources, List.of());
      for (StoredResource stored : resources.all()) {
        since(stored, conditions(stored, applied));
      }
      transitions.retain(resources.byKey().keySet());
      transitions.save();
      seen = now;
    } catch (RuntimeException e) {
      log.warn("times of conditions are not noted", e);
    }
  }

  private Map<String, List<RouteConditions.Condition>> conditions(
      StoredResource stored, Applied applied) {
    try {
      MeshResource resource = ResourceParser.parseStored(stored.key(), stored.body());
      return StatusJson.conditions(resource, conditions(resource, applied), applied);
    } catch (InvalidResourceException e) {
      return StatusJson.unreadable(String.valueOf(e.getMessage()));
    }
  }

  private Map<String, Instant> since(
      StoredResource stored, Map<String, List<RouteConditions.Condition>> conditions) {
    return transitions.of(stored.key(), stored.createdAt(), StatusJson.statuses(conditions));
  }

  /** As it was applied, with resourceVersion and status; null if it is not there. */
  synchronized @Nullable ObjectNode document(ResourceKey key) {
    Resources resources = context.store().resources();
    StoredResource stored = resources.byKey().get(key);
    if (stored == null) {
      return null;
    }
    ObjectNode document = document(stored, applied(resources, List.of()));
    transitions.save();
    return document;
  }

  private ObjectNode document(StoredResource stored, Applied applied) {
    ObjectNode document = body(stored);
    document
        .withObject("/metadata")
        .put("resourceVersion", Long.toString(stored.revision()))
        .put("creationTimestamp", stored.createdAt().toString());
    document.putObject("status").put("updatedAt", stored.updatedAt().toString());
    Map<String, List<RouteConditions.Condition>> conditions = conditions(stored, applied);
    StatusJson.write(document, readable(stored), conditions, since(stored, conditions));
    return document;
  }

  /** As it was applied; of what is damaged at least who it is. */
  private static ObjectNode body(StoredResource stored) {
    if (tree(stored.body()) instanceof ObjectNode document
        && document.path("metadata").isObject()) {
      return document;
    }
    ObjectNode named = JSON.createObjectNode().put("kind", stored.key().kind());
    named
        .putObject("metadata")
        .put("name", stored.key().name())
        .put("namespace", stored.key().namespace());
    return named;
  }

  /** Null if this version cannot read it. */
  private static @Nullable MeshResource readable(StoredResource stored) {
    try {
      return ResourceParser.parseStored(stored.key(), stored.body());
    } catch (InvalidResourceException e) {
      return null;
    }
  }

  synchronized ObjectNode list(Predicate<StoredResource> wanted) {
    Resources resources = context.store().resources();
    ObjectNode answer = JSON.createObjectNode().put("apiVersion", "v1").put("kind", "List");
    answer.putObject("metadata").put("resourceVersion", Long.toString(resources.revision()));
    ArrayNode items = answer.putArray("items");
    Applied applied = applied(resources, List.of());
    resources.all().stream()
        .filter(wanted)
        .map(stored -> document(stored, applied))
        .forEach(items::add);
    transitions.save();
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
      if (dryRun) {
        json.set("before", tree(old == null ? null : old.body()));
        json.set("after", tree(resource.body()));
      }
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
              .put("why", change.why())
              .put("kind", change.key().kind())
              .put("namespace", change.key().namespace())
              .put("name", change.key().name());
      json.set("before", tree(change.before()));
      json.set("after", tree(change.after()));
    }
    return answer;
  }

  /** What taking back a revision did or, in a dry run, would do. */
  ObjectNode rolledBack(long undone, List<Change> changes, boolean dryRun, long revision) {
    ObjectNode answer =
        JSON.createObjectNode()
            .put("dryRun", dryRun)
            .put("undone", undone)
            .put("revision", revision);
    ArrayNode resources = answer.putArray("resources");
    for (Change change : changes) {
      String action =
          change.before() == null ? "deleted" : change.after() == null ? "created" : "configured";
      ObjectNode json =
          resources
              .addObject()
              .put("kind", change.key().kind())
              .put("namespace", change.key().namespace())
              .put("name", change.key().name())
              .put("action", action);
      json.set("before", tree(change.after()));
      json.set("after", tree(change.before()));
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
        .forEach(
            stored -> {
              MeshResource resource = readable(stored);
              if (resource != null) {
                all.put(stored.key(), resource);
              }
            });
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

  static JsonNode tree(@Nullable String json) {
    try {
      return json == null ? JSON.nullNode() : JSON.readTree(json);
    } catch (JsonProcessingException damaged) {
      return JSON.getNodeFactory().textNode(json);
    }
  }
}
