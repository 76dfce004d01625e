package io.endomesh.dataplane.database;

/**
 * How many statements a workload may have in flight at a database (as Envoy's {@code
 * CircuitBreakers.Thresholds.max_requests}, for statements). Immutable.
 *
 * @param max at least 1
 * @param waitNanos for which one more waits until another ends; 0 refuses it at once
 */
public record StatementLimit(int max, long waitNanos) {}
