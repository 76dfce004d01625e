package io.endomesh.dataplane.cluster;

import java.util.concurrent.atomic.AtomicLong;

/**
 * The latency of one endpoint as its peak, which then fades: a slow answer counts at once, and is
 * forgiven over {@value #DECAY_NANOS} ns, also if nobody asks there in the meantime (peak EWMA,
 * from Finagle's {@code P2CPeakEwma}; Linkerd's default). Thread-safe: two observations at the same
 * instant may lose one.
 */
final class Latency {

  /** Linkerd's {@code DEFAULT_DECAY}. */
  static final double DECAY_NANOS = 10e9;

  /** Of an endpoint that has not answered yet; Linkerd's default RTT. */
  static final double UNKNOWN_NANOS = 30e6;

  private final AtomicLong averageBits = new AtomicLong(Double.doubleToRawLongBits(UNKNOWN_NANOS));
  private volatile long atNanos = NEVER;

  /** No clock reads this. */
  private static final long NEVER = Long.MIN_VALUE;

  void observe(long nanos, long nowNanos) {
    double before = Double.longBitsToDouble(averageBits.get());
    double weight = remains(nowNanos);
    double after = nanos >= before ? nanos : before * weight + nanos * (1 - weight);
    averageBits.set(Double.doubleToRawLongBits(after));
    atNanos = nowNanos;
  }

  /**
   * What a call is expected to cost, in nanoseconds. An endpoint that was slow gets another chance
   * in time: it is not asked as long as this is high, so nothing else would lower it.
   */
  double nanos(long nowNanos) {
    return Double.longBitsToDouble(averageBits.get()) * remains(nowNanos);
  }

  /** The share of the average that time has left of it; time starts at the first look. */
  private double remains(long nowNanos) {
    long since = atNanos;
    if (since == NEVER) {
      atNanos = nowNanos;
      return 1;
    }
    return Math.exp(-Math.max(0, nowNanos - since) / DECAY_NANOS);
  }
}
