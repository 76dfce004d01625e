package io.endomesh.dataplane.route;

import io.endomesh.dataplane.cluster.Cluster;
import java.util.ArrayList;
import java.util.List;

/**
 * One route: what it matches, what becomes of it, and the rules on the way (Envoy {@code Route}).
 * Immutable.
 *
 * @param name resource and rule it came from, {@code HTTPRoute/default/orders rule 0}
 */
public record Route(String name, RouteMatch match, RouteAction action, RoutePolicy policy) {

  /** A route that only leads somewhere. */
  public static Route to(
      String name, RouteMatch match, WeightedClusters clusters, RoutePolicy policy) {
    return new Route(name, match, new RouteAction.Forward(clusters, null, List.of()), policy);
  }

  public RetryPolicy retry() {
    return policy.retry();
  }

  /** All clusters that something of a call may be sent to, mirrors included. */
  public List<Cluster> clusters() {
    if (!(action instanceof RouteAction.Forward forward)) {
      return List.of();
    }
    List<Cluster> clusters = new ArrayList<>(forward.clusters().clusters());
    for (Mirror mirror : forward.mirrors()) {
      clusters.add(mirror.cluster());
    }
    return clusters;
  }
}
