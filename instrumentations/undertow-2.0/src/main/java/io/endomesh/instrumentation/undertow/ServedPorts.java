package io.endomesh.instrumentation.undertow;

import io.endomesh.weaving.OfferedPorts;
import io.undertow.Undertow.ListenerInfo;
import java.net.InetSocketAddress;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;

/**
 * The listeners of this JVM that are offered to the mesh: HTTP, and without TLS of their own.
 * Thread-safe.
 */
final class ServedPorts {

  /** As Undertow itself names it. */
  private static final String HTTP = "http";

  private static final OfferedPorts<ListenerInfo> PORTS = new OfferedPorts<>();

  /** Of servers between start and stop, which live as long as their threads. */
  private static final List<ListenerInfo> RUNNING = new CopyOnWriteArrayList<>();

  private ServedPorts() {}

  static void started(List<ListenerInfo> listeners) {
    for (ListenerInfo listener : listeners) {
      if (HTTP.equals(listener.getProtcol())) {
        RUNNING.add(listener);
        PORTS.add(listener);
        offer(listener);
      }
    }
  }

  private static void offer(ListenerInfo listener) {
    if (listener.getAddress() instanceof InetSocketAddress address) {
      PORTS.bound(listener, address.getPort());
    }
  }

  static void stopping(List<ListenerInfo> listeners) {
    listeners.forEach(PORTS::closing);
    RUNNING.removeAll(listeners);
  }

  /**
   * New calls are to go elsewhere. Which server a handler belongs to it does not know itself; that
   * an application ends gracefully holds for all of them.
   */
  static void shuttingDown() {
    RUNNING.forEach(PORTS::closing);
  }

  /** It was not the end after all. */
  static void resumed() {
    RUNNING.forEach(ServedPorts::offer);
  }
}
