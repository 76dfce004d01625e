package io.endomesh.controller.api;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.linecorp.armeria.common.HttpHeaderNames;
import com.linecorp.armeria.common.HttpRequest;
import com.linecorp.armeria.common.HttpResponse;
import com.linecorp.armeria.common.HttpStatus;
import com.linecorp.armeria.common.MediaType;
import com.linecorp.armeria.server.ServerBuilder;
import com.linecorp.armeria.server.ServiceRequestContext;
import com.linecorp.armeria.server.annotation.Blocking;
import com.linecorp.armeria.server.annotation.Default;
import com.linecorp.armeria.server.annotation.Delete;
import com.linecorp.armeria.server.annotation.Get;
import com.linecorp.armeria.server.annotation.Param;
import com.linecorp.armeria.server.annotation.Post;
import com.linecorp.armeria.server.annotation.Put;
import io.endomesh.controller.ControllerContext;
import io.endomesh.controller.ControllerPart;
import io.endomesh.controller.console.Access;
import io.endomesh.controller.kinds.InvalidResourceException;
import io.endomesh.controller.kinds.Kind;
import io.endomesh.controller.kinds.ParsedResource;
import io.endomesh.controller.kinds.ResourceParser;
import io.endomesh.controller.store.Change;
import io.endomesh.controller.store.ResourceKey;
import io.endomesh.controller.store.ResourceStore;
import io.endomesh.controller.store.Resources;
import io.endomesh.controller.store.StoreException;
import io.endomesh.controller.store.StoredResource;
import io.endomesh.controller.store.Write;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/** The REST API of applied resources, as docs/api.md has it. Thread-safe. */
@Blocking
public final class ResourceApi implements ControllerPart {

  private static final ObjectMapper JSON = new ObjectMapper();

  private static final String PATH = "/api/v1";

  private final ControllerContext context;
  private final Access access;

  public ResourceApi(ControllerContext context, Access access) {
    this.context = context;
    this.access = access;
  }

  @Override
  public void addTo(ServerBuilder server) {
    server.annotatedService().pathPrefix(PATH).decorator(access).build(this);
  }

  @Get("/resources")
  public HttpResponse resources(
      @Param("kind") @Default("") String kind, @Param("namespace") @Default("") String namespace) {
    return list(
        stored ->
            (kind.isEmpty() || stored.key().kind().equalsIgnoreCase(kind))
                && (namespace.isEmpty() || stored.key().namespace().equals(namespace)));
  }

  @Get("/namespaces/{namespace}/{plural}")
  public HttpResponse ofNamespace(
      @Param("namespace") String namespace, @Param("plural") String plural) {
    return Kind.ofPlural(plural)
        .map(
            kind ->
                list(
                    stored ->
                        stored.key().kind().equals(kind.kindName())
                            && stored.key().namespace().equals(namespace)))
        .orElseGet(() -> unknownKind(plural));
  }

  @Get("/namespaces/{namespace}/{plural}/{name}")
  public HttpResponse one(
      @Param("namespace") String namespace,
      @Param("plural") String plural,
      @Param("name") String name) {
    Optional<Kind> kind = Kind.ofPlural(plural);
    if (kind.isEmpty()) {
      return unknownKind(plural);
    }
    ResourceKey key = new ResourceKey(kind.get().kindName(), namespace, name);
    return context
        .store()
        .resources()
        .find(key)
        .map(stored -> json(HttpStatus.OK, document(stored)))
        .orElseGet(() -> notFound(key));
  }

  /** Everything in the body, or nothing. */
  @Post("/apply")
  public HttpResponse apply(
      ServiceRequestContext request,
      String body,
      @Param("dryRun") @Default("false") boolean dryRun) {
    try {
      List<ParsedResource> parsed = new ArrayList<>();
      for (Map<?, ?> document : ResourceParser.documents(body)) {
        parsed.add(ResourceParser.parse(document));
      }
      Resources before = context.store().resources();
      List<Write> writes = new ArrayList<>();
      for (ParsedResource resource : parsed) {
        writes.add(new Write.Put(resource.key(), resource.body(), revision(resource)));
      }
      Resources after =
          dryRun ? before : context.store().write(Access.user(request), writes);
      return applied(parsed, before, after, dryRun);
    } catch (InvalidResourceException e) {
      return invalid(e);
    } catch (StoreException e) {
      return refused(e);
    }
  }

