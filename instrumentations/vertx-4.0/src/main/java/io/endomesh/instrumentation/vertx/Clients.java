package io.endomesh.instrumentation.vertx;

import io.endomesh.dataplane.identity.ClientTls;
import io.endomesh.weaving.WeakIdentityMap;
import io.vertx.core.Vertx;
import io.vertx.core.http.HttpClient;
import io.vertx.core.http.HttpClientOptions;
import io.vertx.core.http.HttpVersion;
import io.vertx.core.http.impl.HttpClientImpl;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/**
 * The clients by which attempts go out, derived from the application's: as it is, but without its
 * proxy and its TLS. One for plaintext and each TLS of the mesh, so that connections are never
 * shared among them; copies have their own. Thread-safe.
 */
final class Clients {

  private static final WeakIdentityMap<Object, Map<Long, HttpClient>> DERIVED =
      new WeakIdentityMap<>();

  /** As many as a mirror is sent at a time. */
  private static final int MOST_COPIES = 100;

  private Clients() {}

  static HttpClient of(
      HttpClientImpl client, Vertx vertx, @Nullable ClientTls tls, boolean forCopies) {
    Map<Long, HttpClient> derived = DERIVED.get(client);
    if (derived == null) {
      DERIVED.putIfAbsent(client, new ConcurrentHashMap<>());
      derived = DERIVED.get(client);
    }
    long number = tls == null ? 0 : tls.number();
    return derived.computeIfAbsent(
        forCopies ? -1 - number : number, key -> derive(client, vertx, tls != null, forCopies ? MOST_COPIES : 0));
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

  /** The application's client is closed: harmless if it has none, or more than once. */
  static void closed(Object client) {
    Map<Long, HttpClient> derived = DERIVED.get(client);
    if (derived != null) {
      DERIVED.remove(client);
      derived.values().forEach(HttpClient::close);
    }
  }
}
