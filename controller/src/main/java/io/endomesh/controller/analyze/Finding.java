package io.endomesh.controller.analyze;

import io.endomesh.controller.store.ResourceKey;

/**
 * One thing that is wrong. Immutable.
 *
 * @param field of the resource, {@code spec.http[1]}; empty for all of it
 * @param message one sentence that names what is there and what was expected
 */
public record Finding(Code code, ResourceKey resource, String field, String message) {}
