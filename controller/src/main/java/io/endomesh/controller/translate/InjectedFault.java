package io.endomesh.controller.translate;

import com.google.protobuf.Any;
import com.google.protobuf.Struct;
import com.google.protobuf.Value;
import io.endomesh.controller.kinds.RouteFilters;
import io.envoyproxy.envoy.config.route.v3.Route;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * A fault that is put on routes of a service for a while, in the place of what they have. Nothing
 * that was applied is changed by it. Immutable.
 *
 * @param name whose it is, as callers are told: {@code FaultTest/shop/1f0c9e}
 * @param service whose calls go wrong
 * @param route {@code HTTPRoute/shop/orders} for all of its rules, {@code HTTPRoute/shop/orders
 *     rule 0} for one of them; null for all calls of the service
 * @param fault with an end
 */
public record InjectedFault(
    String name, ServiceKey service, @Nullable String route, RouteFilters.Fault fault) {

  /** The routes to a destination, with the faults that are put on them. */
  static List<Route> put(
      List<Route> routes, Destination destination, MeshModel model, Scope scope) {
    // gRPC's own clients are not told when a fault ends: they would never stop.
    if (model.faults().isEmpty()
        || scope.dialect() != Scope.Dialect.AGENT
        || !(destination instanceof Destination.ToService to)) {
      return routes;
    }
    List<InjectedFault> faults =
        model.faults().stream().filter(fault -> fault.service.equals(to.service().key())).toList();
    return faults.isEmpty() ? routes : routes.stream().map(route -> put(route, faults)).toList();
  }

  private static Route put(Route route, List<InjectedFault> faults) {
    for (InjectedFault fault : faults) {
      if (fault.hits(route.getName())) {
        return fault.on(route);
      }
    }
    return route;
  }

  private boolean hits(String name) {
    return route == null || name.equals(route) || name.startsWith(route + " rule ");
  }

  private Route on(Route route) {
    Struct.Builder ours =
        route
            .getMetadata()
            .getFilterMetadataOrDefault(ClusterTranslator.METADATA, Struct.getDefaultInstance())
            .toBuilder()
            .putFields("faults_until", text(Objects.requireNonNull(fault.until()).toString()))
            .putFields("faults_by", text(name));
    return route.toBuilder()
        .putTypedPerFilterConfig(FilterTranslator.FAULT, Any.pack(FilterTranslator.fault(fault)))
        .setMetadata(
            route.getMetadata().toBuilder()
                .putFilterMetadata(ClusterTranslator.METADATA, ours.build()))
        .build();
  }

  private static Value text(String text) {
    return Value.newBuilder().setStringValue(text).build();
  }
}
