package io.endomesh.dataplane.cluster;

import io.endomesh.dataplane.Outcome;
import org.jspecify.annotations.Nullable;

/**
 * When calls to a cluster are no longer made because too many fail, and how it is tried again
 * (Nygard, Release It!, "Circuit Breaker"). No standard resource has the words: Istio's and Envoy's
 * circuit breakers are limits, and outlier detection looks at endpoints one by one. Defaults are
 * those of Hystrix, which made the pattern common. Immutable.
 *
 * @param name resource it came from, {@code ResiliencePolicy/shop/orders}
 * @param windowNanos in which attempts count
 * @param minimumCalls in the window, below which nothing is concluded
 * @param failurePercent of the window's attempts from which on it opens
 * @param slowNanos attempts that take at least so long are slow; 0 if none is
 * @param slowPercent of the window's attempts from which on it opens
 * @param openNanos until it is tried again
 * @param halfOpenCalls with which it is tried
 */
public record Breaker(
    String name,
    long windowNanos,
    int minimumCalls,
    int failurePercent,
    long slowNanos,
    int slowPercent,
    long openNanos,
    int halfOpenCalls) {

  /** Hystrix {@code metrics.rollingStats.timeInMilliseconds}. */
  public static final long DEFAULT_WINDOW_NANOS = 10_000_000_000L;

  /** Hystrix {@code circuitBreaker.requestVolumeThreshold}. */
  public static final int DEFAULT_MINIMUM_CALLS = 20;

  /** Hystrix {@code circuitBreaker.errorThresholdPercentage}. */
  public static final int DEFAULT_FAILURE_PERCENT = 50;

  /** Hystrix {@code circuitBreaker.sleepWindowInMilliseconds}. */
  public static final long DEFAULT_OPEN_NANOS = 5_000_000_000L;

  /** Hystrix lets a single one through. */
  public static final int DEFAULT_HALF_OPEN_CALLS = 1;

  /** Resilience4j {@code slowCallRateThreshold}: only if all are slow. */
  public static final int DEFAULT_SLOW_PERCENT = 100;

  /**
   * The leave to make one attempt. Whoever got it says how the attempt ended, once. Thread-safe.
   */
  public interface Permit {

    /** Where nothing is counted. */
    Permit FREE =
        new Permit() {
          @Override
          public void outcome(Outcome outcome, long nowNanos) {}

          @Override
          public void unused() {}
        };

    void outcome(Outcome outcome, long nowNanos);

    /** The attempt was not made, or was given up: it tells nothing. */
    void unused();
  }

  /**
   * Of gRPC's codes those that say that the server failed, and not that it was asked for what it
   * will not do (OpenTelemetry semantic conventions for gRPC servers; Envoy maps the same to 5xx).
   */
  public static boolean failed(Outcome outcome) {
    if (outcome.error() != null) {
      return true;
    }
    return switch (outcome.grpcStatus()) {
      case Outcome.NOT_GRPC -> outcome.status() == 0 || outcome.status() >= 500;
      case 2, 4, 12, 13, 14, 15 -> true;
      default -> false;
    };
  }

  boolean slow(Outcome outcome) {
    return slowNanos > 0 && outcome.durationNanos() >= slowNanos;
  }

  /**
   * Why the attempts seen so far are too bad, in a few words; null if they are not.
   *
   * @param of attempts of which the shares are taken
   */
  @Nullable String tooMany(long failures, long slow, long of) {
    if (failures * 100 >= (long) failurePercent * of) {
      return failures + " of " + of + " failed";
    }
    if (slowNanos > 0 && slow * 100 >= (long) slowPercent * of) {
      return slow + " of " + of + " took at least " + slowNanos / 1_000_000 + " ms";
    }
    return null;
  }
}
