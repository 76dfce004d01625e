package io.endomesh.controller.translate;

import io.endomesh.controller.kinds.HttpRouteGroup;
import io.endomesh.controller.kinds.MeshResource;
import io.endomesh.controller.kinds.ServiceResource;
import io.endomesh.controller.kinds.TrafficSplit;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The TrafficSplits of the mesh by their root service, of which the oldest one has it, and the
 * HTTPRouteGroups they name. Immutable.
 */
final class TrafficSplits {

  private final Map<ServiceKey, TrafficSplit> byRoot = new HashMap<>();

  /** By namespace and name, as services are. */
  private final Map<ServiceKey, HttpRouteGroup> groups = new HashMap<>();

  private final Map<ServiceKey, ServiceResource> declared = new HashMap<>();

  /** All lists oldest first. */
  TrafficSplits(
      List<TrafficSplit> splits, List<HttpRouteGroup> groups, List<ServiceResource> declared) {
    splits.forEach(split -> byRoot.putIfAbsent(root(split), split));
    groups.forEach(group -> this.groups.put(key(group, group.metadata().name()), group));
    declared.forEach(
        service -> this.declared.put(key(service, service.metadata().name()), service));
  }

  static ServiceKey root(TrafficSplit split) {
    return key(split, split.service());
  }

  /** What a name means in the namespace of a resource. */
  static ServiceKey key(MeshResource resource, String name) {
    return new ServiceKey(resource.metadata().namespace(), name);
  }

  @Nullable TrafficSplit of(ServiceKey root) {
    return byRoot.get(root);
  }

  /** Those that exist of the groups a split names. */
  List<HttpRouteGroup> groups(TrafficSplit split) {
    List<HttpRouteGroup> named = new ArrayList<>();
    for (String name : split.groups()) {
      HttpRouteGroup group = groups.get(key(split, name));
      if (group != null) {
        named.add(group);
      }
    }
    return named;
  }

  List<String> missingGroups(TrafficSplit split) {
    return split.groups().stream().filter(name -> !groups.containsKey(key(split, name))).toList();
  }

  /**
   * Backends that get no calls because root and backend declare their ports and have not this one
   * in common (SMI, Ports). Services that declare none have those that were bound, which on one
   * machine are never the same.
   */
  boolean takesPort(TrafficSplit split, TrafficSplit.Backend backend, int port) {
    return !declares(root(split))
        || !declares(key(split, backend.service()))
        || ports(key(split, backend.service())).contains(port);
  }

  /** Names of backends that some port of the root is not found at. */
  List<String> mismatched(TrafficSplit split) {
    List<String> names = new ArrayList<>();
    for (TrafficSplit.Backend backend : split.backends()) {
      if (!ports(root(split)).stream().allMatch(port -> takesPort(split, backend, port))) {
        names.add(backend.service());
      }
    }
    return names;
  }

  private boolean declares(ServiceKey service) {
    return !ports(service).isEmpty();
  }

  private List<Integer> ports(ServiceKey service) {
    ServiceResource resource = declared.get(service);
    return resource == null
        ? List.of()
        : resource.ports().stream().map(ServiceResource.Port::number).toList();
  }
}
