package io.endomesh.controller.ramp;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.endomesh.controller.kinds.InvalidResourceException;
import io.endomesh.controller.kinds.ParsedResource;
import io.endomesh.controller.kinds.ResourceParser;
import io.endomesh.controller.kinds.TrafficSplit;
import io.endomesh.controller.store.ResourceKey;
import io.endomesh.controller.store.Resources;
import io.endomesh.controller.store.StoredResource;
import io.endomesh.controller.translate.AppliedResource;
import io.endomesh.controller.translate.MeshModel;
import io.endomesh.controller.translate.RouteHost;
import io.endomesh.controller.translate.RouteSources;
import io.endomesh.controller.translate.ServiceKey;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.StringJoiner;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/** Finds splits in the resources that say them, and writes other weights there. Stateless. */
final class Splits {

  private static final ObjectMapper JSON = new ObjectMapper();

  private static final String GATEWAY_RULES = "/spec/rules";

  private Splits() {}

  /** A resource that is for a service, whether it splits its calls or not. */
  record Source(ResourceKey key, boolean counts, String why) {}

  /**
   * All that is for a service, and whether it counts: for callers of its own namespace, and what
   * stands in the service's for all others.
   */
  static List<Source> sources(MeshModel model, ServiceKey service) {
    List<Source> sources = new ArrayList<>();
    boolean routed = false;
    for (RouteSources.Source of : RouteSources.of(model, service.toString(), service.namespace())) {
      ResourceKey key = key(of.name());
      RouteSources.Source judged = key == null ? of : judged(model, service, key, of);
      routed |= judged.counts() && key != null && key.namespace().equals(service.namespace());
      if (key != null) {
        sources.add(new Source(key, judged.counts(), judged.why()));
      }
    }
    splits(model, service, routed, sources);
    return sources;
  }

  /** A consumer route is for the callers of its own namespace. */
  private static RouteSources.Source judged(
      MeshModel model, ServiceKey service, ResourceKey key, RouteSources.Source known) {
    if (key.namespace().equals(service.namespace())) {
      return known;
    }
    return RouteSources.of(model, service.toString(), key.namespace()).stream()
        .filter(source -> source.name().equals(known.name()))
        .findFirst()
        .orElse(known);
  }

  private static void splits(
      MeshModel model, ServiceKey service, boolean routed, List<Source> sources) {
    boolean first = true;
    for (AppliedResource applied : model.resources()) {
      if (applied.resource() instanceof TrafficSplit split
          && split.service().equals(service.name())
          && applied.key().namespace().equals(service.namespace())) {
        boolean counts = first && !routed;
        sources.add(
            new Source(
                applied.key(),
                counts,
                counts
                    ? "the oldest TrafficSplit of the service"
                    : routed ? "a route counts before it" : "an older TrafficSplit counts"));
        first = false;
      }
    }
  }

  private static @Nullable ResourceKey key(String name) {
    String[] parts = name.split("/", 3);
    return parts.length == 3 ? new ResourceKey(parts[0], parts[1], parts[2]) : null;
  }

  /** What divides the calls of a service, in the order in which it was found. */
  static List<Split> of(MeshModel model, Resources resources, ServiceKey service) {
    List<Split> splits = new ArrayList<>();
    for (Source source : sources(model, service)) {
      resources
          .find(source.key())
          .ifPresent(stored -> splits.addAll(in(model, stored, source.counts(), source.why())));
    }
    return splits;
  }

  /** The rules of a resource that lead to two sides or more. */
  static List<Split> in(MeshModel model, StoredResource stored, boolean counts, String why) {
    JsonNode document = read(stored);
    List<Split> splits = new ArrayList<>();
    List<JsonNode> rules = rules(stored.key(), document);
    for (int i = 0; i < rules.size(); i++) {
      List<Backend> backends = new ArrayList<>();
      for (JsonNode side : rules.get(i).path(sides(stored.key()))) {
        backends.add(backend(model, stored.key(), side));
      }
      if (backends.size() > 1) {
        splits.add(
            new Split(
                stored.key(),
                stored.revision(),
                i,
                matches(
                    rules
                        .get(i)
                        .path(stored.key().kind().equals("VirtualService") ? "match" : "matches")),
                counts,
                why,
                named(backends)));
      }
    }
    return splits;
  }

  /** One rule; null if it divides nothing any more. */
  static @Nullable Split of(MeshModel model, StoredResource stored, int rule) {
    return in(model, stored, true, "").stream()
        .filter(split -> split.rule() == rule)
        .findFirst()
        .orElse(null);
  }

