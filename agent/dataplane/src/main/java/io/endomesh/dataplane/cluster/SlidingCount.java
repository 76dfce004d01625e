package io.endomesh.dataplane.cluster;

import java.util.concurrent.atomic.AtomicLongArray;

/**
 * How often something happened within the last so many nanoseconds, to a tenth of them. Thread-safe
 * by atomics; allocates nothing after it was made.
 */
final class SlidingCount {

  /** Ten: what is too old is forgotten by tenths, and a count reads ten numbers. */
  private static final int SLOTS = 10;

  private static final int NUMBER_BITS = 32;
  private static final long COUNT_MASK = 0xffff_ffffL;

  private final long slotNanos;

  /** The number of a tenth of the time, above how often it happened in that. */
  private final AtomicLongArray slots = new AtomicLongArray(SLOTS);

  SlidingCount(long intervalNanos) {
    this.slotNanos = Math.max(1, intervalNanos / SLOTS);
  }

  void add(long nowNanos) {
    int number = number(nowNanos);
    int index = Math.floorMod(number, SLOTS);
    while (true) {
      long seen = slots.get(index);
      long next = numberOf(seen) == number ? seen + 1 : ((long) number << NUMBER_BITS) | 1;
      if (slots.compareAndSet(index, seen, next)) {
        return;
      }
    }
  }

  long count(long nowNanos) {
    int now = number(nowNanos);
    long count = 0;
    for (int i = 0; i < SLOTS; i++) {
      long slot = slots.get(i);
      int age = now - numberOf(slot);
      if (age >= 0 && age < SLOTS) {
        count += slot & COUNT_MASK;
      }
    }
    return count;
  }

  private int number(long nowNanos) {
    return (int) Math.floorDiv(nowNanos, slotNanos);
  }

  private static int numberOf(long slot) {
    return (int) (slot >> NUMBER_BITS);
  }
}
