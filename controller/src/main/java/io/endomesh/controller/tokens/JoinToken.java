package io.endomesh.controller.tokens;

import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * What the controller remembers of a join token: all but the token. Immutable.
 *
 * @param id public name, for lists and for revoking
 * @param sha256 digest of the token, hexadecimal
 * @param namespace namespace of the workloads it lets in, or {@link #ANY}
 * @param service service of the workloads it lets in, or {@link #ANY}
 * @param lastUsedAt null if never since the controller started
 */
public record JoinToken(
    String id,
    String sha256,
    String namespace,
    String service,
    Instant createdAt,
    Instant expiresAt,
    @Nullable Instant lastUsedAt) {

  public static final String ANY = "*";

  JoinToken usedAt(Instant now) {
    return new JoinToken(id, sha256, namespace, service, createdAt, expiresAt, now);
  }
}
