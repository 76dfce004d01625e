package io.endomesh.dataplane.cluster;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ThreadLocalRandom;
import org.jspecify.annotations.Nullable;

/**
 * The endpoints of one priority, balanced as a whole or, where localities have weights, locality by
 * locality (Envoy, "Locality weighted load balancing"). Immutable; {@link #pick} allocates nothing.
 */
final class Level {

  /**
   * A priority, or a locality, keeps all its calls while 1/1.4 of it, 71 %, is healthy (Envoy
   * {@code overprovisioning_factor}, 140).
   */
  private static final int OVERPROVISIONING_PERCENT = 140;

  static final int ALL = 100;

  /** How often another locality is drawn; as often as a {@link Balancer} draws endpoints. */
  private static final int MAX_DRAWS = 5;

  /** Endpoints that are balanced among themselves, and their share of the level. */
  private record Group(Endpoint[] endpoints, Balancer balancer, int weight) {

    int availability() {
      return Level.availability(endpoints);
    }
  }

  private final Endpoint[] endpoints;
  private final Group[] groups;
  private final long weights;

  /**
   * @param endpoints at least one
   */
  Level(List<Endpoint> endpoints, ClusterPolicy policy) {
    this.endpoints = endpoints.toArray(Endpoint[]::new);
    List<Group> made = new ArrayList<>();
    // A hash goes to one endpoint of all: there, weights of localities are part of endpoints'.
    if (policy.localityWeighted() && !Balancing.byHash(policy.balancing())) {
      byLocality(endpoints).values().forEach(of -> made.add(group(of, policy)));
    } else {
      made.add(group(endpoints, policy));
    }
    this.groups = made.toArray(Group[]::new);
    long sum = 0;
    for (Group group : groups) {
      sum += group.weight();
    }
    this.weights = sum;
  }

  private static Group group(List<Endpoint> endpoints, ClusterPolicy policy) {
    Endpoint[] of = endpoints.toArray(Endpoint[]::new);
    return new Group(of, policy.balancing().over(of), of[0].localityWeight());
  }

  static Map<Locality, List<Endpoint>> byLocality(List<Endpoint> endpoints) {
    Map<Locality, List<Endpoint>> groups = new LinkedHashMap<>();
    for (Endpoint endpoint : endpoints) {
      groups.computeIfAbsent(endpoint.locality(), none -> new ArrayList<>()).add(endpoint);
    }
    return groups;
  }

  int size() {
    return endpoints.length;
  }

  int healthy() {
    return healthy(endpoints);
  }

  /** Percent of all calls that it can take. */
  int availability() {
    return availability(endpoints);
  }

  private static int healthy(Endpoint[] endpoints) {
    int healthy = 0;
    for (Endpoint endpoint : endpoints) {
      if (!endpoint.load().health().ejected()) {
        healthy++;
      }
    }
    return healthy;
  }

  private static int availability(Endpoint[] endpoints) {
    return Math.min(ALL, healthy(endpoints) * OVERPROVISIONING_PERCENT / endpoints.length);
  }

  /**
   * @param someEjected false spares counting
   * @return null only if all are ejected
   */
  @Nullable Endpoint pick(
      Endpoint[] tried, long hash, long nowNanos, boolean panic, boolean someEjected) {
    if (groups.length == 1) {
      return groups[0].balancer().pick(tried, hash, nowNanos, panic);
    }
    Endpoint leastBad = null;
    for (int draw = 0; draw < MAX_DRAWS; draw++) {
      Group group = someEjected && !panic ? drawHealthy() : draw();
      Endpoint picked = group.balancer().pick(tried, hash, nowNanos, panic);
      if (picked != null && picked.isFresh(tried, nowNanos)) {
        return picked;
      }
      leastBad = leastBad == null ? picked : leastBad;
    }
    // What was drawn had nobody left: look at all, so that a small share is not lost to chance.
    for (Group group : groups) {
      Endpoint picked = group.balancer().pick(tried, hash, nowNanos, panic);
      if (picked != null && picked.isFresh(tried, nowNanos)) {
        return picked;
      }
      leastBad = leastBad == null ? picked : leastBad;
    }
    return leastBad;
  }

  private Group draw() {
    long point = ThreadLocalRandom.current().nextLong(weights);
    for (Group group : groups) {
      point -= group.weight();
      if (point < 0) {
        return group;
      }
    }
    return groups[groups.length - 1];
  }

  /** A locality's weight counts as far as it is available, so others take over little by little. */
  private Group drawHealthy() {
    long sum = 0;
    for (Group group : groups) {
      sum += (long) group.weight() * group.availability();
    }
    if (sum == 0) {
      return draw();
    }
    long point = ThreadLocalRandom.current().nextLong(sum);
    for (Group group : groups) {
      point -= (long) group.weight() * group.availability();
      if (point < 0) {
        return group;
      }
    }
    // Somebody was ejected between the two loops.
    return draw();
  }
}
