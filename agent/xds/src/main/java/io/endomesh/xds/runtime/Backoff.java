package io.endomesh.xds.runtime;

import java.util.random.RandomGenerator;

/**
 * How long to wait before the next try: uniform between nothing and a ceiling that doubles (full
 * jitter), so that a thousand agents that lost the same server do not come back at the same moment.
 * Not thread-safe.
 */
public final class Backoff {

  /** gRPC starts at 1 s and grows to 120; a mesh wants its policy changes back within seconds. */
  static final long BASE_NANOS = 500_000_000;

  static final long MAX_NANOS = 5_000_000_000L;

  /**
   * The first try after a connection that worked is spread over this. It must leave time to
   * register again before the lease (3 s) of a controller that restarted ends.
   */
  static final long START_JITTER_NANOS = 1_000_000_000;

  private final RandomGenerator random;
  private int failures;

  public Backoff(RandomGenerator random) {
    this.random = random;
  }

  /** The server answered: the next loss is the first again. */
  public void reset() {
    failures = 0;
  }

  public long nextNanos() {
    long ceiling =
        failures == 0
            ? START_JITTER_NANOS
            : Math.min(MAX_NANOS, BASE_NANOS << Math.min(failures, MAX_DOUBLINGS));
    failures++;
    return random.nextLong(ceiling);
  }

  /** Keeps the shift from overflowing; by then the maximum rules anyway. */
  private static final int MAX_DOUBLINGS = 10;
}
