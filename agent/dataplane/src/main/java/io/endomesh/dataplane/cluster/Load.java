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
  private final Health health = new Health();
  private final Latency latency = new Latency();
  private final long knownSinceNanos;
  private volatile long avoidUntilNanos;
  private volatile boolean avoided;
  private volatile long restUntilNanos;
  private volatile boolean resting;

  /** Of an endpoint that was always there: it needs no warming up. */
  public Load() {
    this(Long.MIN_VALUE);
  }

  /**
   * @param knownSinceNanos when the endpoint appeared, on the mesh's nanoTime clock
   */
  public Load(long knownSinceNanos) {
    this.knownSinceNanos = knownSinceNanos;
  }

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
      return;
    }
    if (outcome.error() == null) {
      if (avoided) {
        avoided = false;
      }
      latency.observe(outcome.durationNanos(), nowNanos);
    }
  }

  /**
   * An attempt was broken off because another answered first. It says nothing of success or
   * failure, but a balancer by latency must learn of endpoints that are never waited for.
   */
  public void tookLongerThan(long nanos, long nowNanos) {
    if (nanos > latency.nanos(nowNanos)) {
      latency.observe(nanos, nowNanos);
    }
  }

  /**
   * The endpoint asked not to be called for a while (Retry-After on 429 or 503, RFC 9110, 10.2.3).
   * Others are preferred until then.
   */
  public void rest(long nanos, long nowNanos) {
    restUntilNanos = nowNanos + nanos;
    resting = true;
  }

  /** True if others are to be preferred: it refused a connection, or asked for a rest. */
  public boolean avoidedAt(long nowNanos) {
    return avoided && nowNanos - avoidUntilNanos < 0 || resting && nowNanos - restUntilNanos < 0;
  }

  public Health health() {
    return health;
  }

  Latency latency() {
    return latency;
  }

  /** How long the endpoint is known, in nanoseconds; {@link Long#MAX_VALUE} for ever. */
  long ageNanos(long nowNanos) {
    return knownSinceNanos == Long.MIN_VALUE ? Long.MAX_VALUE : nowNanos - knownSinceNanos;
  }
}
