package io.endomesh.controller.console;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.endomesh.controller.ControllerContext;
import io.endomesh.controller.kinds.Kind;
import io.endomesh.controller.registry.Workload;
import io.endomesh.controller.registry.WorkloadPort;
import io.endomesh.controller.store.ResourceKey;
import io.endomesh.controller.store.Resources;
import io.endomesh.controller.store.StoredResource;
import io.endomesh.controller.telemetry.Rollups;
import io.endomesh.controller.telemetry.Stats;
import io.endomesh.controller.translate.MeshModel;
import io.endomesh.controller.translate.MeshService;
import io.endomesh.controller.xds.SyncStatus;
import io.endomesh.dataplane.identity.SpiffeId;
import io.endomesh.proto.v1.InstrumentationState;
import java.time.Instant;
import java.util.HashMap;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/** Services, workloads and resources as JSON, in the shapes of docs/api.md. Thread-safe. */
final class MeshJson {

  private static final JsonNodeFactory JSON = JsonNodeFactory.instance;

  /** By which instances of one service are told apart, as in Kubernetes and Istio. */
  private static final String VERSION_LABEL = "version";

  private final ControllerContext context;
  private final Rollups rollups;
  private volatile Attachments attachments = new Attachments(Resources.NONE);

  MeshJson(ControllerContext context, Rollups rollups) {
    this.context = context;
    this.rollups = rollups;
  }

  ArrayNode services() {
    MeshModel model = context.model().get();
    Attachments attached = attachments();
    ArrayNode list = JSON.arrayNode();
    for (MeshService service : model.services()) {
      String id = id(service);
      Stats inbound = rollups.inbound(id);
      int connected = connected(service);
      ObjectNode json =
          list.addObject()
              .put("id", id)
              .put("namespace", service.key().namespace())
              .put("name", service.key().name())
              .put("identity", identity(model, service));
      ArrayNode ports = json.putArray("ports");
      service
          .ports()
          .forEach(
              port ->
                  ports
                      .addObject()
                      .put("number", port.number())
                      .put("protocol", protocol(service, port.target())));
      json.put("declared", service.declared())
          .put("workloads", service.workloads().size())
          .put("connected", connected);
      ArrayNode instances = json.putArray("instances");
      service.workloads().forEach(workload -> instances.add(workload.instance()));
      versions(json, service);
      json.put("mtls", model.mtlsMode(service).name())
          .put("health", Health.of(inbound, connected).json());
      json.set("inbound", stats(inbound));
      json.set("outbound", stats(rollups.outbound(id)));
      ArrayNode resources = json.putArray("resources");
      attached.of(service).forEach(key -> name(resources.addObject(), key));
    }
    return list;
  }

  /**
   * What its workloads prove, which may belong to another service; without any, what they would.
   */
  private static String identity(MeshModel model, MeshService service) {
    return service.identities().isEmpty()
        ? SpiffeId.of(model.trustDomain(), service.key().namespace(), service.key().name())
        : service.identities().get(0);
  }

  private Attachments attachments() {
    Resources resources = context.store().resources();
    Attachments known = attachments;
    if (known.revision() != resources.revision()) {
      known = new Attachments(resources);
      attachments = known;
    }
    return known;
  }

  static String id(MeshService service) {
    return service.key().namespace() + "/" + service.key().name();
  }

  static int connected(MeshService service) {
    return (int) service.workloads().stream().filter(Workload::connected).count();
  }

  static void versions(ObjectNode json, MeshService service) {
    TreeSet<String> versions = new TreeSet<>();
    for (Workload workload : service.workloads()) {
      String version = workload.labels().get(VERSION_LABEL);
      if (version != null) {
        versions.add(version);
      }
    }
    ArrayNode list = json.putArray("versions");
    versions.forEach(list::add);
  }

  /** Of the first workload that bound the port, or the primary one of the first. */
  private static String protocol(MeshService service, int port) {
    String primary = "HTTP";
    for (Workload workload : service.workloads()) {
      for (WorkloadPort bound : workload.ports()) {
        if (bound.number() == port) {
          return bound.protocol().name();
        }
      }
    }
    for (Workload workload : service.workloads()) {
      if (!workload.ports().isEmpty()) {
        return workload.ports().get(0).protocol().name();
      }
    }
    return primary;
  }

  ArrayNode workloads() {
    Map<String, SyncStatus.Node> nodes = new HashMap<>();
    // A client that calls itself what another is called says nothing about that one.
    context
        .syncStatus()
        .nodes()
        .forEach(n -> nodes.put(key(n.namespace(), n.service(), n.instance()), n));
    String trustDomain = context.model().get().trustDomain();
    ArrayNode list = JSON.arrayNode();
    for (Workload workload : context.workloads().workloads()) {
      String key = key(workload.namespace(), workload.service(), workload.instance());
      list.add(workload(workload, nodes.get(key), trustDomain));
    }
    return list;
  }

  private static String key(String namespace, String service, String instance) {
    return namespace + "/" + service + "/" + instance;
  }

