package io.endomesh.controller.translate;

import com.google.protobuf.UInt32Value;
import io.endomesh.dataplane.cluster.Locality;
import io.envoyproxy.envoy.config.endpoint.v3.ClusterLoadAssignment;
import io.envoyproxy.envoy.config.endpoint.v3.LbEndpoint;
import io.envoyproxy.envoy.config.endpoint.v3.LocalityLbEndpoints;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.TreeSet;

/** Endpoints, put in the order in which a caller prefers them. Stateless. */
final class Assignment {

  /**
   * @param labels of the workload, which say where it is
   */
  record Placed(Map<String, String> labels, LbEndpoint endpoint) {

    Locality locality() {
      return Locality.of(labels);
    }
  }

  private record Group(int priority, Locality locality) {}

  /** The content, and so the version, does not depend on who joined first. */
  private static final Comparator<Group> ORDER =
      Comparator.comparingInt(Group::priority).thenComparing(group -> group.locality().toString());

  private Assignment() {}

  static ClusterLoadAssignment of(
      String name, List<Placed> endpoints, LocalityRule rule, Scope scope) {
    Map<Locality, Integer> own = new HashMap<>();
    Map<Group, List<LbEndpoint>> groups = new TreeMap<>(ORDER);
    for (Placed placed : endpoints) {
      own.merge(placed.locality(), weight(placed.endpoint()), Integer::sum);
    }
    Map<Locality, Integer> weights = rule.weights(own, scope);
    TreeSet<Integer> priorities = new TreeSet<>();
    for (Placed placed : endpoints) {
      if (weights.containsKey(placed.locality())) {
        int priority = rule.priority(placed.labels(), scope);
        priorities.add(priority);
        groups
            .computeIfAbsent(new Group(priority, placed.locality()), none -> new ArrayList<>())
            .add(placed.endpoint());
      }
    }
    ClusterLoadAssignment.Builder assignment =
        ClusterLoadAssignment.newBuilder().setClusterName(name);
    groups.forEach(
        (group, members) ->
            assignment.addEndpoints(
                LocalityLbEndpoints.newBuilder()
                    .setLocality(locality(group.locality()))
                    // Envoy takes no priorities with gaps.
                    .setPriority(priorities.headSet(group.priority()).size())
                    .setLoadBalancingWeight(
                        UInt32Value.of(weight(members, group.locality(), own, weights)))
                    .addAllLbEndpoints(members)));
    return assignment.build();
  }

  /** The locality's, as far as its endpoints are of this priority. */
  private static int weight(
      List<LbEndpoint> members,
      Locality locality,
      Map<Locality, Integer> own,
      Map<Locality, Integer> weights) {
    long sum = members.stream().mapToLong(Assignment::weight).sum();
    return (int) (sum * weights.getOrDefault(locality, 1) / own.getOrDefault(locality, 1));
  }

  private static int weight(LbEndpoint endpoint) {
    return endpoint.getLoadBalancingWeight().getValue();
  }

  private static io.envoyproxy.envoy.config.core.v3.Locality locality(Locality locality) {
    return io.envoyproxy.envoy.config.core.v3.Locality.newBuilder()
        .setRegion(locality.region())
        .setZone(locality.zone())
        .setSubZone(locality.subZone())
        .build();
  }
}
