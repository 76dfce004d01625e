package io.endomesh.controller.telemetry;

import io.opentelemetry.proto.metrics.v1.ExponentialHistogramDataPoint;
import java.util.List;
import java.util.Optional;

/**
 * One point of a base-2 exponential histogram: how many calls of which duration, since {@code
 * startNanos} if cumulative. Bucket {@code i} of {@code buckets} counts durations in {@code
 * (base^(offset+i), base^(offset+i+1)]} with {@code base = 2^(2^-scale)}. Immutable.
 *
 * @param sumSeconds of all durations
 */
record HistogramPoint(
    long startNanos,
    long timeNanos,
    long count,
    long zeroCount,
    int scale,
    int offset,
    long[] buckets,
    double sumSeconds) {

  /** OTLP allows any scale; the data model (Metrics SDK, base-2 histogram) uses -10 to 20. */
  private static final int MIN_SCALE = -10;

  private static final int MAX_SCALE = 20;

  /** Twice the default of SDKs, which is what agents use: a series is kept, and there are many. */
  private static final int MAX_BUCKETS = 320;

  /** Of calls whose sum is not told: of what the middles of their buckets add up to. */
  HistogramPoint(
      long startNanos,
      long timeNanos,
      long count,
      long zeroCount,
      int scale,
      int offset,
      long[] buckets) {
    this(
        startNanos,
        timeNanos,
        count,
        zeroCount,
        scale,
        offset,
        buckets,
        sum(scale, offset, buckets));
  }

  private static double sum(int scale, int offset, long[] buckets) {
    double sum = 0;
    for (int i = 0; i < buckets.length; i++) {
      sum += Math.max(0, buckets[i]) * middle(scale, offset + i);
    }
    // Buckets may be beyond what a double can hold.
    return Double.isFinite(sum) ? sum : 0;
  }

  /**
   * Durations are never negative, so the negative buckets of OTLP stay unread.
   *
   * @return empty if the point is none that an SDK makes
   */
  static Optional<HistogramPoint> of(ExponentialHistogramDataPoint point) {
    if (point.getCount() < 0
        || point.getZeroCount() < 0
        || point.getScale() < MIN_SCALE
        || point.getScale() > MAX_SCALE
        || point.getPositive().getBucketCountsCount() > MAX_BUCKETS
        || Math.abs((long) point.getPositive().getOffset()) > Integer.MAX_VALUE / 2) {
      return Optional.empty();
    }
    List<Long> counts = point.getPositive().getBucketCountsList();
    long[] buckets = new long[counts.size()];
    for (int i = 0; i < buckets.length; i++) {
      buckets[i] = counts.get(i);
    }
    int offset = point.getPositive().getOffset();
    boolean told = point.hasSum() && point.getSum() >= 0 && Double.isFinite(point.getSum());
    return Optional.of(
        new HistogramPoint(
            point.getStartTimeUnixNano(),
            point.getTimeUnixNano(),
            point.getCount(),
            point.getZeroCount(),
            point.getScale(),
            offset,
            buckets,
            told ? point.getSum() : sum(point.getScale(), offset, buckets)));
  }

  /** What came since {@code earlier}, a point of the same series. */
  HistogramPoint since(HistogramPoint earlier) {
    int common = Math.min(scale, earlier.scale);
    HistogramPoint now = atScale(common);
    HistogramPoint before = earlier.atScale(common);
    long[] difference = now.buckets.clone();
    for (int i = 0; i < before.buckets.length; i++) {
      int position = before.offset + i - now.offset;
      if (position >= 0 && position < difference.length) {
        difference[position] = Math.max(0, difference[position] - before.buckets[i]);
      }
    }
    return new HistogramPoint(
        earlier.timeNanos,
        timeNanos,
        count - earlier.count,
        Math.max(0, zeroCount - earlier.zeroCount),
        common,
        now.offset,
        difference,
        Math.max(0, sumSeconds - earlier.sumSeconds));
  }

  /** The same calls in fewer, wider buckets: each step down merges two neighbours. */
  HistogramPoint atScale(int lower) {
    int shift = scale - lower;
    if (shift <= 0 || buckets.length == 0) {
      return shift <= 0
          ? this
          : new HistogramPoint(
              startNanos, timeNanos, count, zeroCount, lower, 0, buckets, sumSeconds);
    }
    int first = offset >> shift;
    int last = (offset + buckets.length - 1) >> shift;
    long[] merged = new long[last - first + 1];
    for (int i = 0; i < buckets.length; i++) {
      merged[((offset + i) >> shift) - first] += buckets[i];
    }
    return new HistogramPoint(
        startNanos, timeNanos, count, zeroCount, lower, first, merged, sumSeconds);
  }

  /** The duration that stands for all in bucket {@code i}: its middle on the logarithmic scale. */
  double middle(int i) {
    return middle(scale, offset + i);
  }

  private static double middle(int scale, int index) {
    return Math.pow(2, Math.scalb(index + 0.5, -scale));
  }
}
