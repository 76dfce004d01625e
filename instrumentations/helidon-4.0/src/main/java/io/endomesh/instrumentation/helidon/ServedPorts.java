package io.endomesh.instrumentation.helidon;

import io.endomesh.weaving.OfferedPorts;

/** The listeners of this JVM that serve the mesh: those without TLS of their own. Thread-safe. */
final class ServedPorts {

  private static final OfferedPorts<Object> PORTS = new OfferedPorts<>();

  private ServedPorts() {}

  static void starting(Object listener, boolean hasTls) {
    if (hasTls) {
      PORTS.remove(listener);
    } else {
      PORTS.add(listener);
    }
  }

  /**
   * @param port negative if it is not one, but a file
   */
  static void started(Object listener, int port) {
    PORTS.bound(listener, port);
  }

  static void stopping(Object listener) {
    PORTS.closing(listener);
  }
}
