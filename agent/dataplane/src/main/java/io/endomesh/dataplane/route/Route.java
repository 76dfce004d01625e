package io.endomesh.dataplane.route;

/**
 * One route: what it matches, where it leads, and the rules on the way (Envoy {@code Route}).
 * Immutable.
 *
 * @param name resource and rule it came from, {@code HTTPRoute/default/orders rule 0}
 * @param timeoutNanos for the whole call with all its attempts; 0 is none
 * @param attemptTimeoutNanos for each attempt; 0 is none
 */
public record Route(
    String name,
    RouteMatch match,
    WeightedClusters clusters,
    long timeoutNanos,
    long attemptTimeoutNanos,
    RetryPolicy retry) {}
