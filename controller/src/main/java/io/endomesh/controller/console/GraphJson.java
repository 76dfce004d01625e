package io.endomesh.controller.console;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.endomesh.controller.ControllerContext;
import io.endomesh.controller.telemetry.Edge;
import io.endomesh.controller.telemetry.GraphNodes;
import io.endomesh.controller.telemetry.Rollups;
import io.endomesh.controller.telemetry.Stats;
import io.endomesh.controller.translate.MeshModel;
import io.endomesh.controller.translate.MeshService;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;

/** Who calls whom, as JSON. Thread-safe. */
final class GraphJson {

  private static final JsonNodeFactory JSON = JsonNodeFactory.instance;

  private final ControllerContext context;
  private final Rollups rollups;

  GraphJson(ControllerContext context, Rollups rollups) {
    this.context = context;
    this.rollups = rollups;
  }

  ObjectNode graph() {
    MeshModel model = context.model().get();
    List<Edge> edges = rollups.edges();
    ObjectNode graph = JSON.objectNode().put("windowSeconds", Stats.NONE.windowSeconds());
    ArrayNode nodes = graph.putArray("nodes");
    Set<String> missing = new TreeSet<>();
    for (Edge edge : edges) {
      missing.add(edge.source());
      missing.add(edge.destination());
    }
    for (MeshService service : model.services()) {
      String id = MeshJson.id(service);
      boolean called = missing.remove(id);
      if (!called && isPartOfAnother(service)) {
        continue;
      }
      int connected = MeshJson.connected(service);
      ObjectNode json =
          node(nodes, id).put("workloads", service.workloads().size()).put("connected", connected);
      MeshJson.versions(json, service);
      json.put("mtls", model.mtlsMode(service).name())
          .put("health", Health.of(rollups.inbound(id), connected).json());
    }
    for (String id : missing) {
      // A service that nobody offers any more keeps its edges, and has to have a node.
      boolean gone = GraphNodes.kind(id).equals("service");
      ObjectNode json = node(nodes, id).put("workloads", 0).put("connected", 0);
      json.putArray("versions");
      json.putNull("mtls").put("health", (gone ? Health.FAILING : health(id, edges)).json());
    }
    ArrayNode list = graph.putArray("edges");
    edges.forEach(edge -> list.add(edge(edge)));
    return graph;
  }

  /**
   * Whether it only names workloads of other services, as the versions that a route splits over:
   * their calls are those of the other services, and it would stand there as if it were idle.
   */
  private static boolean isPartOfAnother(MeshService service) {
    return !service.workloads().isEmpty()
        && service.workloads().stream()
            .noneMatch(workload -> workload.service().equals(service.key().name()));
  }

  private static ObjectNode node(ArrayNode nodes, String id) {
    String kind = GraphNodes.kind(id);
    return nodes
        .addObject()
        .put("id", id)
        .put("kind", kind)
        .put("namespace", kind.equals("service") ? id.substring(0, id.indexOf('/')) : null)
        .put("name", GraphNodes.label(id));
  }

  /**
   * Of a node that reports nothing itself: the worst that its callers saw, or, as nobody calls
   * those outside, the worst that they saw.
   */
  private static Health health(String id, List<Edge> edges) {
    Health worst = Health.IDLE;
    for (Edge edge : edges) {
      String here = id.equals(GraphNodes.OUTSIDE) ? edge.source() : edge.destination();
      if (here.equals(id)) {
        Health seen = Health.of(edge.stats());
        if (worst == Health.IDLE || (seen != Health.IDLE && seen.compareTo(worst) > 0)) {
          worst = seen;
        }
      }
    }
    return worst;
  }

  private static ObjectNode edge(Edge edge) {
    ObjectNode json =
        JSON.objectNode()
            .put("id", edge.id())
            .put("source", edge.source())
            .put("destination", edge.destination())
            .put("protocol", edge.protocol())
            .put("mtls", edge.mtls())
            .put("health", Health.of(edge.stats()).json());
    json.set("stats", MeshJson.stats(edge.stats()));
    ArrayNode clusters = json.putArray("clusters");
    for (Edge.ClusterShare share : edge.clusters()) {
      clusters
          .addObject()
          .put("cluster", share.cluster())
          .put("requestsTotal", share.requestsTotal())
          .put("requestsPerSecond", MeshJson.rounded(share.requestsPerSecond()));
    }
    return json;
  }
}
