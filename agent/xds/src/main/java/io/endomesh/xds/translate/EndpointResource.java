package io.endomesh.xds.translate;

import io.endomesh.dataplane.cluster.Locality;
import java.net.InetSocketAddress;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * An LbEndpoint, translated. Immutable.
 *
 * @param address unresolved if it is a name, which DNS is to be asked for
 * @param identity SPIFFE id of the workload there; null if it has none
 * @param priority 0 is the best, and no number below the greatest is left out
 * @param localityWeight 0 if its locality has none
 */
public record EndpointResource(
    InetSocketAddress address,
    @Nullable String identity,
    Map<String, String> labels,
    int weight,
    int priority,
    Locality locality,
    int localityWeight) {

  public EndpointResource {
    labels = Map.copyOf(labels);
  }

  /** The same at another address. */
  public EndpointResource at(InetSocketAddress other) {
    return new EndpointResource(
        other, identity, labels, weight, priority, locality, localityWeight);
  }
}
