package io.endomesh.controller.telemetry;

import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * One call that a policy refused, or said something else of. Immutable.
 *
 * @param callerId SPIFFE id the caller proved, null if it proved none
 * @param source graph node
 * @param destination graph node
 * @param operation method and path
 */
public record Refusal(
    Effect effect,
    Instant at,
    String policy,
    @Nullable String callerId,
    String source,
    String destination,
    String instance,
    String protocol,
    String operation,
    @Nullable String status,
    String traceId) {

  /** What became of the call. */
  public enum Effect {
    REFUSED,
    /** It was let in; the policy is in a dry run. */
    WOULD_REFUSE,
    /** It was let in or not; the owner of the policy wants to know of it. */
    AUDITED
  }
}