  /** The same resource with other weights in one rule, checked as if it had been applied. */
  static ParsedResource withWeights(
      StoredResource stored, int rule, List<? extends @Nullable Integer> weights)
      throws InvalidResourceException {
    ObjectNode document = (ObjectNode) read(stored);
    JsonNode sides = rules(stored.key(), document).get(rule).path(sides(stored.key()));
    for (int i = 0; i < weights.size(); i++) {
      ObjectNode side = (ObjectNode) sides.get(i);
      Integer weight = weights.get(i);
      if (weight == null) {
        side.remove("weight");
      } else {
        side.put("weight", weight);
      }
    }
    return ResourceParser.parse(JSON.convertValue(document, Map.class));
  }

  static JsonNode read(StoredResource stored) {
    return json(stored.body());
  }

  static JsonNode json(String body) {
    try {
      return JSON.readTree(body);
    } catch (JsonProcessingException e) {
      throw new IllegalStateException("stored, but no JSON", e);
    }
  }

  private static List<JsonNode> rules(ResourceKey key, JsonNode document) {
    List<JsonNode> rules = new ArrayList<>();
    switch (key.kind()) {
      case "HTTPRoute", "GRPCRoute" -> document.at(GATEWAY_RULES).forEach(rules::add);
      case "VirtualService" -> document.at("/spec/http").forEach(rules::add);
      case "TrafficSplit" -> rules.add(document.path("spec"));
      default -> {
        // No kind that says where calls go.
      }
    }
    return rules;
  }

  private static String sides(ResourceKey key) {
    return switch (key.kind()) {
      case "VirtualService" -> "route";
      case "TrafficSplit" -> "backends";
      default -> "backendRefs";
    };
  }

  private static Backend backend(MeshModel model, ResourceKey key, JsonNode side) {
    Integer written = side.has("weight") ? Integer.valueOf(side.path("weight").asInt()) : null;
    if (key.kind().equals("VirtualService")) {
      String host = side.at("/destination/host").asText();
      String subset = side.at("/destination/subset").asText("");
      return new Backend(
          subset.isEmpty() ? shortName(host) : subset,
          host(model, host, key.namespace()),
          subset.isEmpty() ? null : subset,
          written,
          written == null ? 0 : written);
    }
    boolean smi = key.kind().equals("TrafficSplit");
    String name = shortName(side.path(smi ? "service" : "name").asText());
    String host = name + "." + side.path("namespace").asText(key.namespace());
    // Gateway API: one without a weight has 1.
    return new Backend(name, host, null, written, written == null ? 1 : written);
  }

  private static String host(MeshModel model, String host, String namespace) {
    RouteHost means = model.routeHost(host, namespace);
    if (means instanceof RouteHost.Service service) {
      return service.key().toString();
    }
    return means instanceof RouteHost.External external ? external.host() : host;
  }

  private static String shortName(String host) {
    int dot = host.indexOf('.');
    return dot < 0 ? host : host.substring(0, dot);
  }

  /** Those of the same name are told apart by their hosts, and if need be by their places. */
  private static List<Backend> named(List<Backend> backends) {
    List<Backend> named = new ArrayList<>();
    Set<String> taken = new TreeSet<>();
    for (Backend backend : backends) {
      long same = backends.stream().filter(one -> one.name().equals(backend.name())).count();
      String name =
          same == 1
              ? backend.name()
              : (backend.subset() == null ? "" : backend.subset() + ".") + backend.host();
      String free = name;
      for (int i = 2; !taken.add(free); i++) {
        free = name + "-" + i;
      }
      named.add(backend.named(free));
    }
    return named;
  }

  /** For people: the values of what must match, with the names of fields that say what they are. */
  private static String matches(JsonNode matches) {
    StringJoiner any = new StringJoiner(", or ");
    matches.forEach(match -> any.add(words(match)));
    return any.toString();
  }

  private static String words(JsonNode node) {
    if (node.isValueNode()) {
      return node.asText();
    }
    StringJoiner words = new StringJoiner(" ");
    if (node.isArray()) {
      node.forEach(item -> words.add(words(item)));
      return words.toString();
    }
    for (Map.Entry<String, JsonNode> member : node.properties()) {
      boolean plain = Set.of("type", "value", "name").contains(member.getKey());
      words.add((plain ? "" : member.getKey() + " ") + words(member.getValue()));
    }
    return words.toString();
  }
}
