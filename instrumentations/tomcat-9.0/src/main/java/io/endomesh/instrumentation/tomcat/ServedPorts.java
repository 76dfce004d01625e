package io.endomesh.instrumentation.tomcat;

import io.endomesh.weaving.OfferedPorts;
import io.endomesh.weaving.WeakIdentityMap;
import org.apache.coyote.http11.AbstractHttp11Protocol;
import org.apache.tomcat.util.net.AbstractEndpoint;
import org.apache.tomcat.util.net.NioEndpoint;

/**
 * The endpoints of this JVM that serve the mesh: NIO, HTTP, and without TLS of their own. The mesh
 * is told of their ports, and their connections are looked at. Thread-safe.
 */
final class ServedPorts {

  /** As Tomcat knows it by, of a connector that is not "SSL enabled" (RFC 7540, 3.2). */
  static final String HTTP_2_WITHOUT_TLS = "h2c";

  private static final OfferedPorts<AbstractEndpoint<?, ?>> PORTS = OfferedPorts.ofContainer();

  /** Of the endpoints that have HTTP/2: without TLS, as these are. */
  private static final WeakIdentityMap<AbstractEndpoint<?, ?>, Boolean> HTTP_2 =
      new WeakIdentityMap<>();

  private ServedPorts() {}

  /** Before the acceptor runs: it may accept before it is known which port was bound. */
  static void starting(Object protocol, AbstractEndpoint<?, ?> endpoint) {
    if (protocol instanceof AbstractHttp11Protocol<?> http
        && endpoint instanceof NioEndpoint
        && !endpoint.isSSLEnabled()) {
      PORTS.add(endpoint);
      if (http.getUpgradeProtocol(HTTP_2_WITHOUT_TLS) != null) {
        HTTP_2.put(endpoint, Boolean.TRUE);
      }
    }
  }

  /** A connector that failed to start has no port: {@code getLocalPort} is then negative. */
  static void started(AbstractEndpoint<?, ?> endpoint) {
    PORTS.bound(endpoint, endpoint.getLocalPort());
  }

  /** Also when it is paused, which is how a graceful shutdown begins: new calls go elsewhere. */
  static void stopping(AbstractEndpoint<?, ?> endpoint) {
    PORTS.closing(endpoint);
  }

  static boolean serves(AbstractEndpoint<?, ?> endpoint) {
    return PORTS.contains(endpoint);
  }

  static boolean speaksHttp2(AbstractEndpoint<?, ?> endpoint) {
    return HTTP_2.get(endpoint) != null;
  }

  /** The port as it was, or will be, reported to the mesh. */
  static int number(AbstractEndpoint<?, ?> endpoint) {
    int offered = PORTS.port(endpoint);
    return offered == 0 ? endpoint.getLocalPort() : offered;
  }
}
