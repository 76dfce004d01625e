package io.endomesh.xds.translate;

import com.google.protobuf.Struct;
import com.google.protobuf.Value;
import io.endomesh.dataplane.cluster.Locality;
import io.envoyproxy.envoy.config.core.v3.Address;
import io.envoyproxy.envoy.config.core.v3.HealthStatus;
import io.envoyproxy.envoy.config.core.v3.SocketAddress;
import io.envoyproxy.envoy.config.endpoint.v3.ClusterLoadAssignment;
import io.envoyproxy.envoy.config.endpoint.v3.LbEndpoint;
import io.envoyproxy.envoy.config.endpoint.v3.LocalityLbEndpoints;
import io.netty.util.NetUtil;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.UnknownHostException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.SortedSet;
import java.util.TreeSet;

/** ClusterLoadAssignment to endpoints. Stateless. */
public final class EndpointTranslator {

  /** Filter name in the metadata of an endpoint, under which ours stand. */
  private static final String METADATA = "endomesh";

  /** Envoy {@code LocalityLbEndpoints.priority}. */
  private static final int MAX_PRIORITY = 128;

  /** Of a locality that says none: it gets no calls where weights count (Envoy). */
  private static final int NO_WEIGHT = 0;

  private EndpointTranslator() {}

  /** Usable endpoints of all priorities, of which those without any do not count. */
  public static List<EndpointResource> translate(ClusterLoadAssignment message)
      throws InvalidResource {
    return translate(message, /* named= */ false);
  }

  /** The same, where names may stand for addresses: those are unresolved. */
  static List<EndpointResource> translateNamed(ClusterLoadAssignment message)
      throws InvalidResource {
    return translate(message, /* named= */ true);
  }

  private static List<EndpointResource> translate(ClusterLoadAssignment message, boolean named)
      throws InvalidResource {
    Messages.unsupported("policy.drop_overloads", message.getPolicy().getDropOverloadsCount() > 0);
    SortedSet<Integer> priorities = new TreeSet<>();
    for (int i = 0; i < message.getEndpointsCount(); i++) {
      LocalityLbEndpoints locality = message.getEndpoints(i);
      int priority =
          Numbers.within(
              "endpoints[" + i + "].priority",
              Integer.toUnsignedLong(locality.getPriority()),
              0,
              MAX_PRIORITY);
      if (locality.getLbEndpointsList().stream().anyMatch(EndpointTranslator::isUsable)) {
        priorities.add(priority);
      }
    }
    List<EndpointResource> endpoints = new ArrayList<>();
    for (int i = 0; i < message.getEndpointsCount(); i++) {
      LocalityLbEndpoints locality = message.getEndpoints(i);
      int priority = priorities.headSet(locality.getPriority()).size();
      Locality place =
          new Locality(
              locality.getLocality().getRegion(),
              locality.getLocality().getZone(),
              locality.getLocality().getSubZone());
      int placeWeight =
          Numbers.count(
              locality.hasLoadBalancingWeight(), locality.getLoadBalancingWeight(), NO_WEIGHT);
      for (int j = 0; j < locality.getLbEndpointsCount(); j++) {
        LbEndpoint endpoint = locality.getLbEndpoints(j);
        if (isUsable(endpoint)) {
          endpoints.add(
              endpoint(
                  "endpoints[" + i + "].lb_endpoints[" + j + "]",
                  endpoint,
                  priority,
                  place,
                  placeWeight,
                  named));
        }
      }
    }
    return endpoints;
  }

  /** gRFC A27: only these two are sent to. */
  private static boolean isUsable(LbEndpoint endpoint) {
    return endpoint.getHealthStatus() == HealthStatus.HEALTHY
        || endpoint.getHealthStatus() == HealthStatus.UNKNOWN;
  }

  private static EndpointResource endpoint(
      String field,
      LbEndpoint endpoint,
      int priority,
      Locality locality,
      int localityWeight,
      boolean named)
      throws InvalidResource {
    Struct metadata =
        endpoint.getMetadata().getFilterMetadataOrDefault(METADATA, Struct.getDefaultInstance());
    String identity =
        metadata.getFieldsOrDefault("identity", Value.getDefaultInstance()).getStringValue();
    Map<String, String> labels = new LinkedHashMap<>();
    metadata
        .getFieldsOrDefault("labels", Value.getDefaultInstance())
        .getStructValue()
        .getFieldsMap()
        .forEach((name, value) -> labels.put(name, value.getStringValue()));
    int weight =
        endpoint.hasLoadBalancingWeight() ? endpoint.getLoadBalancingWeight().getValue() : 1;
    if (weight < 1) {
      throw new InvalidResource(
          field
              + ".load_balancing_weight: "
              + Integer.toUnsignedString(weight)
              + " (expected: 1 to "
              + Integer.MAX_VALUE
              + ")");
    }
    return new EndpointResource(
        address(field + ".address", endpoint.getEndpoint().getAddress(), named),
        identity.isEmpty() ? null : identity,
        labels,
        weight,
        priority,
        locality,
        localityWeight);
  }

  private static InetSocketAddress address(String field, Address address, boolean named)
      throws InvalidResource {
    SocketAddress socket = address.getSocketAddress();
    // A name only where names are meant: DNS is asked on behalf of whoever wrote the configuration.
    byte[] bytes = NetUtil.createByteArrayFromIpAddressString(socket.getAddress());
    int port = socket.getPortValue();
    if (bytes == null && named && !socket.getAddress().isEmpty() && port >= 1 && port <= 65_535) {
      return InetSocketAddress.createUnresolved(socket.getAddress(), port);
    }
    if (bytes == null || port < 1 || port > 65_535) {
      throw new InvalidResource(
          field
              + ": "
              + socket.getAddress()
              + " port "
              + port
              + " (expected: an IP address and a port from 1 to 65535)");
    }
    try {
      return new InetSocketAddress(InetAddress.getByAddress(bytes), port);
    } catch (UnknownHostException e) {
      throw new InvalidResource(field + ": " + socket.getAddress() + " (" + e.getMessage() + ")");
    }
  }
}
