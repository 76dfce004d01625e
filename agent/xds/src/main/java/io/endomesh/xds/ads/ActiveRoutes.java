package io.endomesh.xds.ads;

import io.endomesh.xds.translate.ClusterResource;
import io.endomesh.xds.translate.ListenerResource;
import io.endomesh.xds.translate.RouteResource;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * The routes in use for each authority. New routes replace them only when every cluster they lead
 * to has its endpoints (make before break), so that no call meets half of a change. Not
 * thread-safe.
 */
final class ActiveRoutes {

  private final Resources resources;
  private final EndpointAddresses addresses;
  private final Map<String, RouteResource> active = new HashMap<>();

  ActiveRoutes(Resources resources, EndpointAddresses addresses) {
    this.resources = resources;
    this.addresses = addresses;
  }

  /** Brings the routes of all authorities up to what is complete now. */
  void update(Set<String> authorities) {
    active.keySet().retainAll(authorities);
    for (String authority : authorities) {
      ListenerResource listener = resources.listener(authority);
      if (listener == null) {
        if (resources.isAnswered(ResourceType.LISTENER, authority)) {
          active.remove(authority);
        }
        continue;
      }
      RouteResource wanted = wanted(listener);
      if (wanted != null && isComplete(wanted)) {
        active.put(authority, wanted);
      }
    }
  }

  /** Null if the authority is not in the mesh, or not completely known yet. */
  @Nullable RouteResource of(String authority) {
    return active.get(authority);
  }

  /** Names of the RouteConfigurations that listeners point to. */
  Set<String> routeNames(Set<String> authorities) {
    Set<String> names = new LinkedHashSet<>();
    for (String authority : authorities) {
      if (resources.listener(authority) instanceof ListenerResource.ByName byName) {
        names.add(byName.routeName());
      }
    }
    return names;
  }

  /** Names of the clusters of routes that are in use, and of those that are to be. */
  Set<String> clusterNames(Set<String> authorities) {
    Set<String> names = new LinkedHashSet<>();
    Set<RouteResource> seen = new HashSet<>();
    for (String authority : authorities) {
      ListenerResource listener = resources.listener(authority);
      RouteResource wanted = listener == null ? null : wanted(listener);
      if (wanted != null && seen.add(wanted)) {
        names.addAll(wanted.clusters());
      }
      RouteResource inUse = active.get(authority);
      if (inUse != null && inUse != wanted && seen.add(inUse)) {
        names.addAll(inUse.clusters());
      }
    }
    return names;
  }

  /** Names of the ClusterLoadAssignments that clusters point to. */
  Set<String> endpointNames(Set<String> clusters) {
    Set<String> names = new LinkedHashSet<>();
    for (String name : clusters) {
      ClusterResource cluster = resources.cluster(name);
      if (cluster != null && cluster.endpointsName() != null) {
        names.add(cluster.endpointsName());
      }
    }
    return names;
  }

  /** Names of endpoints that DNS is to be asked for. */
  Set<String> hostNames(Set<String> clusters) {
    Set<String> names = new LinkedHashSet<>();
    for (String name : clusters) {
      ClusterResource cluster = resources.cluster(name);
      if (cluster != null) {
        names.addAll(cluster.names());
      }
    }
    return names;
  }

  private @Nullable RouteResource wanted(ListenerResource listener) {
    if (listener instanceof ListenerResource.ByName byName) {
      return resources.route(byName.routeName());
    }
    return listener instanceof ListenerResource.Inline inline ? inline.routes() : null;
  }

  private boolean isComplete(RouteResource routes) {
    for (String name : routes.clusters()) {
      if (!resources.isAnswered(ResourceType.CLUSTER, name)) {
        return false;
      }
      ClusterResource cluster = resources.cluster(name);
      if (cluster != null && !addresses.isAnswered(cluster)) {
        return false;
      }
      if (cluster != null
          && cluster.endpointsName() != null
          && !resources.isAnswered(ResourceType.ENDPOINTS, cluster.endpointsName())) {
        return false;
      }
    }
    return true;
  }
}
