package io.endomesh.dataplane.identity;

import java.io.IOException;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.security.cert.X509Certificate;
import java.util.List;
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
