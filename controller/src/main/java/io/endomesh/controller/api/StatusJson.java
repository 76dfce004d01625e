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
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The status of a resource in the shape that its own API gives it. Routes of Gateway API have
 * conditions for each parent ({@code RouteStatus}), its policies for each target ({@code
 * PolicyStatus}), all other kinds one list of them. Stateless.
 */
final class StatusJson {

  /** Who says so, in the form domain/path (Gateway API, {@code GatewayController}). */
  private static final String CONTROLLER = "endomesh.io/controller";

  /** What conditions are of that are not of a part. */
  private static final String WHOLE = "";

  private StatusJson() {}

  /**
   * The conditions of a resource by what they are of: each parent of a route, else the resource as
   * a whole.
   *
   * @param whole of the resource as a whole
   */
  static Map<String, List<Condition>> conditions(
      MeshResource resource, List<Condition> whole, Applied applied) {
    if (!(resource instanceof RouteResource route)) {
      return Map.of(WHOLE, whole);
    }
    Map<String, List<Condition>> all = new LinkedHashMap<>();
    for (RouteResource.Parent parent : route.parents()) {
      all.put(name(parent), RouteConditions.of(route, parent, applied));
    }
    return all;
  }

  /** Of a resource that this version cannot read. */
  static Map<String, List<Condition>> unreadable(String why) {
    return Map.of(WHOLE, List.of(new Condition("Accepted", false, "Unreadable", why)));
  }

  /** The status of each, by the name that {@link #write} asks for. */
  static Map<String, Boolean> statuses(Map<String, List<Condition>> conditions) {
    Map<String, Boolean> statuses = new LinkedHashMap<>();
    conditions.forEach(
        (of, list) ->
            list.forEach(condition -> statuses.put(name(of, condition), condition.status())));
    return statuses;
  }

  /**
   * @param document as it was applied; gets the status
   * @param resource null if it cannot be read
   * @param conditions see {@link #conditions}
   * @param since when they have the status they have
   */
  static void write(
      ObjectNode document,
      @Nullable MeshResource resource,
      Map<String, List<Condition>> conditions,
      Map<String, Instant> since) {
    ObjectNode status = document.withObject("/status");
    if (resource instanceof RouteResource route) {
      JsonNode refs = document.at("/spec/parentRefs");
      for (int i = 0; i < route.parents().size(); i++) {
        list(
            attached(status.withArray("parents"), "parentRef", refs.path(i)),
            name(route.parents().get(i)),
            conditions,
            since);
      }
    } else if (resource instanceof BackendTlsPolicy || resource instanceof BackendTrafficPolicy) {
      for (JsonNode target : document.at("/spec/targetRefs")) {
        list(
            attached(status.withArray("ancestors"), "ancestorRef", target),
            WHOLE,
            conditions,
            since);
      }
    } else if (!conditions.getOrDefault(WHOLE, List.of()).isEmpty()) {
      list(status.putArray("conditions"), WHOLE, conditions, since);
    }
  }

  private static ArrayNode attached(ArrayNode all, String name, JsonNode reference) {
    ObjectNode one = all.addObject().put("controllerName", CONTROLLER);
    one.set(name, reference.deepCopy());
    return one.putArray("conditions");
  }

  private static void list(
      ArrayNode list,
      String of,
      Map<String, List<Condition>> conditions,
      Map<String, Instant> since) {
    for (Condition condition : conditions.getOrDefault(of, List.of())) {
      list.addObject()
          .put("type", condition.type())
          .put("status", condition.status() ? "True" : "False")
          .put("lastTransitionTime", String.valueOf(since.get(name(of, condition))))
          .put("reason", condition.reason())
          .put("message", condition.message());
    }
  }

  private static String name(String of, Condition condition) {
    return of.isEmpty() ? condition.type() : of + " " + condition.type();
  }

  private static String name(RouteResource.Parent parent) {
    return parent.namespace()
        + "/"
        + parent.service()
        + (parent.port() == null ? "" : ":" + parent.port());
  }
}
