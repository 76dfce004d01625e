package io.endomesh.controller.audit;

import io.endomesh.controller.store.Actor;
import io.endomesh.controller.store.AuditEntry;
import io.endomesh.controller.store.AuditQuery;
import io.endomesh.controller.store.ResourceStore;
import io.endomesh.controller.store.StoreException;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Keeps what is not written by the store together with a change: denials, logins, certificates.
 * Whoever can cause such a line can cause a million, so lines that say the same within a minute
 * become one with a number, and beyond so many different ones they are only counted. Never blocks
 * who notes something. Thread-safe.
 */
public final class AuditLog implements AutoCloseable {

  private static final Logger log = LoggerFactory.getLogger(AuditLog.class);

  private static final Duration WINDOW = Duration.ofMinutes(1);

  /** Different lines in a window; twice as many rows at most, so some 40 MB a day of an attack. */
  static final int MAX_DIFFERENT = 100;

  private static final long WRITE_MILLIS = 500;

  private static final Actor MANY = new Actor("various", "");

  private final ResourceStore store;
  private final Clock clock;
  private final ScheduledExecutorService writer;
  // Guarded by this.
  private final Map<Key, Sum> window = new LinkedHashMap<>();
  private Instant windowEnds;

  /** What makes two lines the same. What was refused is summed over what it was about. */
  private record Key(Actor actor, String action, String subject, boolean denied, String why) {

    static Key of(AuditEntry entry) {
      return new Key(
          entry.actor(),
          entry.action(),
          entry.denied() ? "" : entry.subject(),
          entry.denied(),
          entry.why());
    }
  }

  private static final class Sum {
    private final AuditEntry first;
    // Since the last line was written.
    private Instant since;
    private long times;
    private boolean isTold;

    Sum(AuditEntry first, Instant since) {
      this.first = first;
      this.since = since;
    }
  }

  public AuditLog(ResourceStore store, Clock clock) {
    this.store = store;
    this.clock = clock;
    this.windowEnds = clock.instant().plus(WINDOW);
    this.writer =
        Executors.newSingleThreadScheduledExecutor(
            task -> {
              Thread thread = new Thread(task, "endomesh-audit");
              thread.setDaemon(true);
              return thread;
            });
    writer.scheduleWithFixedDelay(
        this::writeDue, WRITE_MILLIS, WRITE_MILLIS, TimeUnit.MILLISECONDS);
  }

  /** Written within a second; what repeats it, within a minute. */
  public synchronized void note(AuditEntry entry) {
    Instant now = clock.instant();
    Key key = Key.of(entry);
    if (!window.containsKey(key) && window.size() >= MAX_DIFFERENT) {
      AuditEntry many =
          entry.denied()
              ? AuditEntry.denied(MANY, "various", "", "too many different denials to tell apart")
              : AuditEntry.done(MANY, "various", "", null, null);
      window.computeIfAbsent(Key.of(many), k -> new Sum(many, now)).times++;
      return;
    }
    Sum sum = window.computeIfAbsent(key, k -> new Sum(entry, now));
    if (sum.times == 0) {
      sum.since = now;
    }
    sum.times++;
  }

  /** Newest first, with all that was noted until now. */
  public List<AuditEntry> read(AuditQuery query) {
    write(sums(/* all= */ true));
    return store.audit(query);
  }

  private void writeDue() {
    try {
      write(sums(/* all= */ false));
    } catch (RuntimeException e) {
      // The timer would never run again.
      log.error("The audit log lost lines", e);
    }
  }

  /**
   * What is to be written now.
   *
   * @param all also repetitions whose minute is not over
   */
  private synchronized List<AuditEntry> sums(boolean all) {
    boolean over = !clock.instant().isBefore(windowEnds);
    List<AuditEntry> lines = new ArrayList<>();
    for (Sum sum : window.values()) {
      boolean first = !sum.isTold;
      if (sum.times > 0 && (first || all || over)) {
        lines.add(sum.first.at(sum.since, sum.times));
        sum.times = 0;
        sum.isTold = true;
      }
    }
    if (over) {
      window.clear();
      windowEnds = clock.instant().plus(WINDOW);
    }
    return lines;
  }

  private void write(List<AuditEntry> lines) {
    if (lines.isEmpty()) {
      return;
    }
    try {
      store.append(lines);
    } catch (StoreException e) {
      // Nobody waits for the answer, and to keep them would fill the memory instead of the disk.
      log.error("The audit log lost {} lines: {}", lines.size(), e.getMessage());
    }
  }

  @Override
  public void close() {
    writer.shutdownNow();
    write(sums(/* all= */ true));
  }
}
