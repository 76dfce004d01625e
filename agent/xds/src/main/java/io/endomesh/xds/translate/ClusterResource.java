package io.endomesh.xds.translate;

import io.endomesh.dataplane.cluster.ClusterPolicy;
import io.endomesh.dataplane.identity.OriginatedTls;
import io.endomesh.dataplane.route.StringMatch;
import java.net.InetSocketAddress;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * A Cluster, translated. Immutable.
 *
 * @param service {@code orders.default}
 * @param endpointsName name of its ClusterLoadAssignment; null if the endpoints come along
 * @param endpoints those that come along
 * @param tls true if endpoints that have an identity are reached by mutual TLS
 * @param identities that an endpoint may have; empty accepts any
 * @param originated TLS of servers outside the mesh; null for none
 * @param policy how endpoints are chosen and protected
 */
public record ClusterResource(
    String name,
    String service,
    @Nullable String endpointsName,
    List<EndpointResource> endpoints,
    boolean tls,
    List<StringMatch> identities,
    @Nullable OriginatedTls originated,
    ClusterPolicy policy) {

  public ClusterResource {
    endpoints = List.copyOf(endpoints);
    identities = List.copyOf(identities);
  }

  /** Of its own endpoints, those that DNS is to be asked for. */
  public Set<String> names() {
    return endpoints.stream()
        .map(EndpointResource::address)
        .filter(InetSocketAddress::isUnresolved)
        .map(InetSocketAddress::getHostString)
        .collect(Collectors.toSet());
  }

  /** True if an endpoint with this identity may be used. */
  public boolean accepts(String identity) {
    if (identities.isEmpty()) {
      return true;
    }
    for (StringMatch match : identities) {
      if (match.matches(identity)) {
        return true;
      }
    }
    return false;
  }
}
