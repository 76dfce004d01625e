package io.endomesh.dataplane.route;

import io.endomesh.dataplane.Outcome;
import io.endomesh.dataplane.Request;
import java.util.Set;
import java.util.concurrent.ThreadLocalRandom;

/**
 * When a failed attempt is followed by another (Envoy {@code RetryPolicy}, Gateway API GEP-1731).
 * Immutable.
 *
 * @param retries attempts after the first
 * @param statuses HTTP statuses that are retried
 * @param grpcStatuses gRPC status code numbers that are retried
 * @param onReset true if a request that was sent and got no response at all is retried: the
 *     connection broke, or the time of the attempt passed (Envoy {@code reset}, part of {@code
 *     5xx})
 * @param baseDelayNanos of the exponential back-off
 * @param maxDelayNanos of the exponential back-off
 */
public record RetryPolicy(
    int retries,
    Set<Integer> statuses,
    Set<Integer> grpcStatuses,
    boolean onReset,
    long baseDelayNanos,
    long maxDelayNanos) {

  /** Envoy's back-off: base 25 ms, at most ten times that (gRFC A44 uses the same). */
  public static final long DEFAULT_BASE_DELAY_NANOS = 25_000_000;

  public static final long DEFAULT_MAX_DELAY_NANOS = 250_000_000;

  /**
   * Without a policy: only attempts that never wrote a byte are repeated, twice as Istio does. It
   * is safe for every method, because no server has seen the request.
   */
  public static final RetryPolicy SAFE =
      new RetryPolicy(
          2, Set.of(), Set.of(), false, DEFAULT_BASE_DELAY_NANOS, DEFAULT_MAX_DELAY_NANOS);

  /** Not even those. */
  public static final RetryPolicy NONE = new RetryPolicy(0, Set.of(), Set.of(), false, 0, 0);

  public RetryPolicy {
    statuses = Set.copyOf(statuses);
    grpcStatuses = Set.copyOf(grpcStatuses);
  }

  /**
   * True if this outcome is to be retried.
   *
   * @param sent false only if no byte of the request left
   * @param attempt number of the attempt that ended, from 1
   */
  public boolean applies(Request request, Outcome outcome, boolean sent, int attempt) {
    if (attempt > retries) {
      return false;
    }
    if (!sent) {
      return true;
    }
    if (!request.replayable()) {
      return false;
    }
    if (outcome.status() == 0 && onReset) {
      return true;
    }
    return outcome.grpcStatus() == Outcome.NOT_GRPC
        ? statuses.contains(outcome.status())
        : grpcStatuses.contains(outcome.grpcStatus());
  }

  /**
   * Full-jitter exponential back-off as Envoy's: uniform in [0, min(max, base * 2^(attempt-1))).
   * The first retry of an attempt that never left may well be at once, on another endpoint.
   */
  public long delayNanos(int attempt) {
    long ceiling = Math.min(maxDelayNanos, baseDelayNanos << Math.min(attempt - 1, MAX_DOUBLINGS));
    return ceiling <= 0 ? 0 : ThreadLocalRandom.current().nextLong(ceiling);
  }

  /** Keeps the shift from overflowing; by then the maximum rules anyway. */
  private static final int MAX_DOUBLINGS = 20;
}
