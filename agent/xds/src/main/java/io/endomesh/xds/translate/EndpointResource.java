package io.endomesh.xds.translate;

import java.net.InetSocketAddress;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * An LbEndpoint, translated. Immutable.
 *
 * @param identity SPIFFE id of the workload there; null if it has none
 */
public record EndpointResource(
    InetSocketAddress address, @Nullable String identity, Map<String, String> labels, int weight) {

  public EndpointResource {
    labels = Map.copyOf(labels);
  }
}
