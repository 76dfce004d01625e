package io.endomesh.instrumentation.netty.vertx;

import io.endomesh.dataplane.Protocol;
import io.endomesh.weaving.Suppressed;
import io.endomesh.weaving.Weaving;
import io.vertx.core.Future;
import io.vertx.core.http.HttpServer;
import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The servers that listen, and their ports. The instances of a verticle share one: it is offered
 * with the first and taken back with the last of them. Thread-safe.
 */
final class Ports {

  private static final Map<HttpServer, Integer> OFFERED = new HashMap<>();

  private Ports() {}

  /** In front of the application's own listeners. */
  static void offerWhenBound(Future<HttpServer> listening) {
    listening.onComplete(
        bound -> {
          try {
            HttpServer server = bound.result();
            // Not of a domain socket.
            if (server != null && server.actualPort() > 0) {
              offer(server, server.actualPort());
            }
          } catch (RuntimeException | LinkageError failure) {
            Suppressed.report(failure);
          }
        });
  }

  private static void offer(HttpServer server, int port) {
    boolean isFirst;
    synchronized (OFFERED) {
      isFirst = !OFFERED.containsValue(port);
      OFFERED.put(server, port);
    }
    if (isFirst) {
      Weaving.mesh().listening(port, Protocol.HTTP);
    }
  }

  /** Once, before it goes: new calls are to go elsewhere. */
  static void closing(HttpServer server) {
    @Nullable Integer port;
    boolean isLast;
    synchronized (OFFERED) {
      port = OFFERED.remove(server);
      isLast = !OFFERED.containsValue(port);
    }
    if (port != null && isLast) {
      Weaving.mesh().notListening(port);
    }
  }
}
