package io.endomesh.controller.telemetry;

import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * One call that a policy refused. Immutable.
 *
 * @param callerId SPIFFE id the caller proved, null if it proved none
 * @param source graph node
 * @param destination graph node
 * @param operation method and path
 */
public record Refusal(
    Instant at,
    String policy,
    @Nullable String callerId,
    String source,
    String destination,
    String instance,
    String protocol,
    String operation,
    @Nullable String status,
    String traceId) {}
