package io.endomesh.xds.identity;

import io.endomesh.dataplane.identity.Identity;
import io.endomesh.dataplane.identity.Roots;
import io.endomesh.dataplane.identity.TrustBundle;
import java.security.GeneralSecurityException;
import java.security.PrivateKey;
import java.security.Signature;
import java.security.cert.X509Certificate;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

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
   * From what a certificate service answers: the leaf, its issuers, and roots that vouch for each
   * other while one follows another.
   *
   * @param known roots that the mesh told us of before
   * @throws GeneralSecurityException if it is not for our key, or leads neither to the pinned root
   *     nor to a known one
   */
  public static Credentials issued(
      PrivateKey key, List<String> pems, String rootFingerprint, List<X509Certificate> known)
      throws GeneralSecurityException {
    List<X509Certificate> all = new ArrayList<>();
    for (String pem : pems) {
      all.addAll(Pem.certificates(pem));
    }
    if (all.size() < 2) {
      throw new GeneralSecurityException(
          "certificates: " + all.size() + " (expected: at least a leaf and a root)");
    }
    List<X509Certificate> chain = new ArrayList<>();
    List<X509Certificate> roots = new ArrayList<>();
    split(all, chain, roots);
    List<X509Certificate> anchors = new ArrayList<>(known);
    X509Certificate pinned = Fingerprint.find(rootFingerprint, all);
    if (pinned != null) {
      anchors.add(pinned);
    }
    if (chain.isEmpty() || Roots.nearest(chain, anchors) == null) {
      throw new GeneralSecurityException(
          "root certificate: "
              + Fingerprint.of(all.get(all.size() - 1))
              + " (expected: "
              + rootFingerprint
              + ")");
    }
    Credentials credentials = new Credentials(chain, key, roots.isEmpty() ? anchors : roots);
    credentials.checkKey();
    return credentials;
  }

  private static void split(
      List<X509Certificate> all, List<X509Certificate> chain, List<X509Certificate> roots) {
    for (X509Certificate certificate : all) {
      (isSelfIssued(certificate) ? roots : chain).add(certificate);
    }
  }

  /** Key, chain and roots; the inverse of {@link #toPem}. */
  public static Credentials fromPem(String text) throws GeneralSecurityException {
    List<X509Certificate> chain = new ArrayList<>();
    List<X509Certificate> roots = new ArrayList<>();
    split(Pem.certificates(text), chain, roots);
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
    return identity(null);
  }

  /**
   * @param bundle null if there is none but the roots that came with the certificate
   */
  public Identity identity(@Nullable TrustBundle bundle) throws GeneralSecurityException {
    return bundle != null && isVouchedForBy(bundle.roots())
        ? new Identity(chain, key, bundle)
        : new Identity(chain, key, roots);
  }

  /** False if others that trust these would not believe us. */
  public boolean isVouchedForBy(List<X509Certificate> trusted) {
    return Roots.nearest(chain, trusted) != null;
  }

  public Instant notBefore() {
    return chain.get(0).getNotBefore().toInstant();
  }

  public Instant notAfter() {
    return chain.get(0).getNotAfter().toInstant();
  }

  private void checkKey() throws GeneralSecurityException {
    byte[] probe = {1, 2, 3};
    Signature signature = KeyKind.of(key).signature();
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
