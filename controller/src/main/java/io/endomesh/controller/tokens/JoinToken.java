package io.endomesh.controller.tokens;

import io.endomesh.controller.ca.Attestation;
import java.time.Instant;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What the controller remembers of a join token: all but the token. Immutable.
 *
 * @param id public name, for lists and for revoking
 * @param sha256 digest of the token, hexadecimal
 * @param namespace namespace of the workloads it lets in, or {@link #ANY}
 * @param service service of the workloads it lets in, or {@link #ANY}
 * @param labels that its workloads get, whatever they say
 * @param lastUsedAt null if never since the controller started
 */
public record JoinToken(
    String id,
    String sha256,
    String namespace,
    String service,
    Map<String, String> labels,
    Instant createdAt,
    Instant expiresAt,
    @Nullable Instant lastUsedAt) {

  public static final String ANY = "*";

  public JoinToken {
    labels = Map.copyOf(labels);
  }

  /** What its workloads are believed in, beside the identity they get. */
  public Attestation attestation() {
    return new Attestation(
        service.equals(ANY) ? Attestation.Covers.NAMESPACE : Attestation.Covers.SERVICE, labels);
  }

  JoinToken usedAt(Instant now) {
    return new JoinToken(id, sha256, namespace, service, labels, createdAt, expiresAt, now);
  }
}
