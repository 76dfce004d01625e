package io.endomesh.controller.translate;

import org.jspecify.annotations.Nullable;

/**
 * What is known of the keys of an issuer. Immutable.
 *
 * @param jwks the newest that were fetched; null if none ever were
 * @param failure why they could not be fetched the last time; null if they were
 */
public record FetchedKeys(@Nullable String jwks, @Nullable String failure) {}
