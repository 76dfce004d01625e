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

  private final Level[] levels;
  private final int panicPercent;
  private final Map<String, Endpoint> bySession;

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
        byPriority.values().stream().map(level -> new Level(level, policy)).toArray(Level[]::new);
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
      return orFresh(
          levels[0].pick(tried, hash, nowNanos, /* panic= */ false, false),
          tried,
          hash,
          nowNanos,
          false);
    }
    int total = 0;
    for (Level level : levels) {
      total += level.availability();
    }
    Level level =
        total == 0 || levels.length == 1 ? levels[0] : drawLevel(Math.min(total, Level.ALL));
    // While all levels together can take all calls, nobody needs to panic (Envoy).
    boolean panic = total < Level.ALL && level.healthy() * Level.ALL < panicPercent * level.size();
    return orFresh(level.pick(tried, hash, nowNanos, panic, true), tried, hash, nowNanos, true);
  }

  /**
   * Leaves a priority that has nobody left for this call: all were tried by it, refuse connections,
   * or were ejected as it looked (Envoy has {@code retry_priorities.previous_priorities} for it).
   */
  private @Nullable Endpoint orFresh(
      @Nullable Endpoint picked, Endpoint[] tried, long hash, long nowNanos, boolean someEjected) {
    if (picked != null && (levels.length == 1 || picked.isFresh(tried, nowNanos))) {
      return picked;
    }
    Endpoint leastBad = picked;
    for (Level level : levels) {
      Endpoint other = level.pick(tried, hash, nowNanos, /* panic= */ false, someEjected);
      if (other != null && other.isFresh(tried, nowNanos)) {
        return other;
      }
      leastBad = leastBad == null ? other : leastBad;
    }
    return leastBad;
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
