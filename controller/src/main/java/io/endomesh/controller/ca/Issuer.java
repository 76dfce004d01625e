package io.endomesh.controller.ca;

import java.security.GeneralSecurityException;
import java.security.PrivateKey;
import java.security.cert.X509Certificate;
import java.util.List;
import org.bouncycastle.operator.ContentSigner;
import org.bouncycastle.operator.OperatorCreationException;
import org.jspecify.annotations.Nullable;

/**
 * Who signs the certificates of workloads and of the controller. Immutable.
 *
 * @param chain the certificate of the key first, the root last; the same if the root itself signs
 * @param token that has the key, which is but a handle then; null if the key is here
 */
record Issuer(PrivateKey key, List<X509Certificate> chain, @Nullable Token token) {

  Issuer {
    chain = List.copyOf(chain);
  }

  Issuer(PrivateKey key, List<X509Certificate> chain) {
    this(key, chain, null);
  }

  /** What needs a signature. */
  interface Act<T> {
    T by(ContentSigner signer) throws GeneralSecurityException, OperatorCreationException;
  }

  /**
   * @throws NotIssued if a token has the key, and does not sign
   */
  <T> T signing(Act<T> act) throws GeneralSecurityException, OperatorCreationException {
    return token == null
        ? act.by(Signing.signer(key))
        : token.signing(key, certificate().getPublicKey(), act);
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
