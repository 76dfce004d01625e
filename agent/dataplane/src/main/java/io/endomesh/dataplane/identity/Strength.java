package io.endomesh.dataplane.identity;

import java.security.PublicKey;
import java.security.cert.CertificateException;
import java.security.cert.X509Certificate;
import java.security.interfaces.ECPublicKey;
import java.security.interfaces.RSAPublicKey;
import java.util.Locale;

/**
 * Refuses certificates that can be forged. The JDK refuses SHA-1 and short keys below authorities
 * of its own only, and leaves those of others to whoever runs them. Stateless.
 */
public final class Strength {

  /** NIST SP 800-131A. */
  private static final int MIN_RSA_BITS = 2048;

  private static final int MIN_EC_BITS = 224;

  private Strength() {}

  /**
   * @param chain that was verified; a root is trusted for itself, whoever signed it
   * @throws CertificateException if one of them is weak
   */
  public static void check(X509Certificate[] chain) throws CertificateException {
    for (X509Certificate certificate : chain) {
      if (!certificate.getSubjectX500Principal().equals(certificate.getIssuerX500Principal())) {
        check(certificate);
      }
    }
  }

  private static void check(X509Certificate certificate) throws CertificateException {
    String signature = certificate.getSigAlgName().toUpperCase(Locale.ROOT);
    if (signature.startsWith("SHA1") || signature.startsWith("MD")) {
      throw new CertificateException(
          "certificate: signed with " + signature + " (expected: SHA-256 or better)");
    }
    checkKey(certificate);
  }

  /**
   * Of a root, too: who signed it says nothing, but its key may be guessed.
   *
   * @throws CertificateException if it is too short
   */
  public static void checkKey(X509Certificate certificate) throws CertificateException {
    PublicKey key = certificate.getPublicKey();
    if (key instanceof RSAPublicKey rsa && rsa.getModulus().bitLength() < MIN_RSA_BITS) {
      throw weak(rsa.getModulus().bitLength(), "RSA", MIN_RSA_BITS);
    }
    if (key instanceof ECPublicKey ec && ec.getParams().getOrder().bitLength() < MIN_EC_BITS) {
      throw weak(ec.getParams().getOrder().bitLength(), "EC", MIN_EC_BITS);
    }
  }

  private static CertificateException weak(int bits, String kind, int min) {
    return new CertificateException(
        "certificate: " + kind + " key of " + bits + " bits (expected: " + min + " or more)");
  }
}
