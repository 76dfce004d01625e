package io.endomesh.dataplane.authorize;

import org.jspecify.annotations.Nullable;

/**
 * What policies that only look on say of a call. Immutable.
 *
 * @param refusedBy policy that would refuse it if it were in force; null if none would
 * @param auditedBy policy whose owner wants to know of such calls; null if there is none
 */
public record Observation(@Nullable String refusedBy, @Nullable String auditedBy) {}
