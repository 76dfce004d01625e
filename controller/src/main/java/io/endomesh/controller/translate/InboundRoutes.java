package io.endomesh.controller.translate;

import io.envoyproxy.envoy.config.route.v3.NonForwardingAction;
import io.envoyproxy.envoy.config.route.v3.Route;
import io.envoyproxy.envoy.config.route.v3.RouteMatch;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/**
 * The routes of a served port. Callers obey the routes of the services they call; here stands what
 * a server has to do itself, because its callers may be outside the mesh: telling browsers who may
 * read its answers (CORS). Stateless.
 */
final class InboundRoutes {

  private InboundRoutes() {}

  /**
   * Of the services whose selectors match the workload, as callers of their own namespace see them.
   *
   * @param port 0 for the ports that have no listener of their own
   */
  static List<Route> of(MeshModel model, Scope scope, int port) {
    List<Route> routes = new ArrayList<>();
    // What labels the callers carry is not known here.
    Scope callers = new Scope(scope.namespace(), Map.of(), scope.dialect());
    for (MeshService service : model.services()) {
      if (isServedBy(service, scope)) {
        List<Route> all =
            RouteTable.routes(
                model, new Destination.ToService(service, portIndex(service, port)), callers);
        if (all.stream().anyMatch(InboundRoutes::hasCors)) {
          all.forEach(route -> routes.add(arriving(route)));
        }
      }
    }
    routes.add(leadingHere(RouteMatch.newBuilder().setPrefix("/").build()).build());
    return routes;
  }

  private static boolean isServedBy(MeshService service, Scope scope) {
    return service.key().namespace().equals(scope.namespace())
        && !service.ports().isEmpty()
        && !service.selector().isEmpty()
        && scope.labels().entrySet().containsAll(service.selector().entrySet());
  }

  /** By what is bound; an instance that bound another number serves the primary port. */
  private static int portIndex(MeshService service, int port) {
    for (int i = 0; i < service.ports().size(); i++) {
      if (service.ports().get(i).target() == port) {
        return i;
      }
    }
    return 0;
  }

  private static boolean hasCors(Route route) {
    return route.containsTypedPerFilterConfig(FilterTranslator.CORS);
  }

  /** Those without CORS too: they hide what later ones would say. */
  private static Route arriving(Route route) {
    Route.Builder arriving = leadingHere(route.getMatch()).setName(route.getName());
    if (hasCors(route)) {
      arriving.putTypedPerFilterConfig(
          FilterTranslator.CORS, route.getTypedPerFilterConfigOrThrow(FilterTranslator.CORS));
    }
    return arriving.build();
  }

  private static Route.Builder leadingHere(RouteMatch match) {
    return Route.newBuilder()
        .setMatch(match)
        .setNonForwardingAction(NonForwardingAction.getDefaultInstance());
  }
}
