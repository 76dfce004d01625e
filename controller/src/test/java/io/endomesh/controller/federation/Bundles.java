package io.endomesh.controller.federation;

import io.endomesh.dataplane.identity.TestAuthority;
import java.security.cert.CertificateEncodingException;
import java.security.cert.X509Certificate;
import java.util.Arrays;
import java.util.Base64;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** SPIFFE bundles as partners write them. Stateless. */
public final class Bundles {

  private Bundles() {}

  /** One key of the bundle. */
  public static String key(X509Certificate root) {
    try {
      return "{\"use\":\"x509-svid\",\"kty\":\"EC\",\"x5c\":[\""
          + Base64.getEncoder().encodeToString(root.getEncoded())
          + "\"]}";
    } catch (CertificateEncodingException e) {
      throw new IllegalStateException(e);
    }
  }

  /**
   * @param sequence null for none
   */
  public static String of(@Nullable Long sequence, TestAuthority... authorities) {
    return "{\"keys\":["
        + Arrays.stream(authorities).map(one -> key(one.root())).collect(Collectors.joining(","))
        + "]"
        + (sequence == null ? "" : ",\"spiffe_sequence\":" + sequence)
        + ",\"spiffe_refresh_hint\":1}";
  }
}
