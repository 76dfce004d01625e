package io.endomesh.dataplane.access;

import io.endomesh.dataplane.limit.CellRate;
import io.endomesh.dataplane.limit.Rate;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.LongAdder;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * One who looks at the calls of this workload. Holds a bounded number of records until they are
 * taken; what is too much is counted. Thread-safe, and never waits.
 */
public final class Watch {

  /** With 9 kB each at most, far less in practice. */
  static final int CAPACITY = 512;

  static final int MAX_PER_SECOND = 1_000;

  private final AccessFilter filter;
  private final List<String> headers;
  private final List<String> query;
  private final CellRate rate;
  private final LongSupplier nanoTime;
  private final Queue<AccessRecord> records = new ConcurrentLinkedQueue<>();
  private final AtomicInteger held = new AtomicInteger();
  private final LongAdder seen = new LongAdder();
  private final LongAdder matched = new LongAdder();
  private final LongAdder leftOut = new LongAdder();

  /**
   * @param headers whose values are told, in lower case
   * @param query parameters whose values are told
   */
  public Watch(
      AccessFilter filter,
      List<String> headers,
      List<String> query,
      int perSecond,
      LongSupplier nanoTime) {
    this.filter = filter;
    this.headers = List.copyOf(headers);
    this.query = List.copyOf(query);
    this.nanoTime = nanoTime;
    int bounded = Math.max(1, Math.min(perSecond, MAX_PER_SECOND));
    this.rate =
        new CellRate(
            new Rate(bounded, TimeUnit.SECONDS.toNanos(1), bounded), 1, nanoTime.getAsLong());
  }

  void see(Ended call, @Nullable String traceId) {
    seen.increment();
    if (!filter.matches(call)) {
      return;
    }
    matched.increment();
    if (rate.take(0, nanoTime.getAsLong()) != 0) {
      leftOut.increment();
    } else if (held.incrementAndGet() > CAPACITY) {
      held.decrementAndGet();
      leftOut.increment();
    } else {
      try {
        records.add(AccessRecord.of(call, traceId, headers, query));
      } catch (RuntimeException | LinkageError own) {
        // Its place is for another.
        held.decrementAndGet();
        leftOut.increment();
      }
    }
  }

  /** What is there, oldest first. */
  public List<AccessRecord> take(int max) {
    List<AccessRecord> taken = new ArrayList<>();
    while (taken.size() < max) {
      AccessRecord next = records.poll();
      if (next == null) {
        break;
      }
      held.decrementAndGet();
      taken.add(next);
    }
    return taken;
  }

  /** Calls it looked at. */
  public long seen() {
    return seen.sum();
  }

  /** Those of them that its filter lets through. */
  public long matched() {
    return matched.sum();
  }

  /** Those of them that were too many to be told. */
  public long leftOut() {
    return leftOut.sum();
  }
}
