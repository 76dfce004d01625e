package io.endomesh.dataplane.cluster;

/**
 * Gives a new endpoint a growing share of the calls, so that it can warm up (Envoy {@code
 * SlowStartConfig}). Immutable.
 *
 * @param windowNanos until it gets its full share
 * @param aggression 1 grows evenly, more grows faster at first; Envoy's default is 1
 * @param minPercent of its share that it gets from the start; Envoy's default is 10
 */
public record SlowStart(long windowNanos, double aggression, int minPercent) {

  /** The share of its weight that an endpoint gets, more than 0 and at most 1. */
  double factor(Endpoint endpoint, long nowNanos) {
    long age = endpoint.load().ageNanos(nowNanos);
    if (age >= windowNanos) {
      return 1;
    }
    double time = Math.max(1, age) / (double) windowNanos;
    double share = aggression == 1 ? time : Math.pow(time, 1 / aggression);
    return Math.max(minPercent / 100.0, share);
  }
}
