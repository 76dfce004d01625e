package io.endomesh.dataplane.identity;

import java.math.BigInteger;
import java.security.PublicKey;
import java.security.cert.X509Certificate;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * Whose word is taken in the mesh: several roots hold while one follows another. Immutable.
 *
 * @param roots that vouch for workloads; never empty
 * @param trailKeys whose signature permits to ask for trails
 * @param revoked serial numbers of certificates that are worth nothing, though they have not ended
 * @param federated roots of other trust domains, by name; each vouches for its own and nobody else
 */
public record TrustBundle(
    List<X509Certificate> roots,
    List<PublicKey> trailKeys,
    Set<BigInteger> revoked,
    Map<String, List<X509Certificate>> federated) {

  public TrustBundle {
    roots = List.copyOf(roots);
    trailKeys = List.copyOf(trailKeys);
    revoked = Set.copyOf(revoked);
    federated = Map.copyOf(federated);
  }

  /** Of a mesh that believes nobody else. */
  public TrustBundle(
      List<X509Certificate> roots, List<PublicKey> trailKeys, Set<BigInteger> revoked) {
    this(roots, trailKeys, revoked, Map.of());
  }

  /**
   * What is known by a certificate that was issued, before there is more: the roots it came with. A
   * controller that sends no more signs tokens for trails by the root's key.
   */
  public static TrustBundle of(List<X509Certificate> roots) {
    return new TrustBundle(
        roots, roots.stream().map(X509Certificate::getPublicKey).toList(), Set.of());
  }
}
