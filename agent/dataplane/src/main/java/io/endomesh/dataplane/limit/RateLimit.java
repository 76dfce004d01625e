package io.endomesh.dataplane.limit;

import io.endomesh.dataplane.authorize.Condition;

/**
 * One limit of a policy (Envoy {@code LocalRateLimitDescriptor} with the {@code RateLimit} that
 * leads to it). Immutable; the state is in {@link Buckets}.
 *
 * @param policy {@code RateLimitPolicy/shop/orders}
 * @param name of the limit in its policy
 * @param match the calls it counts
 * @param maxKeys how many keys have a bucket of their own at a time; 0 if there is no key
 */
public record RateLimit(
    String policy, String name, Condition match, LimitKey key, Rate rate, int maxKeys) {

  public RateLimit {
    // A call is not to slip out of a limit by sending a header twice.
    match = match.ofSeveral(/* suspicious= */ true);
  }

  /** What must stay the same for buckets to live on in the next configuration. */
  public record State(String policy, String name, LimitKey key, Rate rate, int maxKeys) {}

  public State state() {
    return new State(policy, name, key, rate, maxKeys);
  }

  public Buckets newBuckets(long now) {
    return new Buckets(rate, maxKeys, now);
  }
}
