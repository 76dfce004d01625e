package io.endomesh.controller.ramp;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.linecorp.armeria.common.HttpResponse;
import com.linecorp.armeria.common.HttpStatus;
import com.linecorp.armeria.server.ServiceRequestContext;
import com.linecorp.armeria.server.annotation.Blocking;
import com.linecorp.armeria.server.annotation.Get;
import com.linecorp.armeria.server.annotation.Param;
import com.linecorp.armeria.server.annotation.Post;
import io.endomesh.controller.ControllerContext;
import io.endomesh.controller.access.Access;
import io.endomesh.controller.access.Right;
import io.endomesh.controller.console.ApiErrors;
import io.endomesh.controller.kinds.InvalidResourceException;
import io.endomesh.controller.kinds.Kind;
import io.endomesh.controller.kinds.ParsedResource;
import io.endomesh.controller.store.ResourceKey;
import io.endomesh.controller.store.Resources;
import io.endomesh.controller.store.StoreException;
import io.endomesh.controller.store.StoredResource;
import io.endomesh.controller.store.Write;
import io.endomesh.controller.translate.MeshModel;
import io.endomesh.controller.translate.MeshService;
import io.endomesh.controller.translate.Requirements;
import io.endomesh.controller.translate.ServiceKey;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/** How the calls of a service are split now, with what each side does, and other weights. */
@Blocking
final class RouteApi {

  private static final JsonNodeFactory JSON = JsonNodeFactory.instance;

  private final ControllerContext context;
  private final BackendStats.Source figures;
  private final Ramps ramps;

  RouteApi(ControllerContext context, BackendStats.Source figures, Ramps ramps) {
    this.context = context;
    this.figures = figures;
    this.ramps = ramps;
  }

  @Get("/routes/{namespace}/{service}")
  public HttpResponse route(
      ServiceRequestContext request,
      @Param("namespace") String namespace,
      @Param("service") String name) {
    ServiceKey key = new ServiceKey(namespace, name);
    MeshModel model = context.model().get();
    MeshService service = model.service(key);
    if (service == null) {
      return ApiErrors.notFound(
          "service: " + namespace + "/" + name + " is not in the mesh (expected: one that is)");
    }
    Resources resources = context.store().resources();
    List<Splits.Source> sources =
        Splits.sources(model, key).stream()
            .filter(source -> readable(request).test(source.key().namespace()))
            .toList();
    List<Split> splits =
        Splits.of(model, resources, key).stream()
            .filter(split -> readable(request).test(split.resource().namespace()))
            .toList();
    ObjectNode json = JSON.objectNode().put("id", namespace + "/" + name);
    ArrayNode list = json.putArray("splits");
    splits.forEach(split -> list.add(split(split)));
    ArrayNode found = json.putArray("sources");
    sources.forEach(
        source ->
            resource(found.addObject(), source.key())
                .put("counts", source.counts())
                .put("why", source.why()));
    SortedMap<String, Integer> versions = SplitProposal.versions(service);
    ArrayNode running = json.putArray("versions");
    versions.forEach(
        (version, instances) ->
            running.addObject().put("version", version).put("instances", instances));
    advise(json, service, sources, splits, versions);
    ArrayNode known = json.putArray("ramps");
    ramps.list().stream()
        .filter(ramp -> ramp.plan().service().equals(key))
        .filter(ramp -> readable(request).test(ramp.plan().resource().namespace()))
        .forEach(ramp -> known.add(RampApi.json(ramps, ramp)));
    return RampApi.ok(json);
  }

  /** What to do where there is no split, as sentence and, if that is possible, as resources. */
  private void advise(
      ObjectNode json,
      MeshService service,
      List<Splits.Source> sources,
      List<Split> splits,
      SortedMap<String, Integer> versions) {
    json.putNull("advice").putNull("proposal");
    if (splits.stream().anyMatch(Split::counts)) {
      return;
    }
    Splits.Source counting =
        sources.stream().filter(Splits.Source::counts).findFirst().orElse(null);
    if (counting != null) {
      json.put(
          "advice",
          counting.key()
              + " says where calls go, and no rule of it has two sides: give one a second, with"
              + " weights.");
      return;
    }
    boolean told =
        versions.keySet().stream().map(SplitProposal::subset).distinct().count() == versions.size();
    if (versions.size() < 2 || !told || !sources.isEmpty()) {
      json.put(
          "advice",
          "All calls go to all instances. To split them apply an HTTPRoute with two backends, or"
              + " start instances with different labels `version`: then a route to each is proposed"
              + " here.");
      return;
    }
    json.put(
        "advice",
        "Instances of "
            + String.join(", ", versions.keySet())
            + " run, and calls go to all of them. This divides the calls as they are divided now,"
            + " by numbers of instances; from then on it can be changed.");
    ArrayNode items = json.putObject("proposal").put("kind", "List").putArray("items");
    SplitProposal.of(
            context.model().get(),
            context.store().resources(),
            service.key(),
            new TreeMap<>(versions))
        .forEach(items::add);
  }

