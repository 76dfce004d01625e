package io.endomesh.controller.translate;

import com.google.protobuf.Struct;
import com.google.protobuf.UInt32Value;
import com.google.protobuf.Value;
import io.endomesh.controller.kinds.DestinationRule;
import io.endomesh.controller.registry.Workload;
import io.endomesh.controller.registry.WorkloadPort;
import io.endomesh.dataplane.identity.SpiffeId;
import io.envoyproxy.envoy.config.cluster.v3.Cluster;
import io.envoyproxy.envoy.config.core.v3.Address;
import io.envoyproxy.envoy.config.core.v3.HealthStatus;
import io.envoyproxy.envoy.config.core.v3.Locality;
import io.envoyproxy.envoy.config.core.v3.Metadata;
import io.envoyproxy.envoy.config.core.v3.SocketAddress;
import io.envoyproxy.envoy.config.core.v3.TransportSocket;
import io.envoyproxy.envoy.config.endpoint.v3.ClusterLoadAssignment;
import io.envoyproxy.envoy.config.endpoint.v3.Endpoint;
import io.envoyproxy.envoy.config.endpoint.v3.LbEndpoint;
import io.envoyproxy.envoy.config.endpoint.v3.LocalityLbEndpoints;
import io.netty.util.NetUtil;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * Services and ServiceEntries as clusters with their endpoints. A cluster that a route may name is
 * always there, if without endpoints: a call then fails saying so, instead of waiting. Stateless.
 */
final class ClusterTranslator {

  /** The filter-metadata namespace of our endpoint attributes. */
  static final String METADATA = "endomesh";

  /**
   * @param subset null for all endpoints of the host
   */
  private record Name(int port, @Nullable String subset, String host) {}

  private ClusterTranslator() {}

  /** Null if the name is none of {@link Destination#clusterName}. */
  static @Nullable Cluster cluster(MeshModel model, String name, Scope.Dialect dialect) {
    Name parsed = parse(name);
    if (parsed == null) {
      return null;
    }
    Cluster.Builder cluster = Cluster.newBuilder().setName(name);
    Destination destination = Destination.ofCluster(model, parsed.host(), parsed.port(), null);
    if (destination instanceof Destination.ToEntry to && isNamed(model, to)) {
      // DNS is asked by the clients: it may answer them differently than the controller.
      cluster
          .setType(Cluster.DiscoveryType.STRICT_DNS)
          .setLoadAssignment(
              entryEndpoints(
                  model,
                  name,
                  parsed,
                  to,
                  LocalityRule.of(DestinationRule.TrafficPolicy.NONE),
                  new Scope("", Map.of(), dialect)));
    } else {
      cluster
          .setType(Cluster.DiscoveryType.EDS)
          .setEdsClusterConfig(
              Cluster.EdsClusterConfig.newBuilder()
                  .setEdsConfig(OutboundListener.ADS)
                  .setServiceName(name));
    }
    cluster.setLbPolicy(
        dialect == Scope.Dialect.GRPC
            ? Cluster.LbPolicy.ROUND_ROBIN
            : Cluster.LbPolicy.LEAST_REQUEST);
    TrafficPolicyTranslator.apply(
        model.destinationRules().policy(parsed.host(), parsed.subset(), parsed.port()),
        model.destinationRules().of(parsed.host()),
        cluster);
    model.resiliencePolicies().apply(parsed.host(), cluster);
    if (destination instanceof Destination.ToEntry to && priorities(model, to, parsed) != null) {
      DatabaseRoles.failOver(cluster);
    }
    if (destination instanceof Destination.ToService to) {
      model.backendPolicies().apply(to.service().key(), cluster);
    }
    if (dialect == Scope.Dialect.AGENT && destination != null) {
      TransportSocket socket = transportSocket(model, destination, parsed);
      if (socket != null) {
        cluster.setTransportSocket(socket);
      }
    }
    return cluster.build();
  }

  private static boolean isNamed(MeshModel model, Destination.ToEntry to) {
    return EntryEndpoints.of(model, to).stream()
        .anyMatch(
            server ->
                !NetUtil.isValidIpV4Address(server.address())
                    && !NetUtil.isValidIpV6Address(server.address()));
  }

