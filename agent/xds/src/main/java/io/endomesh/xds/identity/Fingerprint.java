package io.endomesh.xds.identity;

import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.security.cert.X509Certificate;
import java.util.HexFormat;

/** SHA-256 of a certificate, as join strings carry it: {@code sha256:<hex>}. Stateless. */
final class Fingerprint {

  private Fingerprint() {}

  static String of(X509Certificate certificate) throws GeneralSecurityException {
    byte[] digest = MessageDigest.getInstance("SHA-256").digest(certificate.getEncoded());
    return "sha256:" + HexFormat.of().formatHex(digest);
  }
}
