package io.endomesh.dataplane.identity;

import java.security.cert.CertificateException;
import java.security.cert.X509Certificate;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import javax.net.ssl.X509TrustManager;
import org.jspecify.annotations.Nullable;

/**
 * Trusts a peer by chain and SPIFFE id. The chain is checked by PKIX through the two-argument
 * methods: those that take a socket or engine would also compare host names, which mesh
 * certificates do not carry. Immutable.
 */
final class SpiffeTrust extends PeerTrust {

  /** subjectAltName of type uniformResourceIdentifier (RFC 5280, section 4.2.1.6). */
  private static final int URI_NAME = 6;

  private final X509TrustManager chainTrust;
  private final @Nullable String expected;

  /**
   * @param expected null accepts every id of the trusted roots: a server, which authorizes each
   *     request by itself
   */
  SpiffeTrust(X509TrustManager chainTrust, @Nullable String expected) {
    this.chainTrust = chainTrust;
    this.expected = expected;
  }

  /** The one SPIFFE id of a certificate. */
  static String spiffeId(X509Certificate certificate) throws CertificateException {
    String id = SpiffeId.of(uriNames(certificate));
    if (id == null) {
      throw new CertificateException(
          "URI names: " + uriNames(certificate) + " (expected: exactly one SPIFFE id)");
    }
    return id;
  }

  static List<String> uriNames(X509Certificate certificate) throws CertificateException {
    Collection<List<?>> names = certificate.getSubjectAlternativeNames();
    List<String> uris = new ArrayList<>(1);
    if (names != null) {
      for (List<?> name : names) {
        if (name.get(0).equals(URI_NAME)) {
          uris.add((String) name.get(1));
        }
      }
    }
    return uris;
  }

  private void checkId(X509Certificate[] chain) throws CertificateException {
    String id = spiffeId(chain[0]);
    if (expected != null && !expected.equals(id)) {
      throw new CertificateException("peer is " + id + " (expected: " + expected + ")");
    }
  }

  @Override
  public void checkServerTrusted(X509Certificate[] chain, String authType)
      throws CertificateException {
    chainTrust.checkServerTrusted(chain, authType);
    checkId(chain);
  }

  @Override
  public void checkClientTrusted(X509Certificate[] chain, String authType)
      throws CertificateException {
    chainTrust.checkClientTrusted(chain, authType);
    checkId(chain);
  }

  @Override
  public X509Certificate[] getAcceptedIssuers() {
    return chainTrust.getAcceptedIssuers();
  }
}
