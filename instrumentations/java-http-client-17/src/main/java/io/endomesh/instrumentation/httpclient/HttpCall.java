package io.endomesh.instrumentation.httpclient;

import io.endomesh.dataplane.Attempt;
import io.endomesh.dataplane.AttemptResult;
import io.endomesh.dataplane.Call;
import io.endomesh.dataplane.Outcome;
import io.endomesh.dataplane.Reply;
import io.endomesh.dataplane.identity.ClientTls;
import io.endomesh.dataplane.route.Route;
import java.io.IOException;
import java.net.ConnectException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpClient.Redirect;
import java.net.http.HttpConnectTimeoutException;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandler;
import java.net.http.HttpResponse.PushPromiseHandler;
import java.net.http.HttpTimeoutException;
import java.time.Duration;
import javax.net.ssl.SSLHandshakeException;
import org.jspecify.annotations.Nullable;

/**
 * One call of the application in the terms of this library: what blocking and asynchronous calls
 * have in common. Not thread-safe, as {@link Call}.
 */
final class HttpCall<T> {

  /** Gateway Timeout: what a limit of the mesh, not of the application, is answered with. */
  private static final int GATEWAY_TIMEOUT = 504;

  /** The shortest timeout that {@code HttpRequest} and its timers tell from none. */
  private static final Duration SHORTEST_TIMEOUT = Duration.ofMillis(1);

  private final Call call;
  private final HttpClient client;
  private final HttpRequest request;
  private final RequestView view;
  private final BodyHandler<T> handler;
  private final @Nullable PushPromiseHandler<T> pushes;
  private final long startNanos = System.nanoTime();

  /** Set when the last attempt was answered with a redirect that is to be followed. */
  private volatile @Nullable RedirectedRequest redirect;

  HttpCall(
      Call call,
      HttpClient client,
      HttpRequest request,
      RequestView view,
      BodyHandler<T> handler,
      @Nullable PushPromiseHandler<T> pushes) {
    this.call = call;
    this.client = client;
    this.request = request;
    this.view = view;
    this.handler = handler;
    this.pushes = pushes;
  }

  HttpRequest request() {
    return request;
  }

  BodyHandler<T> handler() {
    return handler;
  }

  @Nullable PushPromiseHandler<T> pushes() {
    return pushes;
  }

  HttpClient client() {
    return client;
  }

  boolean mayRedirect() {
    return client.followRedirects() != Redirect.NEVER;
  }

  /** The request that a redirect asks for, null if the response is the application's. */
  @Nullable RedirectedRequest redirect() {
    return redirect;
  }

  void redirectTo(RedirectedRequest next) {
    redirect = next;
  }

  /** What comes of one attempt, ready to be sent. */
  Prepared<T> prepare(Attempt attempt) throws HttpTimeoutException {
    ClientTls tls = attempt.tls();
    boolean ownTls = tls == null && "https".equalsIgnoreCase(request.uri().getScheme());
    URI uri = AttemptRequest.uri(request.uri(), tls != null);
    Duration own = ownTimeLeft(attempt);
    Duration mesh =
        attempt.timeoutNanos() == Call.NO_TIMEOUT ? null : atLeast(attempt.timeoutNanos());
    boolean meshTimeout = mesh != null && (own == null || mesh.compareTo(own) < 0);
    AttemptTargets.put(
        uri,
        new AttemptTargets.Target(
            AttemptTargets.named(
                attempt.endpoint().address(), ownTls ? request.uri().getHost() : null),
            request.uri()));
    return new Prepared<>(
        DerivedClients.of(client, tls),
        new AttemptRequest(request, uri, view.headers(), meshTimeout ? mesh : own),
        new AttemptHead<>(this, attempt),
        meshTimeout);
  }

  /**
   * @param meshTimeout the timeout of the request is a limit of the mesh
   */
  record Prepared<T>(
      HttpClient client, AttemptRequest request, AttemptHead<T> head, boolean meshTimeout) {

    void sent() {
      AttemptTargets.remove(request.uri());
    }
  }

  /** The application's own timeout covers all attempts, as it covers the call without a mesh. */
  private @Nullable Duration ownTimeLeft(Attempt attempt) throws HttpTimeoutException {
    Duration timeout = request.timeout().orElse(null);
    if (timeout == null || attempt.number() == 1) {
      return timeout;
    }
    Duration left = timeout.minusNanos(System.nanoTime() - startNanos);
    if (left.compareTo(SHORTEST_TIMEOUT) < 0) {
      HttpTimeoutException passed = new HttpTimeoutException("request timed out");
      attempt.abandoned(passed);
      throw passed;
    }
    return left;
  }

  private static Duration atLeast(long nanos) {
    Duration timeout = Duration.ofNanos(nanos);
    return timeout.compareTo(SHORTEST_TIMEOUT) < 0 ? SHORTEST_TIMEOUT : timeout;
  }

  /** After the JDK completed an attempt with a response. */
  AttemptResult<HttpResponse<T>> responded(Prepared<T> sent, HttpResponse<T> response) {
    long delayNanos = sent.head().delayNanos();
    if (delayNanos != Attempt.DELIVER) {
      return new AttemptResult.Again<>(delayNanos);
    }
    HttpResponse<T> delivered = new MeshResponse<>(response, request, redirected());
    RedirectedRequest next = redirect;
    if (next != null) {
      next.previous(delivered);
    }
    return new AttemptResult.Delivered<>(delivered);
  }

  /** The response that led to this request, if it was a redirect. */
  private @Nullable HttpResponse<T> redirected() {
    return request instanceof RedirectedRequest hop ? hop.previous() : null;
  }

  /**
   * After the JDK completed an attempt with an exception.
   *
   * @return the next step, or null if the exception is the application's
   */
  @Nullable Next failed(Prepared<T> sent, Attempt attempt, Throwable error) {
    if (!sent.head().end()) {
      // The head had arrived: the body broke off, or the application's own handler did.
      return null;
    }
    if (!(error instanceof IOException)) {
      attempt.abandoned(error);
      return null;
    }
    boolean left = mayHaveLeft(error);
    boolean timedOut = error instanceof HttpTimeoutException;
    boolean policyTimedOut = timedOut && sent.meshTimeout();
    long delayNanos =
        policyTimedOut && left
            ? attempt.responded(GATEWAY_TIMEOUT, Outcome.NOT_GRPC)
            : attempt.failed(error, left);
    if (delayNanos != Attempt.DELIVER) {
      return new Next(delayNanos, null);
    }
    return policyTimedOut ? new Next(Attempt.DELIVER, timeoutReply()) : null;
  }

  /** Another attempt after a delay, or a reply. */
  record Next(long delayNanos, @Nullable Reply reply) {}

  private Reply timeoutReply() {
    Route route = call.route();
    String name = route == null ? call.service() : route.name();
    return Reply.timeout("timeout of " + name + " passed", name);
  }

  /**
   * False only if no byte of the request can have reached an application: there was no connection,
   * or no finished TLS handshake.
   */
  private static boolean mayHaveLeft(Throwable error) {
    return !(error instanceof ConnectException
        || error instanceof HttpConnectTimeoutException
        || error instanceof SSLHandshakeException);
  }
}
