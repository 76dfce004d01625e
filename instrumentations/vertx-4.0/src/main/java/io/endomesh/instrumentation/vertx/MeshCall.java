package io.endomesh.instrumentation.vertx;

import static java.util.Objects.requireNonNull;

import io.endomesh.dataplane.AsyncCall;
import io.endomesh.dataplane.Call;
import io.endomesh.dataplane.CallContext;
import io.endomesh.dataplane.http.AsyncHttpExchange;
import io.vertx.core.Context;
import io.vertx.core.Future;
import io.vertx.core.MultiMap;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import io.vertx.core.http.HttpClientRequest;
import io.vertx.core.http.HttpClientResponse;
import io.vertx.core.http.RequestOptions;
import io.vertx.core.http.StreamResetException;
import io.vertx.core.http.impl.HttpClientImpl;
import java.util.List;
import java.util.concurrent.TimeoutException;
import org.jspecify.annotations.Nullable;

/**
 * The call that a request of the application becomes, from when it is sent to its answer. What the
 * application is told runs on the context that it asked from, and belongs to the same served call.
 * Thread-safe.
 */
final class MeshCall {

  /** Of one that sends nothing that its answer would be for (RFC 9110, 15.4). */
  private static final List<Integer> REDIRECTS = List.of(301, 302, 303, 307, 308);

  /** Of a request: not of the next one, if that has no body. */
  private static final List<String> OF_THE_BODY =
      List.of("host", "content-length", "transfer-encoding");

  private final HttpClientImpl client;
  private final Vertx vertx;
  private final Context context;
  private final Call call;
  private final RequestView view;
  private final Body body;
  private final Promise<HttpClientResponse> answer = Promise.promise();

  private volatile @Nullable AsyncCall<HttpClientResponse> running;
  private volatile @Nullable HttpClientRequest current;
  private boolean follows;
  private int mostRedirects = 16;
  private int redirects;
  private long timer = -1;

  MeshCall(HttpClientImpl client, Vertx vertx, Call call, RequestView view, Body body) {
    this.client = client;
    this.vertx = vertx;
    this.context = vertx.getOrCreateContext();
    this.call = call;
    this.view = view;
    this.body = body;
  }

  Future<HttpClientResponse> answer() {
    return answer.future();
  }

  /** What was answered last; null if nothing was, or by the mesh. */
  @Nullable HttpClientRequest answered() {
    return current;
  }

  boolean isStarted() {
    return running != null;
  }

  void follows(boolean all) {
    follows = all;
  }

  boolean follows() {
    return follows;
  }

  void mostRedirects(int most) {
    mostRedirects = most;
  }

  int redirects() {
    return redirects;
  }

  /**
   * @param shown what the application has
   * @param timeoutMillis the application's own; none if not positive
   */
  void start(HttpClientRequest shown, long timeoutMillis) {
    if (timeoutMillis > 0) {
      view.endsIn(timeoutMillis);
      timer = vertx.setTimer(timeoutMillis, id -> timedOut(timeoutMillis));
    }
    Clients clients = Clients.of(client);
    clients.begins();
    answer.future().onComplete(result -> clients.ended());
    Attempts attempts = new Attempts(client, vertx, context, view, body);
    AsyncCall<HttpClientResponse> begun =
        AsyncCall.startInAnyCase(call, new AsyncHttpExchange<>(view, attempts));
    running = begun;
    begun.whenComplete((response, error) -> tell(() -> ended(shown, response, error)));
    if (answer.future().isComplete()) {
      begun.cancel(true);
    }
  }

  /** At once, if this is the context already: an answer flows on as soon as its frame ends. */
  private void tell(Runnable what) {
    Runnable attached =
        () -> {
          CallContext before = call.context().attach();
          try {
            what.run();
          } finally {
            CallContext.restore(before);
          }
        };
    if (Vertx.currentContext() == context) {
      attached.run();
    } else {
      context.runOnContext(none -> attached.run());
    }
  }

  private void ended(
      HttpClientRequest shown, @Nullable HttpClientResponse response, @Nullable Throwable error) {
    if (response == null) {
      finish(null, AttemptFailure.unwrap(AsyncHttpExchange.unwrap(requireNonNull(error))));
    } else {
      current = requestOf(response);
      Answer arrived = new Answer(response, shown, call.context());
      arrived(arrived.proxy());
      arrived.flows();
    }
  }

  /** Null of an answer of the mesh. */
  private static @Nullable HttpClientRequest requestOf(HttpClientResponse response) {
    try {
      return response.request();
    } catch (UnsupportedOperationException e) {
      return null;
    }
  }

  private void arrived(HttpClientResponse response) {
    Future<RequestOptions> next = next(response);
    if (next == null) {
      finish(response, null);
      return;
    }
    redirects++;
    next.compose(options -> client.request(prepared(options)))
        .compose(
            request -> {
              current = request;
              return request.send();
            })
        .onComplete(
            result ->
                tell(
                    () -> {
                      if (result.succeeded()) {
                        arrived(result.result());
                      } else {
                        finish(null, result.cause());
                      }
                    }));
  }

  private @Nullable Future<RequestOptions> next(HttpClientResponse response) {
    return follows && redirects < mostRedirects && REDIRECTS.contains(response.statusCode())
        ? client.redirectHandler().apply(response)
        : null;
  }

  private RequestOptions prepared(RequestOptions options) {
    options.setFollowRedirects(false);
    if (options.getHeaders() == null) {
      MultiMap headers = MultiMap.caseInsensitiveMultiMap().addAll(view.headers());
      OF_THE_BODY.forEach(headers::remove);
      options.setHeaders(headers);
    }
    return options;
  }

  private void finish(@Nullable HttpClientResponse response, @Nullable Throwable error) {
    if (timer >= 0) {
      vertx.cancelTimer(timer);
    }
    if (response != null) {
      answer.tryComplete(response);
    } else {
      answer.tryFail(error);
    }
  }

  private void timedOut(long millis) {
    Target target = view.target();
    end(
        new TimeoutException(
            "The timeout period of "
                + millis
                + "ms has been exceeded while executing "
                + view.method()
                + " "
                + target.uri()
                + " for server "
                + target.host()
                + ":"
                + target.port()));
  }

  /** The application gives it up. */
  boolean reset(long code, @Nullable Throwable cause) {
    StreamResetException why =
        cause == null ? new StreamResetException(code) : new StreamResetException(code, cause);
    boolean isFirst = !answer.future().isComplete();
    tell(() -> end(why));
    return isFirst;
  }

  private void end(Throwable why) {
    if (timer >= 0) {
      vertx.cancelTimer(timer);
    }
    // First: what is broken off says why, too.
    answer.tryFail(why);
    AsyncCall<HttpClientResponse> now = running;
    if (now == null) {
      call.abandoned();
    } else {
      now.cancel(true);
    }
    HttpClientRequest read = current;
    if (read != null) {
      Internals.reset(read);
    }
  }
}