  @Put("/namespaces/{namespace}/{plural}/{name}")
  public HttpResponse put(
      ServiceRequestContext request,
      HttpRequest raw,
      String body,
      @Param("namespace") String namespace,
      @Param("plural") String plural,
      @Param("name") String name) {
    Optional<Kind> kind = Kind.ofPlural(plural);
    if (kind.isEmpty()) {
      return unknownKind(plural);
    }
    ResourceKey key = new ResourceKey(kind.get().kindName(), namespace, name);
    try {
      List<Map<?, ?>> documents = ResourceParser.documents(body);
      ParsedResource parsed = ResourceParser.parse(documents.get(0));
      if (documents.size() != 1 || !parsed.key().equals(key)) {
        return error(
            HttpStatus.BAD_REQUEST,
            "invalid",
            "body: " + parsed.key() + " (expected: one resource, " + key + ")",
            null,
            key.toString());
      }
      Long expected = ifMatch(raw);
      Resources after =
          context
              .store()
              .write(
                  Access.user(request),
                  List.of(
                      new Write.Put(
                          key, parsed.body(), expected == null ? revision(parsed) : expected)));
      return json(HttpStatus.OK, document(after.find(key).orElseThrow()));
    } catch (InvalidResourceException e) {
      return invalid(e);
    } catch (StoreException e) {
      return refused(e);
    } catch (NumberFormatException e) {
      return error(
          HttpStatus.BAD_REQUEST,
          "invalid",
          "if-match: not a resourceVersion (expected: a number)",
          null,
          key.toString());
    }
  }

  @Delete("/namespaces/{namespace}/{plural}/{name}")
  public HttpResponse delete(
      ServiceRequestContext request,
      HttpRequest raw,
      @Param("namespace") String namespace,
      @Param("plural") String plural,
      @Param("name") String name) {
    Optional<Kind> kind = Kind.ofPlural(plural);
    if (kind.isEmpty()) {
      return unknownKind(plural);
    }
    ResourceKey key = new ResourceKey(kind.get().kindName(), namespace, name);
    ResourceStore store = context.store();
    if (store.resources().find(key).isEmpty()) {
      return notFound(key);
    }
    try {
      store.write(Access.user(request), List.of(new Write.Delete(key, ifMatch(raw))));
      return HttpResponse.of(HttpStatus.NO_CONTENT);
    } catch (StoreException e) {
      return refused(e);
    } catch (NumberFormatException e) {
      return error(
          HttpStatus.BAD_REQUEST,
          "invalid",
          "if-match: not a resourceVersion (expected: a number)",
          null,
          key.toString());
    }
  }

