package io.endomesh.dataplane.authorize;

import org.jspecify.annotations.Nullable;

/**
 * What policies say of a call that they did not decide. Immutable.
 *
 * @param refusedBy policy that would refuse it if it were in force; null if none would
 * @param auditedBy policy whose owner wants to know of such calls; null if there is none
 * @param unansweredBy policy that let it through because whom it asks did not answer; null if none
 *     did
 */
public record Observation(
    @Nullable String refusedBy, @Nullable String auditedBy, @Nullable String unansweredBy) {

  public Observation(@Nullable String refusedBy, @Nullable String auditedBy) {
    this(refusedBy, auditedBy, null);
  }

  public static @Nullable Observation with(
      @Nullable Observation observed, @Nullable String unansweredBy) {
    if (unansweredBy == null) {
      return observed;
    }
    return observed == null
        ? new Observation(null, null, unansweredBy)
        : new Observation(observed.refusedBy, observed.auditedBy, unansweredBy);
  }
}
