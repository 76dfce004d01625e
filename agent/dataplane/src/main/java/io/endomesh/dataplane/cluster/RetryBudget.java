package io.endomesh.dataplane.cluster;

import java.util.concurrent.atomic.AtomicInteger;

/**
 * Caps retries at a share of the calls in flight, so that a failing service is not buried under
 * them (Envoy {@code RetryBudget}). Thread-safe by atomics; outlives snapshots.
 */
public final class RetryBudget {

  /** Envoy {@code budget_percent}, default 20. */
  static final int PERCENT = 20;

  /** Envoy {@code min_retry_concurrency}, default 3: lets a quiet client retry at all. */
  static final int MIN_CONCURRENT = 3;

  private final AtomicInteger active = new AtomicInteger();
  private final AtomicInteger retries = new AtomicInteger();

  public void begin(boolean retry) {
    active.incrementAndGet();
    if (retry) {
      retries.incrementAndGet();
    }
  }

  public void end(boolean retry) {
    active.decrementAndGet();
    if (retry) {
      retries.decrementAndGet();
    }
  }

  public boolean permitsRetry() {
    return retries.get() < Math.max(MIN_CONCURRENT, active.get() * PERCENT / 100);
  }
}
