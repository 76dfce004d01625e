package io.endomesh.instrumentation.httpserver;

import io.endomesh.weaving.WeakIdentityMap;
import io.endomesh.weaving.Weaving;
import java.nio.channels.SocketChannel;

/** Connections of which nobody knows yet what they are. Thread-safe. */
final class Arrivals {

  /** An entry is gone when that is known, or when the server closes the connection. */
  private static final WeakIdentityMap<Object, Arrival> WAITING = new WeakIdentityMap<>();

  private Arrivals() {}

  static void accepted(Object connection, SocketChannel channel) {
    int port = channel.socket().getLocalPort();
    if (Weaving.mesh().serverTls(port).detects()) {
      WAITING.put(connection, new Arrival(channel, port));
    }
  }

  /**
   * There are bytes of a connection, or it has ended.
   *
   * @param https if the server does TLS of its own
   * @return true if the server is not to begin a request
   */
  static boolean mustWait(Object connection, boolean https) {
    Arrival arrival = WAITING.get(connection);
    if (arrival == null) {
      return false;
    }
    boolean waits = !https && arrival.needsMore();
    if (!waits) {
      WAITING.remove(connection);
    }
    return waits;
  }

  static boolean isWaiting(Object connection) {
    return WAITING.get(connection) != null;
  }

  static void closing(Object connection) {
    WAITING.remove(connection);
  }
}
