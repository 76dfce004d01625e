package io.endomesh.dataplane.identity;

import java.security.cert.Certificate;
import java.security.cert.CertificateException;
import java.security.cert.X509Certificate;
import java.util.List;
import javax.net.ssl.SSLPeerUnverifiedException;
import javax.net.ssl.SSLSession;
import org.jspecify.annotations.Nullable;

/** Reads who the peer of a TLS session is; for servers, on each request. */
public final class PeerIdentities {

  private PeerIdentities() {}

  /** URI names of the peer's certificate; empty without a session or a client certificate. */
  public static List<String> of(@Nullable SSLSession session) {
    if (session == null) {
      return List.of();
    }
    try {
      return of(session.getPeerCertificates());
    } catch (SSLPeerUnverifiedException noClientCertificate) {
      return List.of();
    }
  }

  /** URI names of the first certificate, the peer's own. */
  public static List<String> of(Certificate @Nullable [] chain) {
    if (chain == null || chain.length == 0 || !(chain[0] instanceof X509Certificate leaf)) {
      return List.of();
    }
    try {
      return SpiffeTrust.uriNames(leaf);
    } catch (CertificateException unreadable) {
      // A name that cannot be read identifies nobody: authorization fails closed.
      return List.of();
    }
  }
}
