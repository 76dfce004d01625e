package io.endomesh.instrumentation.helidon;

import io.endomesh.dataplane.InboundCall;
import io.endomesh.weaving.WeakIdentityMap;
import io.endomesh.weaving.Weaving;
import io.helidon.http.HeaderNames;
import io.helidon.http.Headers;
import io.helidon.http.HttpPrologue;
import io.helidon.webserver.ConnectionContext;
import org.jspecify.annotations.Nullable;

/**
 * Requests that something else than HTTP's routing may take: a WebSocket, or gRPC. They are decided
 * about where they would be taken. What is refused there, or not taken, goes on to the routing,
 * which finds the decision here. Thread-safe.
 */
final class DecidedBefore {

  /** By the connection, of which HTTP/1 has one request at a time, or by the request's prologue. */
  private static final WeakIdentityMap<Object, InboundCall> DECIDED = new WeakIdentityMap<>();

  private DecidedBefore() {}

  /** Null if the connection was closed meanwhile: then nobody may take it. */
  static @Nullable InboundCall decide(
      Object key,
      ConnectionContext connection,
      HttpPrologue prologue,
      Headers headers,
      @Nullable String authority) {
    InboundHttp arrived = InboundHttp.of(connection, prologue, headers, authority);
    if (arrived == null) {
      return null;
    }
    InboundCall call = Weaving.mesh().serve(arrived);
    DECIDED.put(key, call);
    return call;
  }

  static @Nullable InboundCall take(ConnectionContext connection, HttpPrologue prologue) {
    if (DECIDED.isEmpty()) {
      return null;
    }
    InboundCall call = DECIDED.remove(connection);
    return call == null ? DECIDED.remove(prologue) : call;
  }

  static @Nullable InboundCall take(@Nullable Object key) {
    return key == null || DECIDED.isEmpty() ? null : DECIDED.remove(key);
  }

  static @Nullable String host(Headers headers) {
    return headers.contains(HeaderNames.HOST) ? headers.get(HeaderNames.HOST).get() : null;
  }
}