  private ObjectNode workload(
      Workload workload, SyncStatus.@Nullable Node node, String trustDomain) {
    Stats inbound = rollups.instance(workload.instance());
    ObjectNode json =
        JSON.objectNode()
            .put("instance", workload.instance())
            .put("serviceId", workload.namespace() + "/" + workload.service())
            .put("namespace", workload.namespace())
            .put("service", workload.service())
            .put("identity", SpiffeId.of(trustDomain, workload.namespace(), workload.service()))
            .put("address", workload.address());
    ArrayNode ports = json.putArray("ports");
    for (WorkloadPort port : workload.ports()) {
      ports
          .addObject()
          .put("number", port.number())
          .put("protocol", port.protocol().name())
          .put("advertised", port.advertised());
    }
    ObjectNode labels = json.putObject("labels");
    workload.labels().entrySet().stream()
        .sorted(Map.Entry.comparingByKey())
        .forEach(label -> labels.put(label.getKey(), label.getValue()));
    ArrayNode attested = json.putArray("attestedLabels");
    new TreeSet<>(workload.attested().keySet()).forEach(attested::add);
    ArrayNode given = json.putArray("givenLabels");
    new TreeSet<>(workload.given().keySet()).forEach(given::add);
    json.put("connected", workload.connected())
        .put("since", workload.joinedAt().toString())
        .put("lastSeen", workload.lastSeen().toString())
        .put("leaseEndsAt", text(workload.leaseEndsAt()));
    json.set("configuration", configuration(node));
    json.put("certificateNotAfter", text(workload.health().certificateNotAfter()))
        .put("certificateNotBefore", text(workload.health().certificateNotBefore()))
        .put("certificateRoot", orNull(workload.health().certificateRoot()))
        .put("renewalProblem", workload.health().renewalProblem())
        .set(
            "tlsProblems",
            JSON.arrayNode()
                .addAll(workload.health().tlsProblems().stream().map(JSON::textNode).toList()));
    json.put("agentVersion", workload.agent().version())
        .put("javaVersion", workload.agent().javaVersion())
        .put("mainClass", workload.agent().mainClass())
        .put("pid", workload.agent().pid());
    ArrayNode instrumentations = json.putArray("instrumentations");
    for (InstrumentationState state : workload.health().instrumentations()) {
      instrumentations
          .addObject()
          .put("name", state.getName())
          .put("enabled", state.getEnabled())
          .put("reason", state.getReason());
    }
    json.put("suppressedExceptions", workload.health().suppressedExceptions())
        .put("failedTransformations", workload.health().failedTransformations())
        .put("droppedTelemetry", workload.health().droppedTelemetry())
        .put("health", (workload.connected() ? Health.of(inbound) : Health.FAILING).json());
    json.set("inbound", stats(inbound));
    return json;
  }

  /** With the names of what a workload asked for; empty if it is not connected. */
  Optional<JsonNode> config(String namespace, String instance) {
    return context.syncStatus().nodes().stream()
        .filter(node -> node.namespace().equals(namespace) && node.instance().equals(instance))
        .findFirst()
        .map(
            node -> {
              ObjectNode json = configuration(node);
              ObjectNode names = json.putObject("subscriptions");
              new TreeMap<>(node.subscriptions())
                  .forEach(
                      (type, list) -> {
                        ArrayNode array = names.putArray(type);
                        list.stream().sorted().forEach(array::add);
                      });
              return json;
            });
  }

  private static ObjectNode configuration(SyncStatus.@Nullable Node node) {
    ObjectNode json = JSON.objectNode();
    if (node == null) {
      json.put("wanted", "").putNull("acked").put("upToDate", false).putNull("rejection");
      json.putObject("subscriptions");
      return json;
    }
    SyncStatus.Rejection rejection = node.rejection();
    json.put("wanted", node.wanted())
        .put("acked", node.acked().isEmpty() ? null : node.acked())
        .put("upToDate", node.upToDate())
        .put("rejection", rejection == null ? null : rejection.type() + ": " + rejection.reason());
    ObjectNode subscriptions = json.putObject("subscriptions");
    node.subscriptions().forEach((type, names) -> subscriptions.put(type, names.size()));
    return json;
  }

  ArrayNode resources() {
    ArrayNode list = JSON.arrayNode();
    for (StoredResource resource : context.store().resources().all()) {
      ObjectNode json = name(list.addObject(), resource.key());
      String plural =
          Kind.named(resource.key().kind())
              .map(Kind::plural)
              .orElse(resource.key().kind().toLowerCase(Locale.ROOT));
      json.put("plural", plural)
          .put("revision", resource.revision())
          .put("updatedAt", resource.updatedAt().toString());
    }
    return list;
  }

  private static ObjectNode name(ObjectNode json, ResourceKey key) {
    return json.put("kind", key.kind()).put("namespace", key.namespace()).put("name", key.name());
  }

  static ObjectNode stats(Stats stats) {
    return JSON.objectNode()
        .put("requestsTotal", stats.requestsTotal())
        .put("errorsTotal", stats.errorsTotal())
        .put("refusedTotal", stats.refusedTotal())
        .put("retriesTotal", stats.retriesTotal())
        .put("requestsPerSecond", rounded(stats.requestsPerSecond()))
        .put("errorsPerSecond", rounded(stats.errorsPerSecond()))
        .put("refusedPerSecond", rounded(stats.refusedPerSecond()))
        .put("retriesPerSecond", rounded(stats.retriesPerSecond()))
        .put("errorRatio", rounded(stats.errorRatio()))
        .put("p50Millis", rounded(stats.p50Millis()))
        .put("p99Millis", rounded(stats.p99Millis()))
        .put("windowSeconds", stats.windowSeconds());
  }

  /** Four digits behind the point: no reader needs more, and the event stream stays small. */
  static @Nullable Double rounded(@Nullable Double value) {
    return value == null ? null : Math.round(value * 1e4) / 1e4;
  }

  private static @Nullable String orNull(String text) {
    return text.isEmpty() ? null : text;
  }

  private static @Nullable String text(@Nullable Instant instant) {
    return instant == null ? null : instant.toString();
  }
}
