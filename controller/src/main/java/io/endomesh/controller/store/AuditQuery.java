package io.endomesh.controller.store;

import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * Which lines of the audit log are wanted. Immutable.
 *
 * @param deniedOnly whether only what was refused
 * @param since null: from the beginning
 * @param user whose; null: everybody's
 */
public record AuditQuery(
    boolean deniedOnly, @Nullable Instant since, @Nullable String user, int limit) {}
