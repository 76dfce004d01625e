package io.endomesh.controller.tap;

import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/**
 * The last records that were told, each once whoever looked, for 15 minutes and in bounded memory:
 * the oldest go. Thread-safe.
 */
final class RecentRecords {

  static final Duration KEPT = Duration.ofMinutes(15);

  /** Of a record beside its text. */
  private static final int OVERHEAD = 192;

  private final long maxBytes;
  private final Clock clock;
  // Guarded by this; oldest first.
  private final Deque<Kept> records = new ArrayDeque<>();
  private final Set<String> known = new HashSet<>();
  private long bytes;

  private record Kept(Instant at, String service, String json) {
    /** Two for each character: whether it needs one is the JVM's business. */
    long size() {
      return OVERHEAD + 2L * json.length();
    }
  }

  RecentRecords(long maxBytes, Clock clock) {
    this.maxBytes = maxBytes;
    this.clock = clock;
  }

  synchronized void add(String service, String json) {
    if (maxBytes == 0 || !known.add(json)) {
      return;
    }
    Kept kept = new Kept(clock.instant(), service, json);
    records.addLast(kept);
    bytes += kept.size();
    forget();
  }

  /** Newest first. */
  synchronized List<String> of(String service, int limit) {
    forget();
    List<String> found = new ArrayList<>();
    for (var newest = records.descendingIterator(); newest.hasNext() && found.size() < limit; ) {
      Kept kept = newest.next();
      if (service.isEmpty() || service.equals(kept.service)) {
        found.add(kept.json);
      }
    }
    return found;
  }

  private void forget() {
    Instant since = clock.instant().minus(KEPT);
    while (!records.isEmpty() && (bytes > maxBytes || records.getFirst().at.isBefore(since))) {
      Kept oldest = records.removeFirst();
      known.remove(oldest.json);
      bytes -= oldest.size();
    }
  }
}
