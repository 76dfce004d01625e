package io.endomesh.dataplane.cluster;

import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.LongAdder;

/**
 * What outlier detection remembers of one endpoint, from its calls alone. Thread-safe; {@link
 * OutlierDetection} decides.
 */
public final class Health {

  final AtomicInteger consecutive5xx = new AtomicInteger();
  final AtomicInteger consecutiveGatewayErrors = new AtomicInteger();
  final AtomicInteger consecutiveLocalErrors = new AtomicInteger();

  /** Of the interval under way. */
  final LongAdder calls = new LongAdder();

  final LongAdder successes = new LongAdder();

  /**
   * How often it was ejected, less the intervals it behaved since; makes ejections longer. Guarded
   * by the lock of the {@link ClusterLoad}.
   */
  int ejections;

  private volatile boolean ejected;
  private volatile long ejectedAtNanos;
  private volatile String why = "";

  /** True if no call is to go there. */
  public boolean ejected() {
    return ejected;
  }

  /** One sentence on why it is ejected; empty if it is not. */
  public String why() {
    return why;
  }

  long ejectedAtNanos() {
    return ejectedAtNanos;
  }

  void eject(long nowNanos, String why) {
    ejections++;
    ejectedAtNanos = nowNanos;
    this.why = why;
    ejected = true;
  }

  void readmit() {
    ejected = false;
    why = "";
    consecutive5xx.set(0);
    consecutiveGatewayErrors.set(0);
    consecutiveLocalErrors.set(0);
  }
}
