package io.endomesh.controller.telemetry;

import java.time.Instant;

/**
 * Calls in plaintext from one graph node to a service. Immutable.
 *
 * @param source graph node; {@link GraphNodes#OUTSIDE} if the caller has no agent that reports it
 * @param destination graph node
 * @param protocol {@code http} or {@code grpc}
 * @param total since the agents that live started
 * @param lastAt when the last of them was reported
 */
public record Plaintext(
    String source,
    String destination,
    String protocol,
    long total,
    double perSecond,
    Instant lastAt) {}
