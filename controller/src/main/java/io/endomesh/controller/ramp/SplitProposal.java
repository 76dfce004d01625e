package io.endomesh.controller.ramp;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.endomesh.controller.kinds.DestinationRule;
import io.endomesh.controller.registry.Workload;
import io.endomesh.controller.store.ResourceKey;
import io.endomesh.controller.store.Resources;
import io.endomesh.controller.store.StoredResource;
import io.endomesh.controller.translate.AppliedResource;
import io.endomesh.controller.translate.MeshModel;
import io.endomesh.controller.translate.MeshService;
import io.endomesh.controller.translate.ServiceKey;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * What to apply for the calls of a service to be divided between the versions that run: subsets by
 * their label, and a route to each. Stateless.
 */
final class SplitProposal {

  /** By which instances of one service are told apart, as in Kubernetes and Istio. */
  private static final String VERSION_LABEL = "version";

  private static final String API_VERSION = "networking.istio.io/v1";

  private SplitProposal() {}

  /** How many instances there are of each version that runs. */
  static SortedMap<String, Integer> versions(MeshService service) {
    SortedMap<String, Integer> versions = new TreeMap<>();
    for (Workload workload : service.workloads()) {
      String version = workload.labels().get(VERSION_LABEL);
      if (version != null) {
        versions.merge(version, 1, Integer::sum);
      }
    }
    return versions;
  }

  /** A DestinationRule, which may be there already, and a VirtualService. */
  static List<ObjectNode> of(
      MeshModel model, Resources stored, ServiceKey service, SortedMap<String, Integer> versions) {
    List<ObjectNode> documents = new ArrayList<>();
    documents.add(subsets(model, stored, service, versions));
    ObjectNode route = document("VirtualService", free(stored, "VirtualService", service));
    ObjectNode spec = route.putObject("spec");
    spec.putArray("hosts").add(service.name());
    ArrayNode sides = spec.putArray("http").addObject().putArray("route");
    List<Integer> weights = shares(versions);
    int i = 0;
    for (String version : versions.keySet()) {
      ObjectNode side = sides.addObject();
      side.putObject("destination").put("host", service.name()).put("subset", subset(version));
      side.put("weight", weights.get(i++));
    }
    documents.add(route);
    return documents;
  }

  private static ObjectNode subsets(
      MeshModel model, Resources stored, ServiceKey service, SortedMap<String, Integer> versions) {
    ObjectNode rule = null;
    for (AppliedResource applied : model.resources()) {
      if (rule == null
          && applied.resource() instanceof DestinationRule known
          && service.equals(model.serviceOf(known))) {
        rule = stored.find(applied.key()).map(SplitProposal::read).orElse(null);
      }
    }
    if (rule == null) {
      rule = document("DestinationRule", free(stored, "DestinationRule", service));
      rule.putObject("spec").put("host", service.name());
    }
    ArrayNode subsets = rule.withObjectProperty("spec").withArrayProperty("subsets");
    for (String version : versions.keySet()) {
      boolean known = false;
      for (var subset : subsets) {
        known |= subset.path("name").asText().equals(subset(version));
      }
      if (!known) {
        subsets
            .addObject()
            .put("name", subset(version))
            .putObject("labels")
            .put(VERSION_LABEL, version);
      }
    }
    return rule;
  }

  /** As calls are divided now, between all instances: to apply it changes nothing yet. */
  private static List<Integer> shares(SortedMap<String, Integer> versions) {
    int all = versions.values().stream().mapToInt(Integer::intValue).sum();
    List<Integer> shares = new ArrayList<>();
    int given = 0;
    for (int instances : versions.values()) {
      int share = Math.max(1, Split.WHOLE * instances / all);
      shares.add(share);
      given += share;
    }
    shares.set(0, Math.max(1, shares.get(0) + Split.WHOLE - given));
    return shares;
  }

  /** Names of subsets are parts of names of clusters. */
  static String subset(String version) {
    return version.toLowerCase(Locale.ROOT).replaceAll("[^a-z0-9-]", "-");
  }

  private static ObjectNode read(StoredResource stored) {
    ObjectNode document = (ObjectNode) Splits.read(stored);
    document
        .withObjectProperty("metadata")
        .put("resourceVersion", String.valueOf(stored.revision()));
    return document;
  }

  private static ObjectNode document(String kind, ResourceKey key) {
    ObjectNode made = JsonNodeFactory.instance.objectNode();
    made.put("apiVersion", API_VERSION).put("kind", kind);
    made.putObject("metadata").put("name", key.name()).put("namespace", key.namespace());
    return made;
  }

  private static ResourceKey free(Resources stored, String kind, ServiceKey service) {
    ResourceKey key = new ResourceKey(kind, service.namespace(), service.name());
    for (int i = 2; stored.find(key).isPresent(); i++) {
      key = new ResourceKey(kind, service.namespace(), service.name() + "-" + i);
    }
    return key;
  }
}
