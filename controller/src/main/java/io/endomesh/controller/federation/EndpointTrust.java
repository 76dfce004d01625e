package io.endomesh.controller.federation;

import io.endomesh.dataplane.identity.PeerIdentities;
import io.endomesh.dataplane.identity.PeerTrust;
import io.endomesh.dataplane.identity.Roots;
import io.endomesh.dataplane.identity.SpiffeId;
import io.endomesh.dataplane.identity.Strength;
import java.security.GeneralSecurityException;
import java.security.cert.CertificateException;
import java.security.cert.X509Certificate;
import java.util.List;
import javax.net.ssl.X509TrustManager;

/**
 * Trusts the one endpoint that proves a SPIFFE id by the roots that are known of its trust domain
 * (SPIFFE Federation, section 5.2.2). Its host name says nothing. Immutable.
 */
final class EndpointTrust extends PeerTrust {

  private final X509TrustManager chainTrust;
  private final String id;

  EndpointTrust(List<X509Certificate> roots, String id) throws GeneralSecurityException {
    this.chainTrust = Roots.trust(roots);
    this.id = id;
  }

  @Override
  public void checkServerTrusted(X509Certificate[] chain, String authType)
      throws CertificateException {
    chainTrust.checkServerTrusted(chain, authType);
    Strength.check(chain);
    if (!id.equals(SpiffeId.of(PeerIdentities.of(chain)))) {
      throw new CertificateException(
          "the endpoint is " + PeerIdentities.of(chain) + " (expected: " + id + ")");
    }
  }

  @Override
  public void checkClientTrusted(X509Certificate[] chain, String authType)
      throws CertificateException {
    throw new CertificateException("a client (expected: a server)");
  }

  @Override
  public X509Certificate[] getAcceptedIssuers() {
    return chainTrust.getAcceptedIssuers();
  }
}
