package io.endomesh.xds.identity;

import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.security.cert.X509Certificate;
import java.util.HexFormat;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** SHA-256 of a certificate, as join strings carry it: {@code sha256:<hex>}. Stateless. */
public final class Fingerprint {

  private Fingerprint() {}

  public static String of(X509Certificate certificate) throws GeneralSecurityException {
    byte[] digest = MessageDigest.getInstance("SHA-256").digest(certificate.getEncoded());
    return "sha256:" + HexFormat.of().formatHex(digest);
  }

  /** Null if none of them has it. */
  static @Nullable X509Certificate find(String fingerprint, List<X509Certificate> certificates)
      throws GeneralSecurityException {
    for (X509Certificate certificate : certificates) {
      if (of(certificate).equals(fingerprint)) {
        return certificate;
      }
    }
    return null;
  }
}
