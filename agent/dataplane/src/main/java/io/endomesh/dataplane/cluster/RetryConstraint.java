package io.endomesh.dataplane.cluster;

/**
 * How many of the calls of a time may be retried (Gateway API {@code RetryConstraint}, GEP-3388).
 * Immutable.
 *
 * @param percent of the first attempts within {@code intervalNanos}
 * @param minCount retries that are permitted within {@code minIntervalNanos} whatever the share
 */
public record RetryConstraint(
    int percent, long intervalNanos, int minCount, long minIntervalNanos) {}
