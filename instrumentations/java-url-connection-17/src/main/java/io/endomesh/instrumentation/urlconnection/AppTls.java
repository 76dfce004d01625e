package io.endomesh.instrumentation.urlconnection;

import io.endomesh.dataplane.identity.ClientTls;
import java.net.HttpURLConnection;
import javax.net.ssl.HostnameVerifier;
import javax.net.ssl.HttpsURLConnection;
import javax.net.ssl.SSLSocketFactory;
import org.jspecify.annotations.Nullable;

/**
 * TLS as the application wants it for its https URLs. It holds wherever TLS is the application's
 * own: outside the mesh, and for endpoints that speak no TLS of the mesh. Immutable.
 */
record AppTls(SSLSocketFactory sockets, HostnameVerifier names) {

  /**
   * @param mesh of the attempt that the connection is for, null if there is none, or it leaves TLS
   *     to the application
   */
  void applyTo(HttpURLConnection connection, @Nullable ClientTls mesh) {
    if (connection instanceof HttpsURLConnection secured) {
      secured.setSSLSocketFactory(sockets);
      // A peer of the mesh has no host names. Its identity was verified when its TLS began, by
      // ClientTls.begin; what did not begin there is no peer of the mesh, and is refused.
      secured.setHostnameVerifier(
          mesh == null ? names : (host, session) -> ClientTls.began(session));
    }
  }
}