  @Get("/history")
  public HttpResponse history(
      @Param("kind") @Default("") String kind,
      @Param("namespace") @Default("") String namespace,
      @Param("name") @Default("") String name,
      @Param("limit") @Default("50") int limit) {
    ResourceKey key =
        kind.isEmpty() || namespace.isEmpty() || name.isEmpty()
            ? null
            : new ResourceKey(kind, namespace, name);
    ArrayNode changes = JSON.createArrayNode();
    for (Change change : context.store().history(key, Math.max(1, Math.min(limit, MAX_HISTORY)))) {
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
    ObjectNode answer = JSON.createObjectNode();
    answer.set("changes", changes);
    return json(HttpStatus.OK, answer);
  }

  /** More than a person scrolls through. */
  private static final int MAX_HISTORY = 500;

  private HttpResponse list(Predicate<StoredResource> wanted) {
    Resources resources = context.store().resources();
    ObjectNode answer =
        JSON.createObjectNode().put("apiVersion", "v1").put("kind", "List");
    answer.putObject("metadata").put("resourceVersion", Long.toString(resources.revision()));
    ArrayNode items = answer.putArray("items");
    resources.all().stream().filter(wanted).map(ResourceApi::document).forEach(items::add);
    return json(HttpStatus.OK, answer);
  }

  private HttpResponse applied(
      List<ParsedResource> parsed, Resources before, Resources after, boolean dryRun) {
    ObjectNode answer = JSON.createObjectNode().put("dryRun", dryRun);
    ArrayNode resources = answer.putArray("resources");
    for (ParsedResource resource : parsed) {
      Optional<StoredResource> old = before.find(resource.key());
      Optional<StoredResource> now = after.find(resource.key());
      ObjectNode json =
          resources
              .addObject()
              .put("kind", resource.key().kind())
              .put("namespace", resource.key().namespace())
              .put("name", resource.key().name())
              .put("action", action(old, resource))
              .put("revision", now.map(StoredResource::revision).orElse(after.revision()));
      ArrayNode warnings = json.putArray("warnings");
      resource.warnings().forEach(warnings::add);
    }
    return json(HttpStatus.OK, answer);
  }

  private static String action(Optional<StoredResource> old, ParsedResource resource) {
    if (old.isEmpty()) {
      return "created";
    }
    return old.get().body().equals(resource.body()) ? "unchanged" : "configured";
  }

  private static @Nullable Long revision(ParsedResource resource) {
    String version = resource.resourceVersion();
    return version == null || version.isEmpty() ? null : Long.valueOf(version);
  }

  private static @Nullable Long ifMatch(HttpRequest request) {
    String version = request.headers().get(HttpHeaderNames.IF_MATCH);
    return version == null || version.equals("*")
        ? null
        : Long.valueOf(version.replace("\"", "").trim());
  }

  private static ObjectNode document(StoredResource stored) {
    ObjectNode document = (ObjectNode) tree(stored.body());
    ObjectNode metadata = (ObjectNode) document.get("metadata");
    metadata
        .put("resourceVersion", Long.toString(stored.revision()))
        .put("creationTimestamp", stored.createdAt().toString());
    document.putObject("status").put("updatedAt", stored.updatedAt().toString());
    return document;
  }

  private static JsonNode tree(@Nullable String json) {
    try {
      return json == null ? JSON.nullNode() : JSON.readTree(json);
    } catch (JsonProcessingException e) {
      throw new IllegalStateException("stored, but no JSON", e);
    }
  }

  private static HttpResponse unknownKind(String plural) {
    return error(
        HttpStatus.NOT_FOUND,
        "not-found",
        "kind: " + plural + " (expected: one of " + String.join(", ", Kind.plurals()) + ")",
        null,
        null);
  }

  private static HttpResponse notFound(ResourceKey key) {
    return error(HttpStatus.NOT_FOUND, "not-found", key + " does not exist", null, key.toString());
  }

  private static HttpResponse invalid(InvalidResourceException e) {
    return error(
        HttpStatus.BAD_REQUEST,
        "invalid",
        String.valueOf(e.getMessage()),
        e.field(),
        e.resource());
  }

  private static HttpResponse refused(StoreException e) {
    boolean unavailable = e instanceof StoreException.Unavailable;
    return error(
        unavailable ? HttpStatus.INSUFFICIENT_STORAGE : HttpStatus.CONFLICT,
        unavailable ? "internal" : "conflict",
        String.valueOf(e.getMessage()),
        null,
        null);
  }

  private static HttpResponse error(
      HttpStatus status,
      String code,
      String message,
      @Nullable String field,
      @Nullable String resource) {
    ObjectNode answer = JSON.createObjectNode();
    ObjectNode error = answer.putObject("error").put("code", code).put("message", message);
    if (field != null) {
      error.put("field", field);
    }
    if (resource != null) {
      error.put("resource", resource);
    }
    return json(status, answer);
  }

  private static HttpResponse json(HttpStatus status, ObjectNode body) {
    return HttpResponse.of(status, MediaType.JSON_UTF_8, body.toString());
  }
}