  /** Null for no TLS but the application's own. */
  private static @Nullable TransportSocket transportSocket(
      MeshModel model, Destination destination, Name name) {
    DestinationRule.Tls tls;
    List<String> identities;
    if (destination instanceof Destination.ToService to) {
      tls = model.upstreamTls().of(to.service(), name.subset(), name.port());
      identities = to.service().identities();
    } else {
      Destination.ToEntry to = (Destination.ToEntry) destination;
      tls = model.upstreamTls().of(to.entry(), to.host(), name.subset(), name.port());
      identities = EntryEndpoints.identities(model, to);
    }
    if (tls instanceof DestinationRule.Tls.Originated originated) {
      return TlsContexts.originated(originated.tls(), name.host());
    }
    if (tls instanceof DestinationRule.Tls.Mesh mesh && !mesh.identities().isEmpty()) {
      return TlsContexts.upstream(mesh.identities());
    }
    return tls instanceof DestinationRule.Tls.Disabled || identities.isEmpty()
        ? null
        : TlsContexts.upstream(identities);
  }

  /** Where a cluster leads; null if that is no service of the mesh. */
  static @Nullable MeshService service(MeshModel model, String cluster) {
    Name parsed = parse(cluster);
    return parsed != null
            && Destination.ofCluster(model, parsed.host(), parsed.port(), null)
                instanceof Destination.ToService to
        ? to.service()
        : null;
  }

  /** How callers prefer endpoints of a cluster by locality. */
  static LocalityRule locality(MeshModel model, String name) {
    Name parsed = parse(name);
    return LocalityRule.of(
        parsed == null
            ? DestinationRule.TrafficPolicy.NONE
            : model.destinationRules().policy(parsed.host(), parsed.subset(), parsed.port()));
  }

  /**
   * As a caller sees them: nearer ones may come first.
   *
   * @return null if the name is none of {@link Destination#clusterName}
   */
  static @Nullable ClusterLoadAssignment endpoints(MeshModel model, String name, Scope scope) {
    Name parsed = parse(name);
    if (parsed == null) {
      return null;
    }
    Destination destination = Destination.ofCluster(model, parsed.host(), parsed.port(), null);
    LocalityRule rule = locality(model, name);
    if (destination instanceof Destination.ToEntry to) {
      return entryEndpoints(model, name, parsed, to, rule, scope);
    }
    List<Assignment.Placed> endpoints =
        destination instanceof Destination.ToService to
            ? serviceEndpoints(model, to, subset(model, parsed))
            : List.of();
    return Assignment.of(name, endpoints, rule, scope);
  }

  private static ClusterLoadAssignment entryEndpoints(
      MeshModel model,
      String name,
      Name parsed,
      Destination.ToEntry to,
      LocalityRule rule,
      Scope scope) {
    List<List<EntryEndpoints.Server>> priorities = priorities(model, to, parsed);
    if (priorities != null) {
      return byPriority(name, priorities);
    }
    Map<String, String> labels = subset(model, parsed);
    List<EntryEndpoints.Server> servers =
        labels == null
            ? List.of()
            : EntryEndpoints.of(model, to).stream()
                .filter(server -> server.labels().entrySet().containsAll(labels.entrySet()))
                .toList();
    return Assignment.of(name, placed(servers), rule, scope);
  }

  /** Labels that its workloads carry; null if nobody defines the subset, which then has none. */
  private static @Nullable Map<String, String> subset(MeshModel model, Name name) {
    if (name.subset() == null) {
      return Map.of();
    }
    DestinationRule.Subset subset = model.destinationRules().subset(name.host(), name.subset());
    return subset == null ? null : subset.labels();
  }

  private static List<Assignment.Placed> serviceEndpoints(
      MeshModel model, Destination.ToService to, @Nullable Map<String, String> labels) {
    // Sorted by address: the content, and so the version, does not depend on who joined first.
    Map<String, Assignment.Placed> endpoints = new TreeMap<>();
    for (Workload workload : to.service().workloads()) {
      WorkloadPort port = port(workload, to);
      if (port != null
          && labels != null
          && workload.labels().entrySet().containsAll(labels.entrySet())) {
        endpoints.put(
            workload.address() + ":" + port.advertised(),
            new Assignment.Placed(workload.labels(), serviceEndpoint(model, workload, port)));
      }
    }
    return List.copyOf(endpoints.values());
  }

