package io.endomesh.dataplane.cluster;

/**
 * What a {@link RetryConstraint} has to know of the past of a cluster. Thread-safe by atomics; a
 * race may let a few retries more pass, as all limits here.
 */
final class RetryHistory {

  private final RetryConstraint constraint;
  private final SlidingCount calls;
  private final SlidingCount retries;
  private final SlidingCount recentRetries;

  RetryHistory(RetryConstraint constraint) {
    this.constraint = constraint;
    this.calls = new SlidingCount(constraint.intervalNanos());
    this.retries = new SlidingCount(constraint.intervalNanos());
    this.recentRetries = new SlidingCount(constraint.minIntervalNanos());
  }

  RetryConstraint constraint() {
    return constraint;
  }

  /** A call began its first attempt. */
  void called(long nowNanos) {
    calls.add(nowNanos);
  }

  /** True if another retry may be made, which then counts as made. */
  boolean permits(long nowNanos) {
    if (recentRetries.count(nowNanos) >= constraint.minCount()
        && retries.count(nowNanos) >= calls.count(nowNanos) * constraint.percent() / 100) {
      return false;
    }
    retries.add(nowNanos);
    recentRetries.add(nowNanos);
    return true;
  }
}
