package io.endomesh.controller.api;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.endomesh.controller.kinds.BackendTlsPolicy;
import io.endomesh.controller.kinds.BackendTrafficPolicy;
import io.endomesh.controller.kinds.MeshResource;
import io.endomesh.controller.kinds.RouteResource;
import io.endomesh.controller.translate.Applied;
import io.endomesh.controller.translate.RouteConditions;
import io.endomesh.controller.translate.RouteConditions.Condition;
import java.util.List;

/**
 * The status of a resource in the shape that its own API gives it. Routes of Gateway API have
 * conditions for each parent ({@code RouteStatus}), its policies for each target ({@code
 * PolicyStatus}), all other kinds one list of them. Stateless.
 */
final class StatusJson {

  /** Who says so, in the form domain/path (Gateway API, {@code GatewayController}). */
  private static final String CONTROLLER = "endomesh.io/controller";

  private StatusJson() {}

  /**
   * @param document as it was applied; gets the status
   * @param conditions of the resource as a whole
   */
  static void write(
      ObjectNode document, MeshResource resource, List<Condition> conditions, Applied applied) {
    ObjectNode status = document.withObject("/status");
    if (resource instanceof RouteResource route) {
      JsonNode refs = document.at("/spec/parentRefs");
      for (int i = 0; i < route.parents().size(); i++) {
        attached(
            status.withArray("parents"),
            "parentRef",
            refs.path(i),
            RouteConditions.of(route, route.parents().get(i), applied));
      }
    } else if (resource instanceof BackendTlsPolicy || resource instanceof BackendTrafficPolicy) {
      for (JsonNode target : document.at("/spec/targetRefs")) {
        attached(status.withArray("ancestors"), "ancestorRef", target, conditions);
      }
    } else if (!conditions.isEmpty()) {
      list(status.putArray("conditions"), conditions);
    }
  }

  private static void attached(
      ArrayNode all, String name, JsonNode reference, List<Condition> conditions) {
    ObjectNode one = all.addObject().put("controllerName", CONTROLLER);
    one.set(name, reference.deepCopy());
    list(one.putArray("conditions"), conditions);
  }

  private static void list(ArrayNode list, List<Condition> conditions) {
    for (Condition condition : conditions) {
      list.addObject()
          .put("type", condition.type())
          .put("status", condition.status() ? "True" : "False")
          .put("reason", condition.reason())
          .put("message", condition.message());
    }
  }
}