  private static @Nullable WorkloadPort port(Workload workload, Destination.ToService to) {
    for (WorkloadPort port : workload.ports()) {
      if (port.number() == to.port().target()) {
        return port;
      }
    }
    int place = to.service().targetPlace(to.port());
    return place < workload.ports().size() ? workload.ports().get(place) : null;
  }

  private static LbEndpoint serviceEndpoint(MeshModel model, Workload workload, WorkloadPort port) {
    Struct.Builder attributes = Struct.newBuilder();
    if (model.takesMeshTls(workload, port.number())) {
      attributes.putFields(
          "identity",
          text(SpiffeId.of(model.trustDomain(), workload.namespace(), workload.service())));
    }
    attributes.putFields("labels", labels(workload.labels()));
    return endpoint(workload.address(), port.advertised(), 1, attributes.build());
  }

  private static @Nullable List<List<EntryEndpoints.Server>> priorities(
      MeshModel model, Destination.ToEntry to, Name name) {
    return DatabaseRoles.priorities(
        model.databasePolicies().of(to), EntryEndpoints.of(model, to), name.subset());
  }

  /** Roles go before nearness: a primary that is far is the primary. */
  private static ClusterLoadAssignment byPriority(
      String name, List<List<EntryEndpoints.Server>> priorities) {
    ClusterLoadAssignment.Builder assignment =
        ClusterLoadAssignment.newBuilder().setClusterName(name);
    for (int priority = 0; priority < priorities.size(); priority++) {
      LocalityLbEndpoints.Builder level =
          LocalityLbEndpoints.newBuilder()
              .setLocality(Locality.getDefaultInstance())
              .setLoadBalancingWeight(UInt32Value.of(1))
              .setPriority(priority);
      placed(priorities.get(priority)).forEach(placed -> level.addLbEndpoints(placed.endpoint()));
      assignment.addEndpoints(level);
    }
    return assignment.build();
  }

  private static List<Assignment.Placed> placed(List<EntryEndpoints.Server> servers) {
    List<Assignment.Placed> endpoints = new ArrayList<>();
    for (EntryEndpoints.Server server : servers) {
      Struct.Builder attributes = Struct.newBuilder();
      if (server.identity() != null) {
        attributes.putFields("identity", text(server.identity()));
      }
      attributes.putFields("labels", labels(server.labels()));
      endpoints.add(
          new Assignment.Placed(
              server.labels(),
              endpoint(server.address(), server.port(), server.weight(), attributes.build())));
    }
    return endpoints;
  }

  private static LbEndpoint endpoint(String address, int port, int weight, Struct attributes) {
    return LbEndpoint.newBuilder()
        .setHealthStatus(HealthStatus.HEALTHY)
        .setLoadBalancingWeight(UInt32Value.of(weight))
        .setEndpoint(
            Endpoint.newBuilder()
                .setAddress(
                    Address.newBuilder()
                        .setSocketAddress(
                            SocketAddress.newBuilder().setAddress(address).setPortValue(port))))
        .setMetadata(Metadata.newBuilder().putFilterMetadata(METADATA, attributes))
        .build();
  }

  /** Adds an attribute of ours to a cluster. */
  static void metadata(Cluster.Builder cluster, String name, Value value) {
    Struct before =
        cluster.getMetadata().getFilterMetadataOrDefault(METADATA, Struct.getDefaultInstance());
    cluster.setMetadata(
        Metadata.newBuilder()
            .putFilterMetadata(METADATA, before.toBuilder().putFields(name, value).build()));
  }

  private static Value labels(Map<String, String> labels) {
    Struct.Builder struct = Struct.newBuilder();
    new TreeMap<>(labels).forEach((name, value) -> struct.putFields(name, text(value)));
    return Value.newBuilder().setStructValue(struct).build();
  }

  private static Value text(String value) {
    return Value.newBuilder().setStringValue(value).build();
  }

  private static @Nullable Name parse(String name) {
    String[] parts = name.split("\\|", -1);
    if (parts.length != 4
        || !parts[0].equals("outbound")
        || !parts[1].matches("[0-9]{1,5}")
        || parts[3].isEmpty()) {
      return null;
    }
    return new Name(Integer.parseInt(parts[1]), parts[2].isEmpty() ? null : parts[2], parts[3]);
  }
}
