package io.endomesh.controller.registry;

import io.endomesh.dataplane.Protocol;

/**
 * One port of a workload. Immutable.
 *
 * @param number that the server bound
 * @param advertised that others connect to
 */
public record WorkloadPort(int number, Protocol protocol, int advertised) {}
