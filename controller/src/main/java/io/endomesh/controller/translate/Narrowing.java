package io.endomesh.controller.translate;

import com.google.protobuf.Struct;
import com.google.protobuf.Value;
import io.endomesh.dataplane.route.WeightedClusters;
import io.envoyproxy.envoy.config.core.v3.DataSource;
import io.envoyproxy.envoy.config.core.v3.Metadata;
import io.envoyproxy.envoy.config.route.v3.DirectResponseAction;
import io.envoyproxy.envoy.config.route.v3.Route;
import io.envoyproxy.envoy.config.route.v3.RouteAction;
import io.envoyproxy.envoy.config.route.v3.RouteConfiguration;
import io.envoyproxy.envoy.config.route.v3.VirtualHost;
import io.envoyproxy.envoy.config.route.v3.WeightedCluster;
import java.util.LinkedHashSet;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * A route table without the services that let no call of its reader in: calls that would go there
 * are answered as the server would answer them, and where it is, is not told. Immutable.
 *
 * @param refused policies by the services that they keep the reader out of
 */
record Narrowing(MeshModel model, Map<ServiceKey, String> refused) {

  static final int FORBIDDEN = 403;

  /** To clients that know nothing of what is ours; agents answer as the server does. */
  private static final String BODY = "this caller may not make this request";

  Narrowing {
    refused = Map.copyOf(refused);
  }

  static Narrowing none(MeshModel model) {
    return new Narrowing(model, Map.of());
  }

  boolean isEmpty() {
    return refused.isEmpty();
  }

  /** The services where calls may go. */
  static Set<MeshService> services(MeshModel model, RouteConfiguration table) {
    Set<MeshService> services = new LinkedHashSet<>();
    for (VirtualHost host : table.getVirtualHostsList()) {
      for (Route route : host.getRoutesList()) {
        RouteAction action = route.getRoute();
        add(model, action.getCluster(), services);
        action
            .getWeightedClusters()
            .getClustersList()
            .forEach(weighted -> add(model, weighted.getName(), services));
        action
            .getRequestMirrorPoliciesList()
            .forEach(mirror -> add(model, mirror.getCluster(), services));
      }
    }
    return services;
  }

  private static void add(MeshModel model, String cluster, Set<MeshService> services) {
    MeshService service = ClusterTranslator.service(model, cluster);
    if (service != null) {
      services.add(service);
    }
  }

  /** The policy that refuses whatever is sent to a table; null if something may go somewhere. */
  @Nullable String ofAll(@Nullable RouteConfiguration table) {
    String policy = null;
    if (table == null || isEmpty()) {
      return null;
    }
    for (VirtualHost host : table.getVirtualHostsList()) {
      for (Route route : host.getRoutesList()) {
        String ofRoute = ofAll(route);
        if (ofRoute == null) {
          return null;
        }
        policy = policy == null ? ofRoute : policy;
      }
    }
    return policy;
  }

  private @Nullable String ofAll(Route route) {
    if (!route.hasRoute()) {
      return null;
    }
    RouteAction action = route.getRoute();
    if (!action.hasWeightedClusters()) {
      return policy(action.getCluster());
    }
    String policy = null;
    for (WeightedCluster.ClusterWeight weighted : action.getWeightedClusters().getClustersList()) {
      String ofCluster = policy(weighted.getName());
      if (ofCluster == null && weighted.getWeight().getValue() > 0) {
        return null;
      }
      policy = policy == null ? ofCluster : policy;
    }
    return policy;
  }

  private @Nullable String policy(String cluster) {
    MeshService service = ClusterTranslator.service(model, cluster);
    return service == null ? null : refused.get(service.key());
  }

  /** Null if nothing is left of it. */
  @Nullable RouteConfiguration of(RouteConfiguration table, Scope.Dialect dialect) {
    if (isEmpty()) {
      return table;
    }
    if (ofAll(table) != null) {
      return null;
    }
    RouteConfiguration.Builder left = table.toBuilder();
    for (VirtualHost.Builder host : left.getVirtualHostsBuilderList()) {
      for (int i = 0; i < host.getRoutesCount(); i++) {
        host.setRoutes(i, route(host.getRoutes(i), dialect));
      }
    }
    return left.build();
  }

  private Route route(Route route, Scope.Dialect dialect) {
    if (!route.hasRoute()) {
      return route;
    }
    String policy = ofAll(route);
    if (policy != null && dialect == Scope.Dialect.AGENT) {
      return refusing(route.toBuilder(), policy);
    }
    Route.Builder left = route.toBuilder();
    RouteAction.Builder action = left.getRouteBuilder();
    if (action.hasCluster() && policy(action.getCluster()) != null) {
      action.setCluster(absent(action.getCluster(), dialect));
    }
    if (action.hasWeightedClusters()) {
      action.getWeightedClustersBuilder().getClustersBuilderList().stream()
          .filter(weighted -> policy(weighted.getName()) != null)
          .forEach(weighted -> weighted.setName(absent(weighted.getName(), dialect)));
    }
    for (int i = action.getRequestMirrorPoliciesCount() - 1; i >= 0; i--) {
      if (policy(action.getRequestMirrorPolicies(i).getCluster()) != null) {
        action.removeRequestMirrorPolicies(i);
      }
    }
    return left.build();
  }

  /** Of a split, so that no call goes there and its share of them is refused. */
  private String absent(String cluster, Scope.Dialect dialect) {
    if (dialect == Scope.Dialect.AGENT) {
      return WeightedClusters.REFUSED + policy(cluster);
    }
    MeshService service = Objects.requireNonNull(ClusterTranslator.service(model, cluster));
    return Destination.absentClusterName("not-permitted", 0, service.key().toString(), dialect);
  }

  /** The answer of the server, given by the caller's own agent. */
  static Route refusing(Route.Builder route, String policy) {
    return route
        .setDirectResponse(
            DirectResponseAction.newBuilder()
                .setStatus(FORBIDDEN)
                .setBody(DataSource.newBuilder().setInlineString(BODY)))
        .setMetadata(
            Metadata.newBuilder()
                .putFilterMetadata(
                    ClusterTranslator.METADATA,
                    Struct.newBuilder()
                        .putFields("refused_by", Value.newBuilder().setStringValue(policy).build())
                        .build()))
        .build();
  }
}
