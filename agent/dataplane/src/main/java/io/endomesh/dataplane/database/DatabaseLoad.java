package io.endomesh.dataplane.database;

import io.endomesh.dataplane.cluster.Breaker;
import io.endomesh.dataplane.cluster.BreakerState;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * What a workload has in flight at one database, and what its breaker knows. It belongs to the
 * database's name and outlives snapshots. Thread-safe; no lock is taken, save by a statement that
 * waits for another to end.
 */
public final class DatabaseLoad {

  private final Slots slots = new Slots();
  private volatile @Nullable BreakerState breaker;

  /**
   * Takes one of the slots that the limit has; whoever got it gives it back by {@link #leave}.
   *
   * @return false if none became free in time
   * @throws InterruptedException if the caller is interrupted while it waits
   */
  public boolean enter(StatementLimit limit) throws InterruptedException {
    slots.resize(limit.max());
    return slots.tryAcquire()
        || limit.waitNanos() > 0 && slots.tryAcquire(limit.waitNanos(), TimeUnit.NANOSECONDS);
  }

  public void leave() {
    slots.release();
  }

  /** What is known stays as long as the policy does. */
  public BreakerState breaker(Breaker policy) {
    BreakerState known = breaker;
    if (known != null && known.policy().equals(policy)) {
      return known;
    }
    synchronized (this) {
      known = breaker;
      if (known == null || !known.policy().equals(policy)) {
        known = new BreakerState(policy);
        breaker = known;
      }
      return known;
    }
  }

  /** As many as the newest limit has, in the order of asking. Those in use stay in use. */
  private static final class Slots extends Semaphore {

    private static final long serialVersionUID = 1;

    private volatile int max;

    Slots() {
      super(0, /* fair= */ true);
    }

    void resize(int to) {
      if (max == to) {
        return;
      }
      synchronized (this) {
        if (to > max) {
          release(to - max);
        } else {
          reducePermits(max - to);
        }
        max = to;
      }
    }
  }
}
