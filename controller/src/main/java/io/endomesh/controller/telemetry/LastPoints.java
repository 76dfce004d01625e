package io.endomesh.controller.telemetry;

import java.time.Duration;
import java.util.HashMap;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * The last point of each series: what comes next is counted from there. Not thread-safe; the {@link
 * Rollups} lock guards it.
 */
final class LastPoints {

  /**
   * A process reports each series every second until it ends. One that was silent for so long is
   * gone most likely, and leaves its place to others.
   */
  static final Duration IDLE = Duration.ofMinutes(15);

  /**
   * Of processes that are gone most likely. One that was only cut off comes back with sums in which
   * everything is that was counted before. About 1 kB each.
   */
  private static final int MAX_IDLE = 10_000;

  private final Map<String, Seen> live = new HashMap<>();
  private final Map<String, HistogramPoint> idle = new LinkedHashMap<>();

  private record Seen(HistogramPoint point, long seenMillis) {}

  @Nullable HistogramPoint find(String series) {
    Seen seen = live.get(series);
    return seen != null ? seen.point() : idle.get(series);
  }

  void put(String series, HistogramPoint point, long nowMillis) {
    idle.remove(series);
    live.put(series, new Seen(point, nowMillis));
  }

  void retire(long nowMillis) {
    long limit = nowMillis - IDLE.toMillis();
    for (Iterator<Map.Entry<String, Seen>> all = live.entrySet().iterator(); all.hasNext(); ) {
      Map.Entry<String, Seen> entry = all.next();
      if (entry.getValue().seenMillis() < limit) {
        idle.put(entry.getKey(), entry.getValue().point());
        all.remove();
      }
    }
    Iterator<String> eldest = idle.keySet().iterator();
    for (int surplus = idle.size() - MAX_IDLE; surplus > 0; surplus--) {
      eldest.next();
      eldest.remove();
    }
  }

  /** Series of processes that report. */
  Set<String> live() {
    return live.keySet();
  }
}
