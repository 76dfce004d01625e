package io.endomesh.controller.ca;

import java.security.PrivateKey;
import java.security.cert.X509Certificate;
import java.util.List;

/**
 * Who signs the certificates of workloads and of the controller. Immutable.
 *
 * @param chain the certificate of the key first, the root last; the same if the root itself signs
 */
record Issuer(PrivateKey key, List<X509Certificate> chain) {

  Issuer {
    chain = List.copyOf(chain);
  }

  X509Certificate certificate() {
    return chain.get(0);
  }

  X509Certificate root() {
    return chain.get(chain.size() - 1);
  }

  /** Without the key. */
  @Override
  public String toString() {
    return certificate().getSubjectX500Principal().getName();
  }
}
