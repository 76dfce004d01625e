package io.endomesh.xds.translate;

import java.math.BigInteger;
import java.security.PublicKey;
import java.security.cert.X509Certificate;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** What a Secret is to us: part of whose word is taken in the mesh. Immutable. */
public sealed interface SecretResource {

  /**
   * @param certificates never empty
   * @param revoked serial numbers
   * @param federated roots of other trust domains, by name
   */
  record Roots(
      List<X509Certificate> certificates,
      Set<BigInteger> revoked,
      Map<String, List<X509Certificate>> federated)
      implements SecretResource {
    public Roots {
      certificates = List.copyOf(certificates);
      revoked = Set.copyOf(revoked);
      federated = Map.copyOf(federated);
    }
  }

  /** By which tokens for trails are signed. */
  record TrailKeys(List<PublicKey> keys) implements SecretResource {
    public TrailKeys {
      keys = List.copyOf(keys);
    }
  }
}
