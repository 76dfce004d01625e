package io.endomesh.controller.telemetry;

/**
 * What all callers together saw of one cluster. Immutable.
 *
 * @param cluster as routes name it: {@code outbound|8080|v2|orders.shop}
 * @param watchedRequests calls that happened while this controller ran; they only grow
 * @param watchedErrors those of them that failed
 */
public record ClusterStats(String cluster, long watchedRequests, long watchedErrors, Stats stats) {}
