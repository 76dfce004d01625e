package io.endomesh.dataplane.limit;

import java.util.concurrent.atomic.AtomicLongArray;

/**
 * Buckets of one rate, by the generic cell rate algorithm (ITU-T I.371, Annex A, "virtual
 * scheduling"). A bucket is one number, the time {@code wholeAt} at which it is full again:
 *
 * <pre>
 *   next = max(wholeAt, now) + interval
 *   a call is let through, and wholeAt = next, if next - now <= burst * interval
 *   else it has to wait for next - now - burst * interval
 * </pre>
 *
 * It decides what a token bucket decides that is filled continuously (Envoy's {@code
 * AtomicTokenBucket}), without a timer that fills it. Thread-safe, lock-free, allocates nothing.
 */
public final class CellRate {

  private final long intervalNanos;
  private final long toleranceNanos;
  private final int burst;

  /** On the clock of the callers, which may be negative and may wrap. */
  private final AtomicLongArray wholeAt;

  /**
   * @param buckets all full
   * @param now on the clock that every call is told the time of
   */
  public CellRate(Rate rate, int buckets, long now) {
    this.intervalNanos = rate.intervalNanos();
    this.burst = rate.burst();
    this.toleranceNanos = intervalNanos * burst;
    this.wholeAt = new AtomicLongArray(buckets);
    for (int i = 0; i < buckets; i++) {
      wholeAt.set(i, now);
    }
  }

  /**
   * Takes one call out of a bucket.
   *
   * @return 0 if it is let through; else the nanoseconds until one would be, and nothing is taken
   */
  public long take(int bucket, long now) {
    return take(bucket, 1, now);
  }

  /**
   * Takes several calls out of a bucket at once, or none; more than a burst are never let through.
   *
   * @return as {@link #take(int, long)}
   */
  long take(int bucket, long calls, long now) {
    long cost = intervalNanos * Math.min(calls, burst + 1L);
    while (true) {
      long known = wholeAt.get(bucket);
      long next = (known - now < 0 ? now : known) + cost;
      long wait = next - now - toleranceNanos;
      if (wait > 0) {
        return wait;
      }
      if (wholeAt.compareAndSet(bucket, known, next)) {
        return 0;
      }
    }
  }

  /** Undoes a {@code take} that let so many calls through. */
  void giveBack(int bucket, long calls) {
    wholeAt.addAndGet(bucket, -intervalNanos * calls);
  }

  /** How many calls would be let through at once now. */
  int left(int bucket, long now) {
    return (int) ((toleranceNanos - untilWhole(bucket, now)) / intervalNanos);
  }

  /** Nanoseconds until the bucket is full, if nothing is taken. */
  long untilWhole(int bucket, long now) {
    return Math.max(0, wholeAt.get(bucket) - now);
  }

  /** True if the bucket is as good as new. */
  boolean isWhole(int bucket, long now) {
    return wholeAt.get(bucket) - now <= 0;
  }
}
