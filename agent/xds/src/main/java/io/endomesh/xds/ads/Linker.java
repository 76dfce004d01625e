package io.endomesh.xds.ads;

import io.endomesh.dataplane.Inbound;
import io.endomesh.dataplane.cluster.Cluster;
import io.endomesh.dataplane.cluster.ClusterLoad;
import io.endomesh.dataplane.cluster.ClusterPolicy;
import io.endomesh.dataplane.cluster.Endpoint;
import io.endomesh.dataplane.cluster.Load;
import io.endomesh.dataplane.external.CheckServer;
import io.endomesh.dataplane.external.CustomPolicies;
import io.endomesh.dataplane.external.ExternalAuthorization;
import io.endomesh.dataplane.limit.Buckets;
import io.endomesh.dataplane.limit.GlobalLimits;
import io.endomesh.dataplane.limit.GlobalPolicy;
import io.endomesh.dataplane.limit.GradientLimit;
import io.endomesh.dataplane.limit.LimitServer;
import io.endomesh.dataplane.limit.Overload;
import io.endomesh.dataplane.limit.RateLimit;
import io.endomesh.dataplane.limit.RateLimits;
import io.endomesh.dataplane.route.Mirror;
import io.endomesh.dataplane.route.Route;
import io.endomesh.dataplane.route.RouteAction;
import io.endomesh.dataplane.route.VirtualHost;
import io.endomesh.dataplane.route.WeightedClusters;
import io.endomesh.xds.translate.ClusterResource;
import io.endomesh.xds.translate.EndpointResource;
import io.endomesh.xds.translate.ListenerResource;
import io.endomesh.xds.translate.RouteResource;
import java.net.InetSocketAddress;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.function.Function;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * Puts translated resources together to what the data plane reads. Clusters that did not change,
 * the loads of endpoints and of clusters, and the buckets of limits live on from one snapshot to
 * the next. Not thread-safe.
 */
final class Linker {

  /**
   * @param resource its identity, and what the endpoints are, tell whether anything changed
   */
  private record Linked(
      @Nullable ClusterResource resource,
      @Nullable List<EndpointResource> endpoints,
      Map<InetSocketAddress, Load> loads,
      Cluster cluster) {}

  private final Resources resources;
  private final ActiveRoutes routes;
  private final EndpointAddresses addresses;
  private final LongSupplier nanoTime;
  private final Function<GlobalPolicy.Server, LimitServer> limitServers;
  private final Function<GlobalPolicy.Server, CheckServer> checkServers;
  private final Map<String, Linked> linked = new HashMap<>();

  /** Buckets in use. Ports share them: a limit is one of the workload. */
  private final Map<RateLimit.State, Buckets> buckets = new HashMap<>();

  /** Likewise. */
  private final Map<Overload.State, GradientLimit> gradients = new HashMap<>();

  /** Likewise, with the keys that are known to be over a limit. */
  private final Map<GlobalPolicy, GlobalLimits> global = new HashMap<>();

  /** Clusters of servers that are asked, which no route may lead to. */
  private final Set<String> askedClusters = new HashSet<>();

  /**
   * @param nanoTime the clock of the mesh
   * @param limitServers count for all instances
   * @param checkServers decide about requests
   */
  Linker(
      Resources resources,
      ActiveRoutes routes,
      EndpointAddresses addresses,
      LongSupplier nanoTime,
      Function<GlobalPolicy.Server, LimitServer> limitServers,
      Function<GlobalPolicy.Server, CheckServer> checkServers) {
    this.resources = resources;
    this.routes = routes;
    this.addresses = addresses;
    this.nanoTime = nanoTime;
    this.limitServers = limitServers;
    this.checkServers = checkServers;
  }

  Map<String, VirtualHost> hosts(Set<String> authorities) {
    Map<String, VirtualHost> hosts = new HashMap<>();
    Set<String> inUse = new HashSet<>(askedClusters);
    for (String authority : authorities) {
      RouteResource active = routes.of(authority);
      RouteResource.Host host = active == null ? null : active.host(authority);
      if (host != null) {
        hosts.put(authority, host(host, inUse));
      }
    }
    linked.keySet().retainAll(inUse);
    return hosts;
  }

  /** Where these servers are. */
  Map<GlobalPolicy.Server, Cluster> servers(Set<GlobalPolicy.Server> servers) {
    askedClusters.clear();
    Map<GlobalPolicy.Server, Cluster> clusters = new HashMap<>();
    for (GlobalPolicy.Server server : servers) {
      clusters.put(server, cluster(server.cluster(), askedClusters));
    }
    return clusters;
  }

  /**
   * Rules of the ports; a port without rules of its own takes those of {@code otherPorts}.
   *
   * @param unknown while there are none for other ports
   */
  Inbound inbound(Map<Integer, String> listenerByPort, String otherPorts, Inbound.Port unknown) {
    Map<Integer, Inbound.Port> ports = new HashMap<>();
    Set<Object> inUse = new HashSet<>();
    listenerByPort.forEach(
        (port, name) -> {
          if (resources.listener(name) instanceof ListenerResource.Server server) {
            ports.put(port, port(server, inUse));
          }
        });
    Inbound.Port others =
        resources.listener(otherPorts) instanceof ListenerResource.Server server
            ? port(server, inUse)
            : unknown;
    buckets.keySet().retainAll(inUse);
    gradients.keySet().retainAll(inUse);
    global.keySet().retainAll(inUse);
    return new Inbound(ports, others);
  }

