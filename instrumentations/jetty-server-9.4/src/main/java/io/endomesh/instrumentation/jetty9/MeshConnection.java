package io.endomesh.instrumentation.jetty9;

import io.endomesh.dataplane.identity.Peer;
import java.security.cert.Certificate;
import java.security.cert.X509Certificate;
import java.util.Arrays;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.SSLPeerUnverifiedException;
import org.eclipse.jetty.io.EndPoint;
import org.eclipse.jetty.io.ssl.SslConnection;
import org.eclipse.jetty.server.ServerConnector;
import org.jspecify.annotations.Nullable;

/**
 * A TLS connection of the mesh. Being of this class it says that the peer's certificate was
 * verified against the mesh's roots. What is inside looks like plaintext to Jetty 9, which knows
 * HTTPS by the connector. Thread-safe where it is asked who calls.
 */
final class MeshConnection extends SslConnection {

  private volatile @Nullable Peer peer;

  MeshConnection(ServerConnector connector, EndPoint endPoint, SSLEngine engine) {
    super(
        connector.getByteBufferPool(),
        connector.getExecutor(),
        endPoint,
        engine,
        /* useDirectBuffersForEncryption= */ false,
        /* useDirectBuffersForDecryption= */ false);
  }

  /** Not before the handshake is done. */
  Peer peer() {
    Peer now = Peer.of(getSSLEngine().getSession(), peer);
    peer = now;
    return now;
  }

  /** As a servlet gets it on a connector with TLS. */
  X509Certificate[] peerCertificates() throws SSLPeerUnverifiedException {
    Certificate[] chain = getSSLEngine().getSession().getPeerCertificates();
    return Arrays.copyOf(chain, chain.length, X509Certificate[].class);
  }
}
