package io.endomesh.dataplane;

import io.endomesh.dataplane.database.StatementClasses;
import org.jspecify.annotations.Nullable;

/**
 * What one SQL statement does, without the values it does it to: safe to show, and the same for all
 * executions of a prepared statement. Immutable.
 *
 * @param operation first keyword in upper case: {@code SELECT}; {@code OTHER} if it is none we know
 * @param collection table it works on, null if there is none or more than one
 * @param summary of few different values, {@code SELECT orders}
 * @param text with every literal replaced by {@code ?}, null to leave it out
 * @param classes what a caller must be permitted for it
 */
public record SqlStatement(
    String operation,
    @Nullable String collection,
    String summary,
    @Nullable String text,
    StatementClasses classes) {}
