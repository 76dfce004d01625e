package io.endomesh.controller.store;

import java.time.Instant;

/**
 * One applied resource. Immutable.
 *
 * @param revision of the store when it was last changed: its {@code resourceVersion}
 * @param body JSON as applied, without status and resourceVersion
 */
public record StoredResource(
    ResourceKey key, long revision, String body, Instant createdAt, Instant updatedAt) {}
