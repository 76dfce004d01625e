package io.endomesh.dataplane.identity;

import java.net.Socket;
import java.security.cert.CertificateException;
import java.security.cert.X509Certificate;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.X509ExtendedTrustManager;

/**
 * Trusts a peer by what its certificates say, whatever its host name: subclasses check the chain,
 * and sockets and engines add nothing. Being an {@code X509ExtendedTrustManager} it is not wrapped
 * by JSSE with a host name check either. Nothing is trusted here: every way in leads to the
 * subclass's own two methods, which check the chain and then the SPIFFE id ({@link SpiffeTrust}),
 * the names of the policy ({@link HostTrust}) or the controller's root.
 */
public abstract class PeerTrust extends X509ExtendedTrustManager {

  @Override
  public final void checkServerTrusted(X509Certificate[] chain, String authType, Socket socket)
      throws CertificateException {
    checkServerTrusted(chain, authType);
  }

  @Override
  public final void checkServerTrusted(X509Certificate[] chain, String authType, SSLEngine engine)
      throws CertificateException {
    checkServerTrusted(chain, authType);
  }

  @Override
  public final void checkClientTrusted(X509Certificate[] chain, String authType, Socket socket)
      throws CertificateException {
    checkClientTrusted(chain, authType);
  }

  @Override
  public final void checkClientTrusted(X509Certificate[] chain, String authType, SSLEngine engine)
      throws CertificateException {
    checkClientTrusted(chain, authType);
  }
}
