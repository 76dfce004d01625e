package io.endomesh.dataplane.identity;

import java.io.IOException;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.security.cert.CertStore;
import java.security.cert.CollectionCertStoreParameters;
import java.security.cert.PKIXBuilderParameters;
import java.security.cert.TrustAnchor;
import java.security.cert.X509CRL;
import java.security.cert.X509CertSelector;
import java.security.cert.X509Certificate;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import javax.net.ssl.CertPathTrustManagerParameters;
import javax.net.ssl.TrustManagerFactory;
import javax.net.ssl.X509TrustManager;
import org.jspecify.annotations.Nullable;

/** Trust in chains that end in given roots, by PKIX (RFC 5280). Stateless. */
public final class Roots {

  private Roots() {}

  /** In those that the JVM trusts, by its own settings ({@code javax.net.ssl.trustStore}). */
  static X509TrustManager ofJvm() throws GeneralSecurityException {
    return trust((KeyStore) null);
  }

  public static X509TrustManager trust(List<X509Certificate> roots)
      throws GeneralSecurityException {
    KeyStore store = emptyStore();
    for (int i = 0; i < roots.size(); i++) {
      store.setCertificateEntry("root-" + i, roots.get(i));
    }
    return trust(store);
  }

  /**
   * The same roots, and lists of what their authorities revoked (RFC 5280, section 6.3): a chain
   * with a certificate that is on one of them is not trusted, nor one with a certificate of whose
   * issuer there is no list that is in force. Nothing is fetched: what a peer's certificate says of
   * where lists are would have it choose what this workload calls.
   */
  static X509TrustManager unlessRevoked(X509TrustManager trust, List<X509CRL> lists)
      throws GeneralSecurityException {
    Set<TrustAnchor> anchors = new HashSet<>();
    for (X509Certificate root : trust.getAcceptedIssuers()) {
      anchors.add(new TrustAnchor(root, null));
    }
    PKIXBuilderParameters parameters =
        new PKIXBuilderParameters(anchors, /* of any peer */ new X509CertSelector());
    parameters.setRevocationEnabled(true);
    parameters.addCertStore(
        CertStore.getInstance("Collection", new CollectionCertStoreParameters(lists)));
    TrustManagerFactory factory = TrustManagerFactory.getInstance("PKIX");
    factory.init(new CertPathTrustManagerParameters(parameters));
    return (X509TrustManager) factory.getTrustManagers()[0];
  }

  /**
   * The root that signed the first of a chain that any of them signed; null if they signed none.
   *
   * @param chain leaf first
   */
  public static @Nullable X509Certificate nearest(
      List<X509Certificate> chain, List<X509Certificate> roots) {
    for (X509Certificate certificate : chain) {
      for (X509Certificate root : roots) {
        if (certificate.getIssuerX500Principal().equals(root.getSubjectX500Principal())
            && isSignedBy(certificate, root)) {
          return root;
        }
      }
    }
    return null;
  }

  private static boolean isSignedBy(X509Certificate certificate, X509Certificate root) {
    try {
      certificate.verify(root.getPublicKey());
      return true;
    } catch (GeneralSecurityException another) {
      // Of the same name, with another key.
      return false;
    }
  }

  private static KeyStore emptyStore() throws GeneralSecurityException {
    try {
      KeyStore store = KeyStore.getInstance("PKCS12");
      store.load(null, null);
      return store;
    } catch (IOException e) {
      throw new GeneralSecurityException("empty key store", e);
    }
  }

  private static X509TrustManager trust(@Nullable KeyStore store) throws GeneralSecurityException {
    TrustManagerFactory factory = TrustManagerFactory.getInstance("PKIX");
    factory.init(store);
    return (X509TrustManager) factory.getTrustManagers()[0];
  }
}
