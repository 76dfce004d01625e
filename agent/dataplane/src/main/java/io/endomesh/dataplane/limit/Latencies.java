package io.endomesh.dataplane.limit;

import java.util.concurrent.atomic.AtomicIntegerArray;

/**
 * How long the calls of one window took, as counts in steps of an eighth of a power of two: at most
 * 6 % beside the truth, the same for every window. Thread-safe; a clearing may lose what is added
 * meanwhile. Allocates nothing.
 */
final class Latencies {

  /** Steps in a power of two, as bits. */
  private static final int STEP_BITS = 3;

  private static final int STEPS = 1 << STEP_BITS;

  private final AtomicIntegerArray counts = new AtomicIntegerArray(Long.SIZE * STEPS);

  void add(long nanos) {
    counts.incrementAndGet(step(Math.max(STEPS, nanos)));
  }

  int count() {
    int count = 0;
    for (int i = 0; i < counts.length(); i++) {
      count += counts.get(i);
    }
    return count;
  }

  void clear() {
    for (int i = 0; i < counts.length(); i++) {
      counts.set(i, 0);
    }
  }

  /** Nanoseconds that so many percent of the calls did not exceed; 0 if there was none. */
  long percentile(int percent) {
    long rank = Math.max(1, ((long) count() * percent + 99) / 100);
    for (int i = 0; i < counts.length(); i++) {
      rank -= counts.get(i);
      if (rank <= 0) {
        return middle(i);
      }
    }
    return 0;
  }

  private static int step(long nanos) {
    int power = Long.SIZE - 1 - Long.numberOfLeadingZeros(nanos);
    return power << STEP_BITS | (int) (nanos >>> power - STEP_BITS) & STEPS - 1;
  }

  private static long middle(int step) {
    int power = step >>> STEP_BITS;
    long width = 1L << power - STEP_BITS;
    return (1L << power) + (step & STEPS - 1) * width + width / 2;
  }
}
