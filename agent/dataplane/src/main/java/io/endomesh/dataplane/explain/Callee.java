package io.endomesh.dataplane.explain;

import io.endomesh.dataplane.Inbound;

/**
 * The server at an endpoint, as far as it decides on calls. Immutable.
 *
 * @param name of the workload, {@code orders-1}
 * @param state of the workload, in a phrase; empty if there is nothing to say
 * @param port that its server bound
 * @param rules of that port
 */
public record Callee(String name, String state, int port, Inbound.Port rules) {}
