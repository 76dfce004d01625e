package io.endomesh.instrumentation.vertx;

import io.endomesh.dataplane.identity.ClientTls;
import io.endomesh.weaving.WeakIdentityMap;
import io.vertx.core.Vertx;
import io.vertx.core.http.HttpClient;
import io.vertx.core.http.HttpClientOptions;
import io.vertx.core.http.HttpVersion;
import io.vertx.core.http.impl.HttpClientImpl;
import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The clients by which attempts go out, derived from one of the application's: as it is, but
 * without its proxy and its TLS. One for plaintext and each TLS of the mesh, so that connections
 * are never shared among them; copies have their own. Thread-safe.
 */
final class Clients {

  /** As many as a mirror is sent at a time. */
  private static final int MOST_COPIES = 100;

  private static final WeakIdentityMap<Object, Clients> DERIVED = new WeakIdentityMap<>();

  // Guarded by this.
  private final Map<Long, HttpClient> clients = new HashMap<>();
  private int running;
  private boolean isClosed;

  private Clients() {}

  static Clients of(HttpClientImpl client) {
    Clients known = DERIVED.get(client);
    if (known != null) {
      return known;
    }
    DERIVED.putIfAbsent(client, new Clients());
    known = DERIVED.get(client);
    if (known == null) {
      throw new IllegalStateException("clients: none (expected: those put a moment ago)");
    }
    return known;
  }

  synchronized HttpClient by(
      HttpClientImpl client, Vertx vertx, @Nullable ClientTls tls, boolean forCopies) {
    long number = tls == null ? 0 : tls.number();
    return clients.computeIfAbsent(
        forCopies ? -1 - number : number,
        key -> derive(client, vertx, tls != null, forCopies ? MOST_COPIES : 0));
  }

  private static HttpClient derive(
      HttpClientImpl client, Vertx vertx, boolean isSecured, int most) {
    HttpClientOptions own = Internals.options(client);
    HttpClientOptions options = own == null ? new HttpClientOptions() : new HttpClientOptions(own);
    options.setSsl(false).setUseAlpn(false).setProxyOptions(null);
    if (isSecured) {
      // What the library says first of HTTP/2 it says before there can be TLS.
      options.setProtocolVersion(HttpVersion.HTTP_1_1);
    }
    return Internals.create(vertx, options, client, most);
  }

  synchronized void begins() {
    running++;
  }

  synchronized void ended() {
    running--;
    closeIfIdle();
  }

  /**
   * The application's client is closed, or nobody holds it any more, which may be while its calls
   * run. Harmless if it has none, or more than once.
   */
  static void closed(Object client) {
    Clients derived = DERIVED.get(client);
    if (derived != null) {
      derived.close();
    }
  }

  private synchronized void close() {
    isClosed = true;
    closeIfIdle();
  }

  private void closeIfIdle() {
    if (isClosed && running <= 0) {
      clients.values().forEach(Internals::close);
      clients.clear();
    }
  }
}
