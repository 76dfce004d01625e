package io.endomesh.dataplane.explain;

/**
 * One of several that a stage had to choose from. Immutable.
 *
 * @param name of a route, a cluster, an endpoint, a policy
 * @param taken false if it was passed over
 * @param why one phrase; what is taken may say with which share
 */
public record Candidate(String name, boolean taken, String why) {}
