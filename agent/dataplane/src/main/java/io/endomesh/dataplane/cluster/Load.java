package io.endomesh.dataplane.cluster;

import io.endomesh.dataplane.Outcome;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * What one endpoint is doing for us right now. It belongs to the address, not to a snapshot, so
 * that a configuration change does not forget it. Thread-safe by atomics.
 */
public final class Load {

  /**
   * How long an endpoint that refused a connection is avoided while others exist. Longer than a
   * lease takes to end would hide a restart; 1 s is Linkerd's first failure-accrual back-off.
   */
  static final long AVOID_NANOS = 1_000_000_000;

  private final AtomicInteger inFlight = new AtomicInteger();
  private volatile long avoidUntilNanos;
  private volatile boolean avoided;

  public void begin() {
    inFlight.incrementAndGet();
  }

  public void end() {
    inFlight.decrementAndGet();
  }

  public int inFlight() {
    return inFlight.get();
  }

  public void outcome(Outcome outcome, boolean sent, long nowNanos) {
    if (!sent) {
      avoidUntilNanos = nowNanos + AVOID_NANOS;
      avoided = true;
    } else if (avoided && outcome.error() == null) {
      avoided = false;
    }
  }

  boolean avoidedAt(long nowNanos) {
    return avoided && nowNanos - avoidUntilNanos < 0;
  }
}
