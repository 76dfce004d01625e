package io.endomesh.dataplane.cluster;

/**
 * When a call is sent once more, to another endpoint, because the first has not answered yet (gRFC
 * A6 {@code hedgingPolicy}; Dean and Barroso, The Tail at Scale, "hedged requests"). Immutable.
 *
 * @param name resource it came from, {@code ResiliencePolicy/shop/orders}
 * @param afterNanos without an answer to the newest attempt, after which the next goes out (A6
 *     {@code hedgingDelay})
 * @param maxAttempts of a call that hedging makes, the first included (A6 {@code maxAttempts})
 */
public record Hedging(String name, long afterNanos, int maxAttempts) {

  /** One more: the second is what shortens the tail, each further one only adds load. */
  public static final int DEFAULT_MAX_ATTEMPTS = 2;

  /** gRFC A6: clients make no more, whatever is asked for. */
  public static final int MOST_ATTEMPTS = 5;
}
