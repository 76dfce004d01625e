package io.endomesh.controller.ca;

/**
 * Whose word workloads are to take, as PEM. Immutable.
 *
 * @param roots all that hold, one after the other
 * @param trailKey that signs tokens for trails
 * @param revoked list of revoked certificates; empty if none is
 */
public record Bundle(String roots, String trailKey, String revoked) {}
