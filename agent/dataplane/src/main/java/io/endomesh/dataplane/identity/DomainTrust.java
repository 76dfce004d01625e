package io.endomesh.dataplane.identity;

import java.security.GeneralSecurityException;
import java.security.cert.X509Certificate;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import javax.net.ssl.X509TrustManager;
import org.jspecify.annotations.Nullable;

/**
 * Whose chains are believed, for each trust domain by its own roots and no others (SPIFFE
 * Federation, section 6): those of a partner never vouch for an id of this mesh, nor for one of
 * another partner. Immutable.
 */
final class DomainTrust {

  /** An id of our own domain. */
  private final String mine;

  private final X509TrustManager own;

  /** By {@code spiffe://trust-domain}. */
  private final Map<String, X509TrustManager> federated = new HashMap<>();

  private final X509Certificate[] accepted;

  /**
   * @param mine an id of our own domain, for which the bundle's own roots alone are asked, whatever
   *     else it holds
   */
  DomainTrust(TrustBundle bundle, String mine) throws GeneralSecurityException {
    this.mine = mine;
    this.own = Roots.trust(bundle.roots());
    List<X509Certificate> all = new ArrayList<>(List.of(own.getAcceptedIssuers()));
    for (Map.Entry<String, List<X509Certificate>> domain : bundle.federated().entrySet()) {
      if (!domain.getValue().isEmpty()) {
        X509TrustManager trust = Roots.trust(domain.getValue());
        federated.put(SpiffeId.ofDomain(domain.getKey()), trust);
        all.addAll(List.of(trust.getAcceptedIssuers()));
      }
    }
    accepted = all.toArray(X509Certificate[]::new);
  }

  /**
   * By whom the chain of this peer is to be checked.
   *
   * @param id that the peer says it has
   * @return null if its trust domain is none that is believed
   */
  @Nullable X509TrustManager of(@Nullable String id) {
    return id == null || SpiffeId.sameDomain(mine, id) ? own : federated.get(SpiffeId.domain(id));
  }

  /** By whom those are checked of whom nothing is known yet. */
  X509TrustManager own() {
    return own;
  }

  /** Of all domains, for the list that a server shows its clients. */
  X509Certificate[] acceptedIssuers() {
    return accepted.clone();
  }
}
