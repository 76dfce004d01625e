package io.endomesh.instrumentation.tomcat;

import io.endomesh.dataplane.Protocol;
import io.endomesh.weaving.WeakIdentityMap;
import io.endomesh.weaving.Weaving;
import org.apache.coyote.http11.AbstractHttp11Protocol;
import org.apache.tomcat.util.net.AbstractEndpoint;
import org.apache.tomcat.util.net.NioEndpoint;
import org.jspecify.annotations.Nullable;

/**
 * The endpoints of this JVM that serve the mesh: NIO, HTTP, and without TLS of their own. The mesh
 * is told of their ports, and their connections are looked at. Thread-safe.
 */
final class ServedPorts {

  private static final WeakIdentityMap<AbstractEndpoint<?, ?>, Port> PORTS =
      new WeakIdentityMap<>();

  private ServedPorts() {}

  private static final class Port {
    /** As it was reported to the mesh; 0 while it is not. */
    volatile int reported;
  }

  /** Before the acceptor runs: it may accept before it is known which port was bound. */
  static void starting(Object protocol, AbstractEndpoint<?, ?> endpoint) {
    if (protocol instanceof AbstractHttp11Protocol<?>
        && endpoint instanceof NioEndpoint
        && !endpoint.isSSLEnabled()) {
      PORTS.putIfAbsent(endpoint, new Port());
    }
  }

  /** A connector that failed to start has no port: {@code getLocalPort} is then negative. */
  static void started(AbstractEndpoint<?, ?> endpoint) {
    Port port = PORTS.get(endpoint);
    int number = endpoint.getLocalPort();
    if (port != null && port.reported == 0 && number > 0) {
      port.reported = number;
      Weaving.mesh().listening(number, Protocol.HTTP);
    }
  }

  /** Also when it is paused, which is how a graceful shutdown begins: new calls go elsewhere. */
  static void stopping(AbstractEndpoint<?, ?> endpoint) {
    Port port = PORTS.get(endpoint);
    if (port != null && port.reported != 0) {
      int number = port.reported;
      port.reported = 0;
      Weaving.mesh().notListening(number);
    }
  }

  static boolean serves(AbstractEndpoint<?, ?> endpoint) {
    return PORTS.get(endpoint) != null;
  }

  /** The port as it was, or will be, reported to the mesh. */
  static int number(AbstractEndpoint<?, ?> endpoint) {
    @Nullable Port port = PORTS.get(endpoint);
    return port == null || port.reported == 0 ? endpoint.getLocalPort() : port.reported;
  }
}
