package io.endomesh.dataplane.cluster;

import java.net.InetSocketAddress;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * One place a call can go to. Immutable, save for its {@link Load}, which outlives the snapshot
 * that names it.
 *
 * @param address always resolved
 * @param identity SPIFFE id the endpoint must prove; null means that it takes no mesh TLS
 * @param labels of the workload
 * @param weight at least 1
 */
public record Endpoint(
    InetSocketAddress address,
    @Nullable String identity,
    Map<String, String> labels,
    int weight,
    Load load) {

  public Endpoint {
    labels = Map.copyOf(labels);
  }
}
