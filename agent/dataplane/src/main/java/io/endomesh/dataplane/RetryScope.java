package io.endomesh.dataplane;

import org.jspecify.annotations.Nullable;

/**
 * Keeps retries to one layer. A served call knows whether it is a retry already, and whether
 * retries made on its behalf were used up: then whoever is above must not begin anew, or three
 * layers of three attempts would be 27. Thread-safe: calls on behalf of one served call run on any
 * thread.
 */
public final class RetryScope {

  /**
   * Which attempt a request is, from 1 (Envoy {@code VirtualHost.include_request_attempt_count}).
   * Sent from the second on, and by calls that are made on behalf of such a one.
   */
  static final String ATTEMPT_HEADER = "x-envoy-attempt-count";

  /**
   * Of an answer that must not be asked for again: Envoy sets it when a limit refused a call, and
   * its router does not retry what carries it.
   */
  public static final String OVERLOADED_HEADER = "x-envoy-overloaded";

  /** Of calls that nobody asked for. */
  static final RetryScope NONE = new RetryScope(1);

  private final int attempt;
  private volatile boolean spent;

  private RetryScope(int attempt) {
    this.attempt = attempt;
  }

  /** Of a call that arrived with this value of {@link #ATTEMPT_HEADER}. */
  static RetryScope of(@Nullable String attempt) {
    int number = 1;
    if (attempt != null) {
      try {
        number = Math.max(1, Integer.parseInt(attempt));
      } catch (NumberFormatException notEnvoys) {
        // Whoever sent it did not mean this.
      }
    }
    return new RetryScope(number);
  }

  /** Which attempt the served call is. */
  int attempt() {
    return attempt;
  }

  /** True if what is done here is done again already. */
  boolean isRetry() {
    return attempt > 1;
  }

  /** Retries on behalf of the served call were used up, and did not help. */
  void spend() {
    if (this != NONE && !spent) {
      spent = true;
    }
  }

  /** True if the call must not be made again, should it fail. */
  public boolean isSpent() {
    return spent;
  }
}
