package io.endomesh.dataplane.cluster;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** What weights of localities make of a cluster's endpoints. Stateless. */
final class LocalityWeights {

  /** Fine enough that a locality of a thousand endpoints still keeps its share to a percent. */
  private static final double SCALE = 1 << 20;

  private LocalityWeights() {}

  /**
   * Endpoints of localities without weight get no calls (Envoy). For balancing by hash, an
   * endpoint's weight becomes its part of its locality's (Envoy {@code ring_hash_lb.cc} normalizes
   * in the same way).
   */
  static List<Endpoint> apply(List<Endpoint> endpoints, ClusterPolicy policy) {
    if (!policy.localityWeighted()) {
      return endpoints;
    }
    List<Endpoint> weighted =
        endpoints.stream().filter(endpoint -> endpoint.localityWeight() > 0).toList();
    return Balancing.byHash(policy.balancing()) ? multiplied(weighted) : weighted;
  }

  private static List<Endpoint> multiplied(List<Endpoint> endpoints) {
    Map<Locality, List<Endpoint>> localities = Level.byLocality(endpoints);
    double heaviest = endpoints.stream().mapToInt(Endpoint::localityWeight).max().orElse(1);
    List<Endpoint> result = new ArrayList<>();
    for (Endpoint endpoint : endpoints) {
      long sum = 0;
      for (Endpoint neighbour : localities.getOrDefault(endpoint.locality(), List.of())) {
        if (neighbour.priority() == endpoint.priority()) {
          sum += neighbour.weight();
        }
      }
      double share = endpoint.localityWeight() / heaviest * endpoint.weight() / sum;
      result.add(endpoint.weighing((int) Math.max(1, Math.round(share * SCALE))));
    }
    return result;
  }
}
