package io.endomesh.instrumentation.jetty;

import io.endomesh.weaving.OfferedPorts;
import org.eclipse.jetty.server.HttpConfiguration;
import org.eclipse.jetty.server.ServerConnector;
import org.eclipse.jetty.server.SslConnectionFactory;

/**
 * The connectors of this JVM that serve the mesh: HTTP, and without TLS of their own. The mesh is
 * told of their ports, and their connections are looked at. Thread-safe.
 */
final class ServedPorts {

  private static final OfferedPorts<ServerConnector> PORTS = new OfferedPorts<>();

  private ServedPorts() {}

  /** Before the acceptors run: they may accept before the connector has started. */
  static void starting(ServerConnector connector) {
    if (speaksHttp(connector)
        && connector.getContainedBeans(SslConnectionFactory.class).isEmpty()) {
      PORTS.add(connector);
    } else {
      PORTS.remove(connector); // It was stopped, and started again as something else.
    }
  }

  private static boolean speaksHttp(ServerConnector connector) {
    return connector.getConnectionFactories().stream()
        .anyMatch(factory -> factory instanceof HttpConfiguration.ConnectionFactory);
  }

  static void started(ServerConnector connector) {
    PORTS.bound(connector, connector.getLocalPort());
  }

  static void closing(ServerConnector connector) {
    PORTS.closing(connector);
  }

  static boolean serves(ServerConnector connector) {
    return PORTS.contains(connector);
  }
}
