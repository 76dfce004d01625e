package io.endomesh.controller.api;

import com.fasterxml.jackson.databind.node.ObjectNode;
import com.linecorp.armeria.common.HttpHeaderNames;
import com.linecorp.armeria.common.HttpRequest;
import com.linecorp.armeria.common.HttpResponse;
import com.linecorp.armeria.common.HttpStatus;
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
import io.endomesh.controller.access.Access;
import io.endomesh.controller.access.Right;
import io.endomesh.controller.kinds.InvalidResourceException;
import io.endomesh.controller.kinds.Kind;
import io.endomesh.controller.kinds.ParsedResource;
import io.endomesh.controller.kinds.ResourceParser;
import io.endomesh.controller.store.ResourceKey;
import io.endomesh.controller.store.ResourceStore;
import io.endomesh.controller.store.Resources;
import io.endomesh.controller.store.StoreException;
import io.endomesh.controller.store.Write;
import io.endomesh.controller.translate.MeshModel;
import io.endomesh.controller.translate.Requirements;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** The REST API of applied resources, as docs/api.md has it. Thread-safe. */
@Blocking
public final class ResourceApi implements ControllerPart {

  private static final String PATH = "/api/v1";

  private final ResourceStore store;
  private final ResourceJson json;
  private final Supplier<MeshModel> model;
  private final HistoryApi history;

  public ResourceApi(ControllerContext context) {
    this.store = context.store();
    this.json = new ResourceJson(context);
    this.model = context.model();
    this.history = new HistoryApi(store, json, model);
  }

  /** To be called with each new model: conditions may follow from it. */
  public void observe() {
    json.observe();
  }

  @Override
  public void addTo(ServerBuilder server) {
    server.annotatedService().pathPrefix(PATH).build(this);
    server.annotatedService().pathPrefix(PATH).build(history);
  }

  @Get("/resources")
  public HttpResponse resources(
      @Param("kind") @Default("") String kind, @Param("namespace") @Default("") String namespace) {
    return ApiAnswers.ok(
        json.list(
            stored ->
                (kind.isEmpty() || stored.key().kind().equalsIgnoreCase(kind))
                    && (namespace.isEmpty() || stored.key().namespace().equals(namespace))));
  }

  @Get("/namespaces/{namespace}/{plural}")
  public HttpResponse ofNamespace(
      @Param("namespace") String namespace, @Param("plural") String plural) {
    return Kind.ofPlural(plural)
        .map(
            kind ->
                ApiAnswers.ok(
                    json.list(
                        stored ->
                            stored.key().kind().equals(kind.kindName())
                                && stored.key().namespace().equals(namespace))))
        .orElseGet(() -> ApiAnswers.unknownKind(plural));
  }

  @Get("/namespaces/{namespace}/{plural}/{name}")
  public HttpResponse one(
      @Param("namespace") String namespace,
      @Param("plural") String plural,
      @Param("name") String name) {
    return keyed(namespace, plural, name, this::document);
  }

  private HttpResponse document(ResourceKey key) {
    ObjectNode document = json.document(key);
    return document == null ? ApiAnswers.notFound(key) : ApiAnswers.ok(document);
  }

  /** Everything in the body, or nothing. */
  @Post("/apply")
  public HttpResponse apply(
      ServiceRequestContext request,
      String body,
      @Param("dryRun") @Default("false") boolean dryRun) {
    try {
      List<ParsedResource> parsed = new ArrayList<>();
      List<Write> writes = new ArrayList<>();
      for (Map<?, ?> document : ResourceParser.documents(body)) {
        ParsedResource resource = ResourceParser.parse(document);
        HttpResponse refusal = Access.refusal(request, Right.APPLY, resource.key().namespace());
        if (refusal != null) {
          return refusal;
        }
        parsed.add(resource);
        writes.add(new Write.Put(resource.key(), resource.body(), resource.resourceVersion()));
      }
      Requirements.check(model.get(), parsed);
      Resources before = store.resources();
      Resources after = dryRun ? before : store.write(Access.actor(request), writes);
      return ApiAnswers.ok(json.applied(parsed, before, after, dryRun));
    } catch (InvalidResourceException e) {
      return ApiAnswers.invalid(e);
    } catch (StoreException e) {
      return ApiAnswers.refused(e, false);
    }
  }

