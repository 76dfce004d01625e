package io.endomesh.instrumentation.okhttp;

import static java.util.concurrent.TimeUnit.MILLISECONDS;
import static java.util.concurrent.TimeUnit.NANOSECONDS;

import io.endomesh.dataplane.http.HttpAttempt;
import java.net.Proxy;
import java.util.List;
import okhttp3.Authenticator;
import okhttp3.Call;
import okhttp3.ConnectionPool;
import okhttp3.ConnectionSpec;
import okhttp3.CookieJar;
import okhttp3.Dispatcher;
import okhttp3.EventListener;
import okhttp3.Interceptor;
import okhttp3.OkHttpClient;
import okhttp3.Request;

/**
 * The application's client as an attempt uses it: with its connection pool, its network
 * interceptors and what it says of TLS and protocols; without all that the call does around its
 * attempts. Not thread-safe.
 */
final class AttemptClient {

  /** Connections that only copies for mirrors use, as many idle ones as the library keeps. */
  private static final ConnectionPool OF_COPIES = new ConnectionPool();

  private final CallParts parts;
  private final Interceptor.Chain chain;
  private final HttpAttempt attempt;
  private final Wire wire;
  private final long nanosLeft;

  /**
   * @param chain of the call; the application may have changed its timeouts there
   * @param nanosLeft of the timeout for the call, which includes reading the answer
   */
  AttemptClient(
      CallParts parts, Interceptor.Chain chain, HttpAttempt attempt, Wire wire, long nanosLeft) {
    this.parts = parts;
    this.chain = chain;
    this.attempt = attempt;
    this.wire = wire;
    this.nanosLeft = nanosLeft;
  }

  Call call(Request request) {
    EventListener events = new ForwardedEvents(chain.call(), parts.listener(), attempt);
    OkHttpClient.Builder client = plain().eventListenerFactory(call -> events);
    return finish(client, request);
  }

  /** Nothing of a copy may reach the application. */
  Call copy(Request request) {
    OkHttpClient.Builder client = plain().eventListener(EventListener.NONE);
    client.connectionPool(OF_COPIES);
    client.networkInterceptors().clear();
    return finish(client, request);
  }

  private OkHttpClient.Builder plain() {
    EndpointAddress endpoint = EndpointAddress.of(attempt.attempt());
    OkHttpClient.Builder client = parts.client().newBuilder();
    client.interceptors().clear();
    return client
        .dns(endpoint)
        .socketFactory(new EndpointSockets(endpoint))
        .proxy(Proxy.NO_PROXY)
        .proxyAuthenticator(Authenticator.NONE)
        .authenticator(Authenticator.NONE)
        .cookieJar(CookieJar.NO_COOKIES)
        .cache(null)
        .dispatcher(new Dispatcher())
        .followRedirects(false)
        .connectTimeout(chain.connectTimeoutMillis(), MILLISECONDS)
        .readTimeout(chain.readTimeoutMillis(), MILLISECONDS)
        .writeTimeout(chain.writeTimeoutMillis(), MILLISECONDS)
        .callTimeout(callTimeoutMillis(), MILLISECONDS);
  }

  /** In milliseconds, as the library has it: 0 for none. */
  private long callTimeoutMillis() {
    return nanosLeft == io.endomesh.dataplane.Call.NO_TIMEOUT
        ? 0
        : Math.min(Math.max(NANOSECONDS.toMillis(nanosLeft), 1), Integer.MAX_VALUE);
  }

  private Call finish(OkHttpClient.Builder client, Request request) {
    boolean secured = request.isHttps() && attempt.attempt().tls() != null;
    // Below all others: it sees what goes on the wire, and the answer first.
    client.networkInterceptors().add(new AttemptInterceptor(attempt, wire, secured));
    Request sent = Mark.on(request);
    if (!secured) {
      return client.build().newCall(sent);
    }
    // The TLS of the mesh takes the place of the library's. The Host header is there already.
    client.connectionSpecs(List.of(ConnectionSpec.CLEARTEXT));
    return client
        .build()
        .newCall(
            sent.newBuilder()
                .url(sent.url().newBuilder().scheme("http").port(sent.url().port()).build())
                .build());
  }
}
