package io.endomesh.xds.identity;

import io.endomesh.dataplane.identity.Identity;
import java.security.GeneralSecurityException;
import java.security.PrivateKey;
import java.security.Signature;
import java.security.cert.X509Certificate;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;

/**
 * A certificate of this workload with its key and roots, in the form in which it is issued and
 * kept. Immutable.
 *
 * @param chain leaf first, without the roots
 */
public record Credentials(
    List<X509Certificate> chain, PrivateKey key, List<X509Certificate> roots) {

  public Credentials {
    chain = List.copyOf(chain);
    roots = List.copyOf(roots);
  }

  /**
   * From what a certificate service answers: leaf first, root last.
   *
   * @throws GeneralSecurityException if it is not for our key, or does not end in the pinned root
   */
  public static Credentials issued(PrivateKey key, List<String> pems, String rootFingerprint)
      throws GeneralSecurityException {
    List<X509Certificate> all = new ArrayList<>();
    for (String pem : pems) {
      all.addAll(Pem.certificates(pem));
    }
    if (all.size() < 2) {
      throw new GeneralSecurityException(
          "certificates: " + all.size() + " (expected: at least a leaf and a root)");
    }
    X509Certificate root = all.remove(all.size() - 1);
    String fingerprint = Fingerprint.of(root);
    if (!fingerprint.equals(rootFingerprint)) {
      throw new GeneralSecurityException(
          "root certificate: " + fingerprint + " (expected: " + rootFingerprint + ")");
    }
    Credentials credentials = new Credentials(all, key, List.of(root));
    credentials.checkKey();
    return credentials;
  }

  /** Key, chain and roots; the inverse of {@link #toPem}. */
  public static Credentials fromPem(String text) throws GeneralSecurityException {
    List<X509Certificate> chain = new ArrayList<>();
    List<X509Certificate> roots = new ArrayList<>();
    for (X509Certificate certificate : Pem.certificates(text)) {
      (isSelfIssued(certificate) ? roots : chain).add(certificate);
    }
    if (chain.isEmpty() || roots.isEmpty()) {
      throw new GeneralSecurityException("chain or root is missing");
    }
    Credentials credentials = new Credentials(chain, Pem.privateKey(text), roots);
    credentials.checkKey();
    return credentials;
  }

  /** With the private key in clear: for a file that only its owner can read. */
  public String toPem() throws GeneralSecurityException {
    StringBuilder text = new StringBuilder(Pem.encode("PRIVATE KEY", key.getEncoded()));
    for (X509Certificate certificate : chain) {
      text.append(Pem.encode("CERTIFICATE", certificate.getEncoded()));
    }
    for (X509Certificate certificate : roots) {
      text.append(Pem.encode("CERTIFICATE", certificate.getEncoded()));
    }
    return text.toString();
  }

  public Identity identity() throws GeneralSecurityException {
    return new Identity(chain, key, roots);
  }

  public Instant notBefore() {
    return chain.get(0).getNotBefore().toInstant();
  }

  public Instant notAfter() {
    return chain.get(0).getNotAfter().toInstant();
  }

  private void checkKey() throws GeneralSecurityException {
    byte[] probe = {1, 2, 3};
    Signature signature = Signature.getInstance("SHA256withECDSA");
    signature.initSign(key);
    signature.update(probe);
    byte[] signed = signature.sign();
    signature.initVerify(chain.get(0).getPublicKey());
    signature.update(probe);
    if (!signature.verify(signed)) {
      throw new GeneralSecurityException("the certificate is not for our key");
    }
  }

  private static boolean isSelfIssued(X509Certificate certificate) {
    return certificate.getSubjectX500Principal().equals(certificate.getIssuerX500Principal());
  }

  /** Without the key. */
  @Override
  public String toString() {
    return "certificate until " + notAfter();
  }
}