  @Put("/namespaces/{namespace}/{plural}/{name}")
  public HttpResponse put(
      ServiceRequestContext context,
      HttpRequest request,
      String body,
      @Param("namespace") String namespace,
      @Param("plural") String plural,
      @Param("name") String name) {
    return keyed(namespace, plural, name, key -> put(context, request, body, key));
  }

  private HttpResponse put(
      ServiceRequestContext context, HttpRequest request, String body, ResourceKey key) {
    String ifMatch = ifMatch(request);
    if (!isRevision(ifMatch)) {
      return invalidIfMatch(key, ifMatch);
    }
    try {
      List<Map<?, ?>> documents = ResourceParser.documents(body);
      ParsedResource parsed = ResourceParser.parse(documents.get(0));
      if (documents.size() != 1 || !parsed.key().equals(key)) {
        return ApiAnswers.invalid(
            key, "body: " + parsed.key() + " (expected: one resource, " + key + ")");
      }
      Requirements.check(model.get(), List.of(parsed));
      Long expected = ifMatch == null ? parsed.resourceVersion() : Long.valueOf(ifMatch);
      store.write(Access.actor(context), List.of(new Write.Put(key, parsed.body(), expected)));
      return document(key);
    } catch (InvalidResourceException e) {
      return ApiAnswers.invalid(e);
    } catch (StoreException e) {
      return ApiAnswers.refused(e, ifMatch != null);
    }
  }

  @Delete("/namespaces/{namespace}/{plural}/{name}")
  public HttpResponse delete(
      ServiceRequestContext context,
      HttpRequest request,
      @Param("namespace") String namespace,
      @Param("plural") String plural,
      @Param("name") String name) {
    return keyed(namespace, plural, name, key -> delete(context, request, key));
  }

  private HttpResponse delete(ServiceRequestContext context, HttpRequest request, ResourceKey key) {
    String ifMatch = ifMatch(request);
    if (!isRevision(ifMatch)) {
      return invalidIfMatch(key, ifMatch);
    }
    if (store.resources().find(key).isEmpty()) {
      return ApiAnswers.notFound(key);
    }
    try {
      Long expected = ifMatch == null ? null : Long.valueOf(ifMatch);
      store.write(Access.actor(context), List.of(new Write.Delete(key, expected)));
      return HttpResponse.of(HttpStatus.NO_CONTENT);
    } catch (StoreException e) {
      return ApiAnswers.refused(e, ifMatch != null);
    }
  }

  private HttpResponse keyed(
      String namespace, String plural, String name, Function<ResourceKey, HttpResponse> answer) {
    return Kind.ofPlural(plural)
        .map(Kind::kindName)
        .or(() -> unknownKind(namespace, plural, name))
        .map(kind -> answer.apply(new ResourceKey(kind, namespace, name)))
        .orElseGet(() -> ApiAnswers.unknownKind(plural));
  }

  /** Of what another version stored: by its kind in lower case, so that it can be deleted. */
  private Optional<String> unknownKind(String namespace, String lowerCase, String name) {
    return store.resources().byKey().keySet().stream()
        .filter(key -> key.namespace().equals(namespace) && key.name().equals(name))
        .map(ResourceKey::kind)
        .filter(kind -> kind.toLowerCase(Locale.ROOT).equals(lowerCase))
        .findFirst();
  }

  /** Without the quotes of an entity tag; null for none and for {@code *}. */
  private static @Nullable String ifMatch(HttpRequest request) {
    String value = request.headers().get(HttpHeaderNames.IF_MATCH);
    return value == null || value.equals("*") ? null : value.replace("\"", "").trim();
  }

  private static boolean isRevision(@Nullable String ifMatch) {
    return ifMatch == null || ifMatch.matches("[0-9]{1,18}");
  }

  private static HttpResponse invalidIfMatch(ResourceKey key, @Nullable String ifMatch) {
    return ApiAnswers.invalid(
        key, "If-Match: '" + ifMatch + "' (expected: the resourceVersion of the resource)");
  }
}
