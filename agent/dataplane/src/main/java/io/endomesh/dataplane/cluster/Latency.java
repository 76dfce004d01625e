package io.endomesh.dataplane.cluster;

import java.util.concurrent.atomic.AtomicLong;

/**
 * The latency of one endpoint as its peak, which then fades: a slow answer counts at once, and is
 * forgiven over {@value #DECAY_NANOS} ns (peak EWMA, from Finagle's {@code P2CPeakEwma}; Linkerd's
 * default). Thread-safe: two observations at the same instant may lose one.
 */
final class Latency {

  /** Linkerd's {@code DEFAULT_DECAY}. */
  static final double DECAY_NANOS = 10e9;

  /** Of an endpoint that has not answered yet; Linkerd's default RTT. */
  static final double UNKNOWN_NANOS = 30e6;

  private final AtomicLong averageBits = new AtomicLong(Double.doubleToRawLongBits(UNKNOWN_NANOS));
  private volatile long atNanos;

  void observe(long nanos, long nowNanos) {
    double before = Double.longBitsToDouble(averageBits.get());
    double weight = Math.exp(-Math.max(0, nowNanos - atNanos) / DECAY_NANOS);
    double after = nanos >= before ? nanos : before * weight + nanos * (1 - weight);
    averageBits.set(Double.doubleToRawLongBits(after));
    atNanos = nowNanos;
  }

  /** What a call is expected to cost, in nanoseconds. */
  double nanos() {
    return Double.longBitsToDouble(averageBits.get());
  }
}
