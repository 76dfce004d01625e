package io.endomesh.instrumentation.undertow;

import io.endomesh.weaving.WeakIdentityMap;
import io.undertow.protocols.http2.Http2Channel;
import java.io.IOException;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/**
 * The requests of a connection of HTTP/2 that have not ended. Of those whose connection breaks
 * Undertow forgets some without telling that they are over. Thread-safe.
 */
final class OpenStreams {

  private static final WeakIdentityMap<Http2Channel, OpenStreams> CONNECTIONS =
      new WeakIdentityMap<>();

  private final Set<ServedRequest> open = ConcurrentHashMap.newKeySet();

  private OpenStreams() {}

  /** A request that ends by {@link #ends}, or when its connection does. */
  static OpenStreams begun(Http2Channel connection, ServedRequest request) {
    OpenStreams streams = of(connection);
    streams.open.add(request);
    if (!connection.isOpen()) {
      // Closed meanwhile: its tasks may have run.
      streams.broken();
    }
    return streams;
  }

  private static OpenStreams of(Http2Channel connection) {
    OpenStreams first = new OpenStreams();
    OpenStreams known = CONNECTIONS.putIfAbsent(connection, first);
    if (known != null) {
      return known;
    }
    connection.addCloseTask(closed -> first.broken());
    return first;
  }

  /** True for who is first to say so. */
  boolean ends(ServedRequest request) {
    return open.remove(request);
  }

  private void broken() {
    IOException broken = new IOException("the connection broke");
    for (ServedRequest request : open) {
      if (ends(request)) {
        request.brokenOff(broken);
      }
    }
  }
}