  private Inbound.Port port(ListenerResource.Server server, Set<Object> inUse) {
    Inbound.Port port = server.port();
    if (!server.limits().isEmpty() || !server.global().isEmpty()) {
      port =
          port.limitedBy(
              new RateLimits(counted(server.limits(), inUse), global(server.global(), inUse)));
    }
    if (!server.external().isEmpty()) {
      port = port.asking(external(server.external()));
    }
    Overload.Rules rules = server.overload();
    if (rules != null) {
      inUse.add(rules.state());
      GradientLimit gradient =
          gradients.computeIfAbsent(
              rules.state(), state -> new GradientLimit(state.settings(), nanoTime.getAsLong()));
      port = port.guardedBy(new Overload(rules.policy(), rules.urgency(), gradient));
    }
    return port;
  }

  private ExternalAuthorization external(List<CustomPolicies> policies) {
    List<ExternalAuthorization.Asked> asked = new ArrayList<>();
    for (CustomPolicies one : policies) {
      asked.add(new ExternalAuthorization.Asked(one, checkServers.apply(one.provider().server())));
    }
    return new ExternalAuthorization(asked);
  }

  private List<RateLimits.Counted> counted(List<RateLimit> limits, Set<Object> inUse) {
    List<RateLimits.Counted> counted = new ArrayList<>();
    for (RateLimit limit : limits) {
      inUse.add(limit.state());
      Buckets known =
          buckets.computeIfAbsent(limit.state(), state -> limit.newBuckets(nanoTime.getAsLong()));
      counted.add(new RateLimits.Counted(limit, known));
    }
    return counted;
  }

  private List<GlobalLimits> global(List<GlobalPolicy> policies, Set<Object> inUse) {
    List<GlobalLimits> asked = new ArrayList<>();
    for (GlobalPolicy policy : policies) {
      inUse.add(policy);
      asked.add(
          global.computeIfAbsent(
              policy, known -> new GlobalLimits(known, limitServers.apply(known.server()))));
    }
    return asked;
  }

  private VirtualHost host(RouteResource.Host host, Set<String> inUse) {
    List<Route> linkedRoutes = new ArrayList<>();
    for (RouteResource.Rule rule : host.rules()) {
      linkedRoutes.add(
          new Route(rule.name(), rule.match(), action(rule.action(), inUse), rule.policy()));
    }
    return new VirtualHost(host.name(), linkedRoutes, host.database());
  }

  private RouteAction action(RouteResource.Action action, Set<String> inUse) {
    if (action instanceof RouteResource.Action.Answer answer) {
      return answer.answer();
    }
    RouteResource.Action.Forward forward = (RouteResource.Action.Forward) action;
    List<WeightedClusters.Target> targets = new ArrayList<>();
    for (RouteResource.Target target : forward.targets()) {
      targets.add(
          new WeightedClusters.Target(
              cluster(target.cluster(), inUse),
              target.weight(),
              target.requestHeaders(),
              target.responseHeaders(),
              absentStatus(target.cluster(), forward)));
    }
    List<Mirror> mirrors = new ArrayList<>();
    for (RouteResource.Mirror mirror : forward.mirrors()) {
      mirrors.add(new Mirror(cluster(mirror.cluster(), inUse), mirror.share()));
    }
    return new RouteAction.Forward(WeightedClusters.of(targets), forward.rewrite(), mirrors);
  }

  /**
   * 503 is what a cluster without endpoints is answered with, and says that it may be waited for.
   */
  private int absentStatus(String cluster, RouteResource.Action.Forward forward) {
    if (cluster.startsWith(WeightedClusters.REFUSED)) {
      return FORBIDDEN;
    }
    return resources.cluster(cluster) != null || forward.notFoundStatus() == UNAVAILABLE
        ? 0
        : forward.notFoundStatus();
  }

  private static final int UNAVAILABLE = 503;
  private static final int FORBIDDEN = 403;

  /** A cluster that the controller does not have is one without endpoints: calls to it get 503. */
  private Cluster cluster(String name, Set<String> inUse) {
    inUse.add(name);
    ClusterResource resource = resources.cluster(name);
    List<EndpointResource> endpoints = endpoints(resource);
    Linked before = linked.get(name);
    if (before != null
        && before.resource() == resource
        && Objects.equals(before.endpoints(), endpoints)) {
      return before.cluster();
    }
    Map<InetSocketAddress, Load> loads = new HashMap<>();
    List<Endpoint> usable = new ArrayList<>();
    if (resource != null && endpoints != null) {
      for (EndpointResource endpoint : endpoints) {
        String identity = resource.tls() ? endpoint.identity() : null;
        if (identity == null || resource.accepts(identity)) {
          Load load = loads.computeIfAbsent(endpoint.address(), address -> load(before, address));
          usable.add(
              new Endpoint(
                  endpoint.address(),
                  identity,
                  endpoint.labels(),
                  endpoint.weight(),
                  endpoint.priority(),
                  endpoint.locality(),
                  endpoint.localityWeight(),
                  resource.originated(),
                  load));
        }
      }
    }
    Cluster cluster =
        new Cluster(
            name,
            resource == null ? name : resource.service(),
            usable,
            resource == null ? ClusterPolicy.DEFAULT : resource.policy(),
            before == null ? new ClusterLoad() : before.cluster().load());
    linked.put(name, new Linked(resource, endpoints, loads, cluster));
    return cluster;
  }

  private @Nullable List<EndpointResource> endpoints(@Nullable ClusterResource resource) {
    if (resource == null) {
      return null;
    }
    return resource.endpointsName() == null
        ? addresses.resolved(resource.endpoints())
        : resources.endpoints(resource.endpointsName());
  }

  /** An endpoint that joins a cluster in use may have to warm up; the first ones have to serve. */
  private Load load(@Nullable Linked before, InetSocketAddress address) {
    if (before == null) {
      return new Load();
    }
    Load known = before.loads().get(address);
    return known == null ? new Load(nanoTime.getAsLong()) : known;
  }
}
