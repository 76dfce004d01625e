package io.endomesh.instrumentation.httpclient;

import io.endomesh.dataplane.Attempt;
import io.endomesh.dataplane.Call;
import io.endomesh.dataplane.http.AsyncHttpExchange;
import io.endomesh.dataplane.http.HttpAttempt;
import java.net.ConnectException;
import java.net.InetSocketAddress;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpClient.Redirect;
import java.net.http.HttpConnectTimeoutException;
import java.net.http.HttpHeaders;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandler;
import java.net.http.HttpResponse.BodyHandlers;
import java.net.http.HttpResponse.PushPromiseHandler;
import java.net.http.HttpResponse.ResponseInfo;
import java.net.http.HttpTimeoutException;
import java.time.Duration;
import javax.net.ssl.SSLHandshakeException;
import org.jspecify.annotations.Nullable;

/**
 * One call of the application in the terms of this library: what blocking and asynchronous calls
 * have in common. Not thread-safe, as {@link Call}.
 */
final class HttpCall<T> {

  /** The shortest timeout that {@code HttpRequest} and its timers tell from none. */
  private static final Duration SHORTEST_TIMEOUT = Duration.ofMillis(1);

  private final HttpClient client;
  private final HttpRequest request;
  private final RequestView view;
  private final BodyHandler<T> handler;
  private final @Nullable PushPromiseHandler<T> pushes;

  /** Set when the last attempt was answered with a redirect that is to be followed. */
  private volatile @Nullable RedirectedRequest redirect;

  HttpCall(
      HttpClient client,
      HttpRequest request,
      RequestView view,
      BodyHandler<T> handler,
      @Nullable PushPromiseHandler<T> pushes) {
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

  /** True if the response is a redirect that is to be followed; nobody reads its body then. */
  boolean follows(ResponseInfo response) {
    RedirectedRequest next = RedirectedRequest.of(client, request, response);
    redirect = next;
    return next != null;
  }

  /** What comes of one attempt, ready to be sent. */
  Prepared<T> prepare(HttpAttempt http) throws HttpTimeoutException {
    Attempt attempt = http.attempt();
    long ownNanos = view.nanosLeft();
    if (attempt.number() > 1 && ownNanos < SHORTEST_TIMEOUT.toNanos()) {
      HttpTimeoutException passed = timedOut();
      attempt.abandoned(passed);
      throw passed;
    }
    return new Prepared<>(
        http,
        DerivedClients.of(client, attempt.tls()),
        request(attempt),
        new AttemptHead<>(this, http),
        attempt.timeoutNanos() < ownNanos);
  }

  /**
   * @param meshTimeout the timeout of the request is a limit of the mesh
   */
  record Prepared<T>(
      HttpAttempt attempt,
      HttpClient client,
      AttemptRequest request,
      AttemptHead<T> head,
      boolean meshTimeout) {

    /** Behind the attempt, whatever came of it. */
    void sent() {
      AttemptTargets.remove(request.uri());
    }

    /** Tells the attempt what an exception of the JDK means. */
    void broken(Throwable error) {
      if (mayHaveLeft(error)) {
        attempt.leaves();
      }
      if (meshTimeout && error instanceof HttpTimeoutException) {
        attempt.expire();
      }
    }
  }

  /** The request of an attempt or a copy; its target is known until it is removed. */
  private AttemptRequest request(Attempt attempt) {
    boolean ownTls = attempt.tls() == null && "https".equalsIgnoreCase(request.uri().getScheme());
    InetSocketAddress address =
        AttemptTargets.named(attempt.endpoint().address(), ownTls ? request.uri().getHost() : null);
    URI uri = view.attemptUri(attempt.tls() != null);
    AttemptTargets.put(uri, new AttemptTargets.Target(attempt, address, request.uri()));
    return new AttemptRequest(request, uri, view.headers(), timeout(attempt));
  }

  private @Nullable Duration timeout(Attempt attempt) {
    long nanos = Math.min(attempt.timeoutNanos(), view.nanosLeft());
    if (nanos == Call.NO_TIMEOUT) {
      return null;
    }
    Duration timeout = Duration.ofNanos(nanos);
    return timeout.compareTo(SHORTEST_TIMEOUT) < 0 ? SHORTEST_TIMEOUT : timeout;
  }

  /** What the application gets when its own timeout is over. */
  static HttpTimeoutException timedOut() {
    return new HttpTimeoutException("request timed out");
  }

  RequestView view() {
    return view;
  }

  /** Its attempts as futures. */
  AsyncHttpExchange<HttpResponse<T>> async() {
    return new AsyncHttpExchange<>(view, new AsyncAttempts<>(this));
  }

  /** Sends a copy of the request. Whatever comes of it is nothing to the application. */
  void mirror(Attempt copy) {
    HttpAttempt http = new HttpAttempt(copy);
    AttemptRequest sent = null;
    try {
      sent = request(copy);
      URI uri = sent.uri();
      DerivedClients.forCopies(client, copy.tls())
          .sendAsync(sent, BodyHandlers.discarding())
          .whenComplete(
              (response, error) -> {
                AttemptTargets.remove(uri);
                if (error == null) {
                  http.answered(response.statusCode(), response.headers()::allValues);
                } else {
                  Throwable cause = AsyncHttpExchange.unwrap(error);
                  if (mayHaveLeft(cause)) {
                    http.leaves();
                  }
                  http.failed(cause);
                }
              });
    } catch (RuntimeException | Error e) {
      // As of an executor of the application's that takes no more.
      if (sent != null) {
        AttemptTargets.remove(sent.uri());
      }
      copy.abandoned(e);
    }
  }

  /** The response of an attempt in the application's terms. */
  HttpResponse<T> response(Prepared<T> sent, HttpResponse<T> response) {
    HttpHeaders headers = sent.head().headers();
    return delivered(
        new MeshResponse<>(
            response, request, redirected(), headers == null ? response.headers() : headers));
  }

  /** Notes the response that led to the next request, if it is a redirect that is followed. */
  HttpResponse<T> delivered(HttpResponse<T> response) {
    RedirectedRequest next = redirect;
    if (next != null) {
      next.previous(response);
    }
    return response;
  }

  /** The response that led to this request, if it was a redirect. */
  private @Nullable HttpResponse<T> redirected() {
    return request instanceof RedirectedRequest hop ? hop.previous() : null;
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
