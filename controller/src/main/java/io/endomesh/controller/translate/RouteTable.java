package io.endomesh.controller.translate;

import com.google.protobuf.Any;
import io.endomesh.controller.kinds.DatabasePolicy;
import io.endomesh.controller.kinds.DestinationRule.TrafficPolicy;
import io.endomesh.controller.kinds.GrpcRoute;
import io.endomesh.controller.kinds.HttpRoute;
import io.endomesh.controller.kinds.RouteResource;
import io.endomesh.controller.kinds.ServiceEntry;
import io.endomesh.controller.kinds.TrafficSplit;
import io.endomesh.controller.kinds.VirtualService;
import io.envoyproxy.envoy.config.route.v3.HeaderMatcher;
import io.envoyproxy.envoy.config.route.v3.Route;
import io.envoyproxy.envoy.config.route.v3.RouteAction;
import io.envoyproxy.envoy.config.route.v3.RouteConfiguration;
import io.envoyproxy.envoy.config.route.v3.RouteMatch;
import io.envoyproxy.envoy.config.route.v3.VirtualHost;
import io.envoyproxy.envoy.type.matcher.v3.StringMatcher;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The routes of one port of a service, as clients in one namespace see them (GAMMA, GEP-1324): the
 * routes of their own namespace if there are any, else those of the service's. Stateless.
 */
final class RouteTable {

  private RouteTable() {}

  /**
   * @param name {@link Destination#routeName}
   * @return null if there is no such destination
   */
  static @Nullable RouteConfiguration of(MeshModel model, String name, Scope scope) {
    int colon = name.lastIndexOf(':');
    if (colon < 0 || !name.substring(colon + 1).matches("[0-9]{1,5}")) {
      return null;
    }
    String host = name.substring(0, colon);
    int port = Integer.parseInt(name.substring(colon + 1));
    Destination destination = Destination.ofCluster(model, host, port, null);
    if (destination == null) {
      return null;
    }
    VirtualHost.Builder virtualHost =
        VirtualHost.newBuilder()
            .setName(host)
            .addDomains("*")
            .addAllRoutes(
                InjectedFault.put(routes(model, destination, scope), destination, model, scope));
    DatabasePolicy database = model.databasePolicies().of(destination);
    if (database != null && scope.dialect() == Scope.Dialect.AGENT) {
      DatabasePolicyTranslator.apply(database, virtualHost);
    }
    return RouteConfiguration.newBuilder().setName(name).addVirtualHosts(virtualHost).build();
  }

  static List<Route> routes(MeshModel model, Destination destination, Scope scope) {
    if (destination instanceof Destination.ToService to) {
      List<RouteResource> resources = applying(model, to, scope.namespace());
      if (!resources.isEmpty()) {
        RouteRules rules = new RouteRules(model, scope.dialect(), to);
        // A service with a GRPCRoute speaks gRPC: HTTPRoutes beside it do not count (GEP-1324).
        List<GrpcRoute> grpc = only(GrpcRoute.class, resources);
        return grpc.isEmpty()
            ? HttpRouteTranslator.routes(only(HttpRoute.class, resources), rules)
            : GrpcRouteTranslator.routes(grpc, rules);
      }
      VirtualService virtual = model.virtualServices().of(to, scope.namespace());
      if (virtual != null) {
        return virtual(model, virtual, to, scope);
      }
      Route plain = withoutRoutes(model, to, scope);
      TrafficSplit split = model.trafficSplits().of(to.service().key());
      return split == null
          ? List.of(plain)
          : TrafficSplitTranslator.routes(
              split,
              model.trafficSplits(),
              new RouteRules(model, scope.dialect(), to),
              to.port().number(),
              plain);
    }
    Destination.ToEntry to = (Destination.ToEntry) destination;
    VirtualService virtual = model.virtualServices().of(to, scope.namespace());
    Destination.ToEntry byTls =
        virtual == null || scope.dialect() == Scope.Dialect.GRPC ? null : to.byTls();
    List<Route> routes = new ArrayList<>();
    if (byTls != null) {
      // A URL of scheme https says no port and means another one than http.
      ofEntry(model, byTls, virtual, scope).forEach(route -> routes.add(onlyTls(route)));
    }
    routes.addAll(ofEntry(model, to, virtual, scope));
    return routes;
  }

