package io.endomesh.dataplane.cluster;

import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;

/**
 * What a cluster has in flight, how many of its endpoints are ejected, and what its breaker knows.
 * It belongs to the cluster's name and outlives snapshots. Thread-safe by atomics.
 */
public final class ClusterLoad {

  private final AtomicInteger active = new AtomicInteger();
  private final AtomicInteger retries = new AtomicInteger();
  private final AtomicInteger copies = new AtomicInteger();
  private final AtomicInteger waiting = new AtomicInteger();
  private final AtomicInteger ejected = new AtomicInteger();

  private volatile @Nullable BreakerState breaker;

  /** When outlier detection last looked at all endpoints; set by whoever looks next. */
  final AtomicLong sweptAtNanos = new AtomicLong(Long.MIN_VALUE);

  /** Guarded by this: seldom read, by clusters as they are made. */
  private @Nullable RetryHistory history;

  /** Goes on for as long as the constraint is the same; null if there is none. */
  synchronized @Nullable RetryHistory history(@Nullable RetryConstraint constraint) {
    if (history == null || !history.constraint().equals(constraint)) {
      history = constraint == null ? null : new RetryHistory(constraint);
    }
    return history;
  }

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

  /** A copy for a mirror: in flight like a call, and counted by itself as well. */
  public void beginCopy() {
    begin(/* retry= */ false);
    copies.incrementAndGet();
  }

  public void endCopy() {
    copies.decrementAndGet();
    end(/* retry= */ false);
  }

  /** A call will be retried as soon as its back-off has passed. */
  public void await() {
    waiting.incrementAndGet();
  }

  /** It is retried now, or never. */
  public void awaited() {
    waiting.decrementAndGet();
  }

  /** Copies in flight. */
  public int copies() {
    return copies.get();
  }

  /** Attempts in flight, retries and copies included. */
  public int active() {
    return active.get();
  }

  /** Retries in flight. */
  public int retries() {
    return retries.get();
  }

  /** Calls waiting to be retried. */
  public int waiting() {
    return waiting.get();
  }

  /** Null if nothing breaks. */
  public @Nullable BreakerState breaker() {
    return breaker;
  }

  /** What is known stays as long as the policy does. */
  void breaker(@Nullable Breaker policy) {
    BreakerState known = breaker;
    if (policy == null) {
      breaker = null;
    } else if (known == null || !known.policy().equals(policy)) {
      breaker = new BreakerState(policy);
    }
  }

  int ejected() {
    return ejected.get();
  }

  void ejected(int count) {
    ejected.set(count);
  }
}
