package io.endomesh.controller.translate;

import io.endomesh.controller.kinds.BackendTrafficPolicy;
import io.endomesh.controller.kinds.DestinationRule;
import io.endomesh.controller.kinds.GrpcRoute;
import io.endomesh.controller.kinds.HttpRoute;
import io.endomesh.controller.kinds.MeshResource;
import io.endomesh.controller.kinds.OverloadPolicy;
import io.endomesh.controller.kinds.ResiliencePolicy;
import io.endomesh.controller.kinds.RouteResource;
import io.endomesh.controller.kinds.RouteResource.Parent;
import io.endomesh.controller.kinds.TrafficSplit;
import io.endomesh.controller.kinds.VirtualService;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/**
 * Which of several resources for one service counts: GRPCRoute before HTTPRoute before
 * VirtualService before TrafficSplit, and of two of a kind that are not merged the older one
 * (Gateway API, conflict resolution). Stateless.
 */
final class Precedence {

  private Precedence() {}

  /** Hosts that a resource is for, {@code orders.shop}, and those that another has instead. */
  record Standing(Set<String> hosts, List<String> lost) {

    boolean hasNone() {
      return !hosts.isEmpty() && lost.size() == hosts.size();
    }
  }

  static Standing of(MeshResource resource, List<MeshResource> oldestFirst) {
    Set<String> hosts = hosts(resource);
    List<String> lost = new ArrayList<>();
    for (String host : hosts) {
      String winner = winner(resource, host, oldestFirst);
      if (winner != null) {
        lost.add(host + ": " + winner + " counts there");
      }
    }
    return new Standing(hosts, lost);
  }

  private static @Nullable String winner(
      MeshResource resource, String host, List<MeshResource> oldestFirst) {
    boolean older = true;
    for (MeshResource other : oldestFirst) {
      if (name(other).equals(name(resource))) {
        older = false;
      } else if (hosts(other).contains(host) && beats(other, older, resource, host)) {
        return name(other);
      }
    }
    return null;
  }

  private static boolean beats(
      MeshResource other, boolean older, MeshResource resource, String host) {
    boolean together = namespace(other).equals(namespace(resource));
    if (resource instanceof HttpRoute route) {
      return other instanceof GrpcRoute grpc && together && meet(route, grpc, host);
    }
    if (resource instanceof VirtualService) {
      // Callers of its namespace obey the routes there, else those of the service's.
      return other instanceof RouteResource && (together || host.endsWith("." + namespace(other)))
          || other instanceof VirtualService && together && older;
    }
    if (resource instanceof TrafficSplit) {
      return (other instanceof RouteResource || other instanceof VirtualService) && together
          || other instanceof TrafficSplit && together && older;
    }
    if (resource instanceof DestinationRule && !together) {
      // Of two for one host of two namespaces one is not its owner, unless the host is external.
      return other instanceof DestinationRule && older && !host.endsWith("." + namespace(resource));
    }
    return other.getClass() == resource.getClass()
        && older
        && (resource instanceof DestinationRule
            || resource instanceof BackendTrafficPolicy
            || resource instanceof ResiliencePolicy
            || resource instanceof OverloadPolicy);
  }

  /** Both at one port of the service. */
  private static boolean meet(RouteResource one, RouteResource other, String host) {
    for (Parent parent : one.parents()) {
      for (Parent its : other.parents()) {
        if (key(parent).equals(host)
            && key(its).equals(host)
            && (parent.port() == null
                || its.port() == null
                || Objects.equals(parent.port(), its.port()))) {
          return true;
        }
      }
    }
    return false;
  }

  private static String key(Parent parent) {
    return new ServiceKey(parent.namespace(), parent.service()).toString();
  }

  static Set<String> hosts(MeshResource resource) {
    Set<String> hosts = new TreeSet<>();
    if (resource instanceof RouteResource route) {
      route.parents().forEach(parent -> hosts.add(key(parent)));
    } else if (resource instanceof VirtualService virtual) {
      virtual.hosts().forEach(host -> hosts.add(host(host, virtual)));
    } else if (resource instanceof DestinationRule rule) {
      hosts.add(host(rule.host(), rule));
    } else if (resource instanceof TrafficSplit split) {
      hosts.add(TrafficSplits.root(split).toString());
    } else {
      String namespace = namespace(resource);
      targets(resource).forEach(name -> hosts.add(new ServiceKey(namespace, name).toString()));
    }
    return hosts;
  }

  /** Services of its own namespace that a policy is attached to, of which each has one such. */
  private static List<String> targets(MeshResource resource) {
    if (resource instanceof BackendTrafficPolicy policy) {
      return policy.services();
    }
    if (resource instanceof ResiliencePolicy policy) {
      return policy.services();
    }
    return resource instanceof OverloadPolicy policy ? policy.services() : List.of();
  }

  private static String host(String host, MeshResource resource) {
    ServiceKey key = ServiceKey.ofHost(host, namespace(resource));
    return key == null ? host : key.toString();
  }

  private static String namespace(MeshResource resource) {
    return resource.metadata().namespace();
  }

  /** {@code HTTPRoute shop/orders}. */
  static String name(MeshResource resource) {
    return kind(resource) + " " + text(resource);
  }

  /** {@code shop/orders}. */
  static String text(MeshResource resource) {
    return namespace(resource) + "/" + resource.metadata().name();
  }

  private static String kind(MeshResource resource) {
    if (resource instanceof RouteResource route) {
      return ReferenceGrants.kind(route);
    }
    return resource instanceof BackendTrafficPolicy
        ? "XBackendTrafficPolicy"
        : resource.getClass().getSimpleName();
  }
}
