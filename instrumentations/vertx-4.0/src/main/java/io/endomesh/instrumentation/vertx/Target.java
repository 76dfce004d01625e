package io.endomesh.instrumentation.vertx;

import io.vertx.core.http.RequestOptions;
import io.vertx.core.http.impl.HttpClientImpl;
import org.jspecify.annotations.Nullable;

/**
 * Where the application wants a request to go. Immutable.
 *
 * @param uri path and query
 */
record Target(boolean isSecure, String host, int port, String uri) {

  private static final int HTTP = 80;
  private static final int HTTPS = 443;

  static @Nullable Target of(HttpClientImpl client, RequestOptions options) {
    Boolean asked = options.isSsl();
    boolean isSecure = asked == null ? Internals.isSecure(client) : asked;
    String host = options.getHost() == null ? Internals.host(client) : options.getHost();
    Integer port = options.getPort();
    int known = port == null ? Internals.port(client) : port;
    String uri = options.getURI() == null ? "/" : options.getURI();
    return host == null ? null : new Target(isSecure, host, known, uri);
  }

  Target with(String otherUri) {
    return new Target(isSecure, host, port, otherUri);
  }

  Target at(String otherHost, int otherPort) {
    return new Target(isSecure, otherHost, otherPort, uri);
  }

  String scheme() {
    return isSecure ? "https" : "http";
  }

  String authority() {
    return port == (isSecure ? HTTPS : HTTP) ? host : host + ":" + port;
  }

  String absolute() {
    return scheme() + "://" + authority() + uri;
  }

  /** Without query. */
  String path() {
    int query = uri.indexOf('?');
    String path = query < 0 ? uri : uri.substring(0, query);
    return path.isEmpty() ? "/" : path;
  }

  @Nullable String query() {
    int query = uri.indexOf('?');
    return query < 0 ? null : uri.substring(query + 1);
  }
}
