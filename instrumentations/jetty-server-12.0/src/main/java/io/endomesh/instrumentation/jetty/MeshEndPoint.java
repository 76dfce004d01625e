package io.endomesh.instrumentation.jetty;

import io.endomesh.dataplane.identity.Peer;
import java.lang.reflect.Method;
import java.security.cert.Certificate;
import java.security.cert.X509Certificate;
import java.util.Arrays;
import javax.net.ssl.SSLPeerUnverifiedException;
import javax.net.ssl.SSLSession;
import org.eclipse.jetty.io.EndPoint;
import org.eclipse.jetty.io.ssl.SslConnection;
import org.eclipse.jetty.server.ProxyConnectionFactory;
import org.eclipse.jetty.server.Request;
import org.eclipse.jetty.server.SecureRequestCustomizer;
import org.jspecify.annotations.Nullable;

/**
 * What is inside a TLS connection of the mesh, as Jetty and the application see it: plaintext, so
 * that scheme and all that follows from it are as without the mesh. Being of this class it says
 * that the peer's certificate was verified against the mesh's roots. Of Jetty's end points the one
 * for the PROXY protocol is the one that passes on everything in each version. Thread-safe.
 */
final class MeshEndPoint extends ProxyConnectionFactory.ProxyEndPoint {

  /**
   * Where Jetty looks for the peer's certificate if a servlet asks: {@code
   * EndPoint.SslSessionData.ATTRIBUTE}, since 12.0.5.
   */
  private static final String SESSION_ATTRIBUTE = "org.eclipse.jetty.io.Endpoint.SslSessionData";

  /** Of {@code EndPoint}, since 12.0.5; null before. */
  private static final @Nullable Method SESSION_DATA = sessionData();

  private final SslConnection tls;
  private volatile @Nullable Peer peer;

  MeshEndPoint(SslConnection tls) {
    super(
        tls.getSslEndPoint(),
        tls.getSslEndPoint().getLocalSocketAddress(),
        tls.getSslEndPoint().getRemoteSocketAddress());
    this.tls = tls;
  }

  /** Null if a connection is none of the mesh. */
  static @Nullable MeshEndPoint of(EndPoint endPoint) {
    EndPoint next = endPoint;
    while (next instanceof EndPoint.Wrapper wrapper) {
      if (next instanceof MeshEndPoint mesh) {
        return mesh;
      }
      next = wrapper.unwrap();
    }
    return null;
  }

  private static @Nullable Method sessionData() {
    try {
      return EndPoint.class.getMethod("getSslSessionData");
    } catch (NoSuchMethodException before) {
      return null;
    }
  }

  /** Not before the handshake is done. */
  Peer peer() {
    Peer now = Peer.of(session(), peer);
    peer = now;
    return now;
  }

  /** The application may ask who calls, as on a connector with TLS. */
  void showPeer(Request request) throws ReflectiveOperationException, SSLPeerUnverifiedException {
    if (SESSION_DATA != null) {
      request.setAttribute(SESSION_ATTRIBUTE, SESSION_DATA.invoke(tls.getSslEndPoint()));
      return;
    }
    Certificate[] chain = session().getPeerCertificates();
    request.setAttribute(
        SecureRequestCustomizer.PEER_CERTIFICATES_ATTRIBUTE,
        Arrays.copyOf(chain, chain.length, X509Certificate[].class));
  }

  private SSLSession session() {
    return tls.getSSLEngine().getSession();
  }
}
