package io.endomesh.controller.translate;

import com.google.protobuf.UInt32Value;
import com.google.protobuf.util.Durations;
import io.endomesh.controller.kinds.DatabasePolicy;
import io.endomesh.controller.kinds.DatabasePolicy.Roles;
import io.envoyproxy.envoy.config.cluster.v3.Cluster;
import io.envoyproxy.envoy.config.cluster.v3.OutlierDetection;
import io.envoyproxy.envoy.config.route.v3.HeaderMatcher;
import io.envoyproxy.envoy.config.route.v3.Route;
import io.envoyproxy.envoy.config.route.v3.RouteMatch;
import io.envoyproxy.envoy.type.matcher.v3.StringMatcher;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Primary and replicas of a database in what xDS has: two clusters, whose endpoints stand in
 * priorities, and routes to them. Stateless.
 */
final class DatabaseRoles {

  /** Subset of the cluster that connections go to which may write. */
  static final String PRIMARY = "primary";

  /** Subset of the cluster that connections go to which only read. */
  static final String REPLICAS = "replicas";

  /** Of a connection that the application opens to read only; the agent says so in its request. */
  private static final String READ_ONLY_HEADER = "endomesh-read-only";

  /**
   * How long an endpoint is left out that did not answer, times how often in a row: about what a
   * restart takes at first, and never so long that one which came back is missed for a minute.
   */
  private static final int OUT_SECONDS = 5;

  private static final int MAX_OUT_SECONDS = 30;

  /** The shortest that lets an endpoint back when its time is over. */
  private static final int LOOK_SECONDS = 1;

  private DatabaseRoles() {}

  /**
   * Read-only connections to the replicas, others to the primary.
   *
   * @param all the route of all connections, as it is without roles
   */
  static List<Route> routes(DatabasePolicy policy, Destination.ToEntry to, Route all) {
    String name =
        "DatabasePolicy/" + policy.metadata().namespace() + "/" + policy.metadata().name();
    Route replicas = route(name + " replicas", all, to, REPLICAS);
    if (DatabasePolicies.isReader(policy, to.host())) {
      return List.of(replicas);
    }
    RouteMatch readOnly =
        all.getMatch().toBuilder()
            .addHeaders(
                HeaderMatcher.newBuilder()
                    .setName(READ_ONLY_HEADER)
                    .setStringMatch(StringMatcher.newBuilder().setExact("true")))
            .build();
    return List.of(
        replicas.toBuilder().setMatch(readOnly).build(),
        route(name + " primary", all, to, PRIMARY));
  }

  private static Route route(String name, Route all, Destination.ToEntry to, String subset) {
    return all.toBuilder()
        .setName(name)
        .setRoute(
            all.getRoute().toBuilder()
                .setCluster(Destination.clusterName(to.port().number(), subset, to.host())))
        .build();
  }

  /**
   * Endpoints by priority: where connections go that may write, the primaries in the order in which
   * they are written; where they only read, all replicas alike, and then the same.
   *
   * @param subset of the cluster, null for none
   * @return null if the policy or the cluster knows no roles
   */
  static @Nullable List<List<EntryEndpoints.Server>> priorities(
      @Nullable DatabasePolicy policy,
      List<EntryEndpoints.Server> servers,
      @Nullable String subset) {
    Roles roles = policy == null ? null : policy.roles();
    if (roles == null || (!PRIMARY.equals(subset) && !REPLICAS.equals(subset))) {
      return null;
    }
    List<List<EntryEndpoints.Server>> priorities = new ArrayList<>();
    List<EntryEndpoints.Server> replicas =
        servers.stream().filter(each -> roles.isReplica(each.labels())).toList();
    if (REPLICAS.equals(subset) && !replicas.isEmpty()) {
      priorities.add(replicas);
    }
    for (EntryEndpoints.Server server : servers) {
      if (roles.isPrimary(server.labels())) {
        priorities.add(List.of(server));
      }
    }
    return priorities;
  }

  /**
   * The next priority is for when nobody of the one before answers: one connection that could not
   * be opened is enough to tell. If none answers at all, none is left out (Envoy's panic
   * threshold): whoever comes back first is found. A DestinationRule may say otherwise.
   */
  static void failOver(Cluster.Builder cluster) {
    if (!cluster.hasOutlierDetection()) {
      cluster.setOutlierDetection(
          OutlierDetection.newBuilder()
              .setSplitExternalLocalOriginErrors(true)
              .setConsecutiveLocalOriginFailure(UInt32Value.of(1))
              .setEnforcingConsecutiveLocalOriginFailure(UInt32Value.of(100))
              .setEnforcingConsecutive5Xx(UInt32Value.of(0))
              .setEnforcingSuccessRate(UInt32Value.of(0))
              .setInterval(Durations.fromSeconds(LOOK_SECONDS))
              .setBaseEjectionTime(Durations.fromSeconds(OUT_SECONDS))
              .setMaxEjectionTime(Durations.fromSeconds(MAX_OUT_SECONDS))
              .setMaxEjectionPercent(UInt32Value.of(100)));
    }
  }
}