  private static Route onlyTls(Route route) {
    return route.toBuilder()
        .setMatch(
            route.getMatch().toBuilder()
                .addHeaders(
                    HeaderMatcher.newBuilder()
                        .setName(":scheme")
                        .setStringMatch(StringMatcher.newBuilder().setExact("https"))))
        .build();
  }

  private static List<Route> ofEntry(
      MeshModel model, Destination.ToEntry to, @Nullable VirtualService virtual, Scope scope) {
    if (virtual != null && to.port().isHttp()) {
      return virtual(model, virtual, to, scope);
    }
    ServiceEntry entry = to.entry();
    Route all =
        all(
            "ServiceEntry/" + entry.metadata().namespace() + "/" + entry.metadata().name(),
            to,
            TrafficPolicy.NONE);
    DatabasePolicy database = model.databasePolicies().of(to);
    return database == null || database.roles() == null
        ? List.of(all)
        : DatabaseRoles.routes(database, to, all);
  }

  private static List<Route> virtual(
      MeshModel model, VirtualService virtual, Destination to, Scope scope) {
    return VirtualServiceTranslator.routes(
        model.delegates().rules(virtual),
        new RouteRules(model, scope.dialect(), to),
        to.portNumber(),
        scope);
  }

  /** All calls to the service itself, under what its policies say. */
  private static Route withoutRoutes(MeshModel model, Destination.ToService to, Scope scope) {
    ServiceKey service = to.service().key();
    Route route =
        all(
            "Service/" + service.namespace() + "/" + service.name(),
            to,
            model.destinationRules().policy(service.toString(), null, to.portNumber()));
    RouteResource.Session session = model.backendPolicies().session(service);
    // gRPC's clients reject the filter, which they do not know.
    if (session == null || scope.dialect() == Scope.Dialect.GRPC) {
      return route;
    }
    Route.Builder keeping = route.toBuilder();
    TrafficPolicyTranslator.makeNoCookie(keeping.getRouteBuilder());
    return keeping
        .putTypedPerFilterConfig(
            FilterTranslator.STATEFUL_SESSION, Any.pack(FilterTranslator.session(session)))
        .build();
  }

  private static Route all(String name, Destination destination, TrafficPolicy policy) {
    RouteAction.Builder action = RouteRules.unlimited().setCluster(destination.clusterName());
    TrafficPolicyTranslator.hashPolicy(policy, action);
    return Route.newBuilder()
        .setName(name)
        .setMatch(RouteMatch.newBuilder().setPrefix("/"))
        .setRoute(action)
        .build();
  }

  static List<RouteResource> applying(
      MeshModel model, Destination.ToService to, String clientNamespace) {
    List<RouteResource> attached =
        model.routes().stream().filter(route -> attached(route, to)).toList();
    List<RouteResource> consumer = ofNamespace(attached, clientNamespace);
    return consumer.isEmpty() ? ofNamespace(attached, to.service().key().namespace()) : consumer;
  }

  static boolean attached(RouteResource route, Destination.ToService to) {
    for (RouteResource.Parent parent : route.parents()) {
      if (parent.service().equals(to.service().key().name())
          && parent.namespace().equals(to.service().key().namespace())
          && (parent.port() == null || parent.port() == to.port().number())) {
        return true;
      }
    }
    return false;
  }

  private static List<RouteResource> ofNamespace(List<RouteResource> routes, String namespace) {
    return routes.stream().filter(route -> route.metadata().namespace().equals(namespace)).toList();
  }

  private static <T extends RouteResource> List<T> only(
      Class<T> type, List<RouteResource> resources) {
    return resources.stream().filter(type::isInstance).map(type::cast).toList();
  }
}
