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
 * @param uses how many certificates it is good for in all, or {@link #ANY_NUMBER}
 * @param used how many it was good for already; not counted if any number is allowed
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
    int uses,
    int used,
    @Nullable Instant lastUsedAt) {

  public static final String ANY = "*";

  public static final int ANY_NUMBER = 0;

  public JoinToken {
    labels = Map.copyOf(labels);
  }

  /** What its workloads are believed in, beside the identity they get. */
  public Attestation attestation() {
    return new Attestation(
        service.equals(ANY) ? Attestation.Covers.NAMESPACE : Attestation.Covers.SERVICE, labels);
  }

  public boolean isCounted() {
    return uses != ANY_NUMBER;
  }

  boolean isUsedUp() {
    return isCounted() && used >= uses;
  }

  JoinToken usedAt(Instant now) {
    return with(used, now);
  }

  JoinToken usedTimes(int times) {
    return with(times, lastUsedAt);
  }

  private JoinToken with(int times, @Nullable Instant lastUse) {
    return new JoinToken(
        id, sha256, namespace, service, labels, createdAt, expiresAt, uses, times, lastUse);
  }
}
