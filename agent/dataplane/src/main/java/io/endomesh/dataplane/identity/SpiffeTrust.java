package io.endomesh.dataplane.identity;

import java.security.cert.CertificateException;
import java.security.cert.X509Certificate;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import javax.net.ssl.X509TrustManager;

/**
 * Trusts a peer by chain and SPIFFE id. The chain is checked by PKIX through the two-argument
 * methods: those that take a socket or engine would also compare host names, which mesh
 * certificates do not carry. Immutable.
 */
final class SpiffeTrust extends PeerTrust {

  /** subjectAltName of type uniformResourceIdentifier (RFC 5280, section 4.2.1.6). */
  private static final int URI_NAME = 6;

  private final DomainTrust domains;
  private final TrustBundle bundle;
  private final String id;

  /**
   * True if {@link #id} is the only one that is trusted; else all of its trust domain are, and of
   * those that it is federated with.
   */
  private final boolean exactly;

  private SpiffeTrust(DomainTrust domains, TrustBundle bundle, String id, boolean exactly) {
    this.domains = domains;
    this.bundle = bundle;
    this.id = id;
    this.exactly = exactly;
  }

  /** In one peer. */
  static SpiffeTrust of(DomainTrust domains, TrustBundle bundle, String expected) {
    return new SpiffeTrust(domains, bundle, expected, /* exactly= */ true);
  }

  /**
   * In every peer of a trust domain and of those it is federated with, for a server, which
   * authorizes each request by itself. A root that was brought may vouch for others, too: they are
   * none of this mesh's.
   *
   * @param mine an id of the domain
   */
  static SpiffeTrust ofDomain(DomainTrust domains, TrustBundle bundle, String mine) {
    return new SpiffeTrust(domains, bundle, mine, /* exactly= */ false);
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

  /**
   * Whose roots count follows from the id that the peer says it has; it has proved it only when
   * they vouch for it.
   */
  private X509TrustManager chainTrust(X509Certificate[] chain) throws CertificateException {
    if (exactly) {
      X509TrustManager trust = domains.of(id);
      if (trust == null) {
        throw new CertificateException(
            "the trust domain of " + id + " is not federated (expected: one that is)");
      }
      return trust;
    }
    X509TrustManager trust = chain.length == 0 ? null : domains.of(SpiffeId.of(uriNames(chain[0])));
    // A domain that is not believed is said to be so below, if a root of ours vouches for it.
    return trust == null ? domains.own() : trust;
  }

  private void checkId(X509Certificate[] chain) throws CertificateException {
    Strength.check(chain);
    String peer = spiffeId(chain[0]);
    if (exactly ? !id.equals(peer) : domains.of(peer) == null) {
      throw new CertificateException(
          "peer is " + peer + " (expected: " + (exactly ? id : SpiffeId.domain(id)) + ")");
    }
    if (bundle.revoked().contains(chain[0].getSerialNumber())) {
      throw new CertificateException("the certificate of " + peer + " is revoked");
    }
  }

  @Override
  public void checkServerTrusted(X509Certificate[] chain, String authType)
      throws CertificateException {
    chainTrust(chain).checkServerTrusted(chain, authType);
    checkId(chain);
  }

  @Override
  public void checkClientTrusted(X509Certificate[] chain, String authType)
      throws CertificateException {
    chainTrust(chain).checkClientTrusted(chain, authType);
    checkId(chain);
  }

  @Override
  public X509Certificate[] getAcceptedIssuers() {
    return domains.acceptedIssuers();
  }
}
