package io.endomesh.instrumentation.httpserver;

import io.endomesh.weaving.OfferedPorts;
import java.nio.channels.ServerSocketChannel;

/** The servers of this JVM that serve the mesh: those without TLS of their own. Thread-safe. */
final class ServedPorts {

  private static final OfferedPorts<Object> PORTS = new OfferedPorts<>();

  private ServedPorts() {}

  static void started(Object server, ServerSocketChannel channel) {
    PORTS.add(server);
    PORTS.bound(server, channel.socket().getLocalPort());
  }

  static void stopping(Object server) {
    PORTS.closing(server);
  }
}
