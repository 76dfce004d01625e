package io.endomesh.instrumentation.jetty9;

import io.endomesh.dataplane.Protocol;
import io.endomesh.weaving.WeakIdentityMap;
import io.endomesh.weaving.Weaving;
import java.util.concurrent.atomic.AtomicInteger;
import org.eclipse.jetty.server.HttpConfiguration;
import org.eclipse.jetty.server.ServerConnector;
import org.eclipse.jetty.server.SslConnectionFactory;
import org.jspecify.annotations.Nullable;

/**
 * The connectors of this JVM that serve the mesh: HTTP, and without TLS of their own. The mesh is
 * told of their ports, and their connections are looked at. Thread-safe.
 */
final class ServedPorts {

  /** The port as it was reported to the mesh; 0 while it is not. */
  private static final WeakIdentityMap<ServerConnector, AtomicInteger> REPORTED =
      new WeakIdentityMap<>();

  private ServedPorts() {}

  /** Before the acceptors run: they may accept before the connector has started. */
  static void starting(ServerConnector connector) {
    if (speaksHttp(connector)
        && connector.getContainedBeans(SslConnectionFactory.class).isEmpty()) {
      REPORTED.putIfAbsent(connector, new AtomicInteger());
    } else {
      REPORTED.remove(connector); // It was stopped, and started again as something else.
    }
  }

  private static boolean speaksHttp(ServerConnector connector) {
    return connector.getConnectionFactories().stream()
        .anyMatch(factory -> factory instanceof HttpConfiguration.ConnectionFactory);
  }

  static void started(ServerConnector connector) {
    @Nullable AtomicInteger reported = REPORTED.get(connector);
    int port = connector.getLocalPort();
    if (reported != null && port > 0 && reported.compareAndSet(0, port)) {
      Weaving.mesh().listening(port, Protocol.HTTP);
    }
  }

  static void closing(ServerConnector connector) {
    @Nullable AtomicInteger reported = REPORTED.get(connector);
    int port = reported == null ? 0 : reported.getAndSet(0);
    if (port != 0) {
      Weaving.mesh().notListening(port);
    }
  }

  static boolean serves(ServerConnector connector) {
    return REPORTED.get(connector) != null;
  }
}
