package io.endomesh.dataplane.cluster;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.concurrent.ThreadLocalRandom;
import org.jspecify.annotations.Nullable;

/**
 * Endpoints by priority: calls go to the first, and as far as it is not healthy to the next, little
 * by little instead of all at once (Envoy, "Priority levels"). Immutable.
 */
final class Priorities {

  /**
   * A priority takes all calls while 1/1.4 of it, 71 %, is healthy (Envoy {@code
   * overprovisioning_factor}, 140).
   */
  private static final int OVERPROVISIONING_PERCENT = 140;

  private static final int ALL = 100;

  private final Level[] levels;
  private final int panicPercent;
  private final Map<String, Endpoint> bySession;

  private record Level(Endpoint[] endpoints, Balancer balancer) {

    int healthy() {
      int healthy = 0;
      for (Endpoint endpoint : endpoints) {
        if (!endpoint.load().health().ejected()) {
          healthy++;
        }
      }
      return healthy;
    }

    /** Percent of all calls that it can take. */
    int availability() {
      return Math.min(ALL, healthy() * OVERPROVISIONING_PERCENT / endpoints.length);
    }
  }

  private Priorities(Level[] levels, int panicPercent, Map<String, Endpoint> bySession) {
    this.levels = levels;
    this.panicPercent = panicPercent;
    this.bySession = bySession;
  }

  static Priorities of(List<Endpoint> endpoints, ClusterPolicy policy) {
    SortedMap<Integer, List<Endpoint>> byPriority = new TreeMap<>();
    Map<String, Endpoint> bySession = new HashMap<>();
    for (Endpoint endpoint : endpoints) {
      byPriority.computeIfAbsent(endpoint.priority(), none -> new ArrayList<>()).add(endpoint);
      bySession.put(endpoint.session(), endpoint);
    }
    Level[] levels =
        byPriority.values().stream()
            .map(level -> level.toArray(Endpoint[]::new))
            .map(level -> new Level(level, policy.balancing().over(level)))
            .toArray(Level[]::new);
    return new Priorities(levels, policy.panicPercent(), bySession);
  }

  /**
   * @param someEjected false spares counting
   */
  @Nullable Endpoint pick(Endpoint[] tried, long hash, long nowNanos, boolean someEjected) {
    if (levels.length == 0) {
      return null;
    }
    if (!someEjected) {
      return levels[0].balancer().pick(tried, hash, nowNanos, /* panic= */ false);
    }
    int total = 0;
    for (Level level : levels) {
      total += level.availability();
    }
    Level level = total == 0 || levels.length == 1 ? levels[0] : drawLevel(Math.min(total, ALL));
    // While all levels together can take all calls, nobody needs to panic (Envoy).
    boolean panic = total < ALL && level.healthy() * ALL < panicPercent * level.endpoints().length;
    Endpoint picked = level.balancer().pick(tried, hash, nowNanos, panic);
    // Nothing healthy where the draw went, as when a level was ejected whole: look at the others.
    for (int i = 0; picked == null && i < levels.length; i++) {
      picked = levels[i].balancer().pick(tried, hash, nowNanos, /* panic= */ false);
    }
    return picked;
  }

  @Nullable Endpoint ofSession(String session, Endpoint[] tried) {
    Endpoint endpoint = bySession.get(session);
    return endpoint == null
            || endpoint.load().health().ejected()
            || Balancer.contains(tried, endpoint)
        ? null
        : endpoint;
  }

  /**
   * Each takes what it can of what the ones before left; if all together cannot take all, the rest
   * is shared out in proportion.
   */
  private Level drawLevel(int total) {
    int point = ThreadLocalRandom.current().nextInt(total);
    int upTo = 0;
    for (Level level : levels) {
      upTo += level.availability();
      if (point < upTo) {
        return level;
      }
    }
    return levels[levels.length - 1];
  }
}
