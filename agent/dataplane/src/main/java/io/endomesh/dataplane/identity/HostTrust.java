package io.endomesh.dataplane.identity;

import java.security.cert.CertificateException;
import java.security.cert.X509Certificate;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import javax.net.ssl.X509TrustManager;

/**
 * Trusts a server outside the mesh by chain and name. The name is that of the policy, not that of
 * the connection, which goes to an IP address; so it is compared here, and not by JSSE. Immutable.
 */
final class HostTrust extends PeerTrust {

  private final X509TrustManager chainTrust;
  private final List<PeerName> names;

  /**
   * @param names of which a server must prove one; never empty
   */
  HostTrust(X509TrustManager chainTrust, List<PeerName> names) {
    if (names.isEmpty()) {
      throw new IllegalArgumentException("names: none (expected: at least one)");
    }
    this.chainTrust = chainTrust;
    this.names = List.copyOf(names);
  }

  private void checkName(X509Certificate leaf) throws CertificateException {
    Collection<List<?>> proved = leaf.getSubjectAlternativeNames();
    List<Object> values = new ArrayList<>();
    for (List<?> name : proved == null ? List.<List<?>>of() : proved) {
      if (name.get(0) instanceof Integer type && name.get(1) instanceof String value) {
        for (PeerName expected : names) {
          if (expected.isProvedBy(type, value)) {
            return;
          }
        }
        values.add(value);
      }
    }
    throw new CertificateException(
        "server proves "
            + values
            + " (expected: "
            + names.stream().map(PeerName::value).toList()
            + ")");
  }

  @Override
  public void checkServerTrusted(X509Certificate[] chain, String authType)
      throws CertificateException {
    chainTrust.checkServerTrusted(chain, authType);
    checkName(chain[0]);
  }

  @Override
  public void checkClientTrusted(X509Certificate[] chain, String authType)
      throws CertificateException {
    throw new CertificateException("no server (expected: only connections to servers)");
  }

  @Override
  public X509Certificate[] getAcceptedIssuers() {
    return chainTrust.getAcceptedIssuers();
  }
}