  private ObjectNode split(Split split) {
    ObjectNode json = JSON.objectNode();
    resource(json.putObject("resource"), split.resource());
    json.put("resourceVersion", String.valueOf(split.revision()))
        .put("rule", split.rule())
        .put("matches", split.matches())
        .put("counts", split.counts())
        .put("why", split.why());
    ArrayNode backends = json.putArray("backends");
    for (int i = 0; i < split.backends().size(); i++) {
      Backend backend = split.backends().get(i);
      BackendStats stats = figures.of(backend);
      backends
          .addObject()
          .put("name", backend.name())
          .put("host", backend.host())
          .put("subset", backend.subset())
          .put("weight", backend.weight())
          .put("share", rounded(split.share(i)))
          .put("requestsPerSecond", rounded(stats.requestsPerSecond()))
          .put("errorRatio", rounded(stats.errorRatio()))
          .put("p99Millis", rounded(stats.p99Millis()));
    }
    return json;
  }

  static Predicate<String> readable(ServiceRequestContext request) {
    return namespace -> Access.caller(request).may(Right.READ, namespace);
  }

  static ObjectNode resource(ObjectNode json, ResourceKey key) {
    return json.put("kind", key.kind())
        .put("namespace", key.namespace())
        .put("name", key.name())
        .put(
            "plural",
            Kind.named(key.kind()).map(Kind::plural).orElse(key.kind().toLowerCase(Locale.ROOT)));
  }

  static @Nullable Double rounded(@Nullable Double value) {
    return value == null ? null : Math.round(value * 1e4) / 1e4;
  }

  /**
   * Other weights, in the resource that has them, unless somebody changed that meanwhile.
   *
   * @param body {@code {"weights":{"v1":90,"v2":10},"resourceVersion":"42"}}; {@code resource} and
   *     {@code rule} where there are several
   */
  @Post("/routes/{namespace}/{service}/weights")
  public HttpResponse weights(
      ServiceRequestContext request,
      @Param("namespace") String namespace,
      @Param("service") String name,
      String body) {
    try {
      JsonNode asked =
          Asked.body(body, Set.of("weights", "resource", "rule", "resourceVersion", "dryRun"));
      Resources before = context.store().resources();
      Split split =
          Asked.split(
              context.model().get(),
              before,
              new ServiceKey(namespace, name),
              asked,
              readable(request));
      HttpResponse refusal = Access.refusal(request, Right.APPLY, split.resource().namespace());
      if (refusal != null) {
        return refusal;
      }
      StoredResource stored = before.find(split.resource()).orElseThrow();
      ParsedResource changed =
          Splits.withWeights(stored, split.rule(), Asked.weights(split, asked.path("weights")));
      Requirements.check(context.model().get(), List.of(changed));
      boolean dryRun = asked.path("dryRun").asBoolean(false);
      long revision = stored.revision();
      if (!dryRun) {
        long expected = Asked.revision(asked.path("resourceVersion"), stored.revision());
        Write put = new Write.Put(split.resource(), changed.body(), expected);
        revision =
            context
                .store()
                .write(Access.actor(request), List.of(put))
                .find(split.resource())
                .orElseThrow()
                .revision();
      }
      ObjectNode json = JSON.objectNode();
      resource(json.putObject("resource"), split.resource());
      json.put("rule", split.rule())
          .put("dryRun", dryRun)
          .put("resourceVersion", String.valueOf(revision));
      json.set("before", Splits.read(stored));
      json.set("after", Splits.json(changed.body()));
      return RampApi.ok(json);
    } catch (IllegalArgumentException | InvalidResourceException e) {
      return ApiErrors.invalid(String.valueOf(e.getMessage()));
    } catch (StoreException.Conflict e) {
      return ApiErrors.response(HttpStatus.CONFLICT, "conflict", String.valueOf(e.getMessage()));
    } catch (StoreException e) {
      return RampApi.unavailable(e);
    }
  }
}
