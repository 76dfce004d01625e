package io.endomesh.dataplane.cluster;

import java.util.concurrent.atomic.AtomicReferenceArray;
import java.util.concurrent.atomic.LongAdder;
import org.jspecify.annotations.Nullable;

/**
 * Counts of a window of time that moves on, in ten steps (Hystrix {@code
 * metrics.rollingStats.numBuckets}). Thread-safe without locks; allocates once a step.
 */
final class RollingCounts {

  private static final int STEPS = 10;

  /** What was counted in one step of time. */
  private static final class Step {
    final long number;
    final LongAdder calls = new LongAdder();
    final LongAdder failures = new LongAdder();
    final LongAdder slow = new LongAdder();

    Step(long number) {
      this.number = number;
    }
  }

  record Sum(long calls, long failures, long slow) {}

  private final long stepNanos;
  private final AtomicReferenceArray<@Nullable Step> steps = new AtomicReferenceArray<>(STEPS);

  RollingCounts(long windowNanos) {
    this.stepNanos = Math.max(1, windowNanos / STEPS);
  }

  void add(boolean failed, boolean slow, long nowNanos) {
    Step step = step(Math.floorDiv(nowNanos, stepNanos));
    step.calls.increment();
    if (failed) {
      step.failures.increment();
    }
    if (slow) {
      step.slow.increment();
    }
  }

  private Step step(long number) {
    int index = Math.floorMod(number, STEPS);
    while (true) {
      Step known = steps.get(index);
      if (known != null && known.number - number >= 0) {
        // Of this step, or of a later one if this thread was overtaken.
        return known;
      }
      Step fresh = new Step(number);
      if (steps.compareAndSet(index, known, fresh)) {
        return fresh;
      }
    }
  }

  Sum sum(long nowNanos) {
    long newest = Math.floorDiv(nowNanos, stepNanos);
    long calls = 0;
    long failures = 0;
    long slow = 0;
    for (int i = 0; i < STEPS; i++) {
      Step step = steps.get(i);
      if (step != null && newest - step.number < STEPS) {
        calls += step.calls.sum();
        failures += step.failures.sum();
        slow += step.slow.sum();
      }
    }
    return new Sum(calls, failures, slow);
  }
}
