package io.endomesh.instrumentation.vertx;

import io.endomesh.dataplane.http.ChangedHeaders;
import io.endomesh.dataplane.http.HttpAttempt;
import io.endomesh.dataplane.identity.ClientTls;
import io.netty.channel.Channel;
import io.vertx.core.AsyncResult;
import io.vertx.core.Context;
import io.vertx.core.MultiMap;
import io.vertx.core.http.HttpClient;
import io.vertx.core.http.HttpClientRequest;
import io.vertx.core.http.HttpClientResponse;
import io.vertx.core.http.RequestOptions;
import java.io.IOException;
import java.io.InterruptedIOException;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/**
 * One attempt, or a copy, as a request of the library's own. Used by the thread of its context,
 * {@link #cancel} by any.
 */
final class Sending {

  private final Context context;
  private final HttpClient client;
  private final HttpAttempt http;
  private final RequestView view;
  private final Body body;
  private final boolean isCopy;
  private final AttemptOptions options;
  private final MultiMap headers;
  private final CompletableFuture<HttpClientResponse> done = new CompletableFuture<>();

  private volatile @Nullable HttpClientRequest request;
  private volatile boolean isCancelled;
  private boolean isReused;

  Sending(
      Context context,
      HttpClient client,
      HttpAttempt http,
      RequestView view,
      Body body,
      boolean isCopy) {
    this.context = context;
    this.client = client;
    this.http = http;
    this.view = view;
    this.body = body;
    this.isCopy = isCopy;
    this.options = options(http, view);
    this.headers = MultiMap.caseInsensitiveMultiMap().addAll(view.headers());
    view.changedHeaders().forEach(headers::set);
  }

  /** What the view says now: it may say something else for the next attempt. */
  private static AttemptOptions options(HttpAttempt http, RequestView view) {
    Target target = view.target();
    AttemptOptions options = new AttemptOptions();
    options
        .setMethod(view.httpMethod())
        .setHost(target.host())
        .setPort(target.port())
        .setURI(view.sentUri())
        .setFollowRedirects(false);
    String authority = view.sentAuthority() == null ? target.authority() : view.sentAuthority();
    int colon = authority.lastIndexOf(':');
    boolean hasPort = colon > authority.lastIndexOf(']');
    options.setHost(hasPort ? authority.substring(0, colon) : authority);
    options.setPort(hasPort ? Integer.parseInt(authority.substring(colon + 1)) : 80);
    Internals.server(options, http.attempt().endpoint().address());
    return options;
  }

  CompletableFuture<HttpClientResponse> done() {
    return done;
  }

  void start() {
    http.onBreakOff(this::cancel);
    http.startClock(task -> context.runOnContext(none -> task.run()));
    context.runOnContext(none -> ask(options));
  }

  private void ask(RequestOptions asked) {
    if (isCancelled) {
      return;
    }
    try {
      client.request(asked).onComplete(this::connected);
    } catch (RuntimeException | LinkageError e) {
      // It was closed meanwhile.
      fail(e);
    }
  }

  private void connected(AsyncResult<HttpClientRequest> result) {
    HttpClientRequest connected = result.result();
    if (connected == null) {
      fail(result.cause());
      return;
    }
    request = connected;
    connected.exceptionHandler(this::fail);
    if (isCancelled) {
      cancel();
      return;
    }
    try {
      secure(connected);
    } catch (RuntimeException | LinkageError e) {
      Internals.reset(connected);
      fail(e);
    }
  }

  /** Fails closed: nothing goes out over another TLS than it is to go, or none. */
  private void secure(HttpClientRequest connected) {
    ClientTls tls = http.attempt().tls();
    Channel channel = Internals.channel(connected);
    isReused = channel.attr(Reuse.USED).getAndSet(Boolean.TRUE) != null;
    io.netty.util.concurrent.Future<Channel> handshake =
        tls == null ? null : Tls.begin(channel, tls, http.attempt().endpoint().address());
    if (handshake == null) {
      write(connected);
      return;
    }
    handshake.addListener(
        finished ->
            context.runOnContext(
                none -> {
                  if (finished.isSuccess()) {
                    write(connected);
                  } else {
                    fail(finished.cause());
                    channel.close();
                  }
                }));
  }

  private void write(HttpClientRequest connected) {
    if (isCancelled) {
      cancel();
      return;
    }
    http.leaves();
    connected.headers().addAll(headers);
    connected
        .response()
        .onComplete(
            result -> {
              if (result.succeeded()) {
                answered(result.result());
              } else {
                fail(result.cause());
              }
            });
    body.sendBy(connected);
  }

  private void answered(HttpClientResponse response) {
    boolean isWanted = http.answered(response.statusCode(), response.headers()::getAll);
    if (isWanted && !isCopy) {
      if (http.attempt().changesResponse()) {
        ChangedHeaders changed = new ChangedHeaders(response.headers()::getAll);
        http.attempt().changeResponse(changed);
        changed.changes().forEach((name, values) -> change(response.headers(), name, values));
      }
      // Until the application had it in hands, which may be on another thread.
      response.pause();
      done.complete(response);
      return;
    }
    response.exceptionHandler(this::fail);
    response.handler(part -> {});
    response.endHandler(
        none -> {
          if (http.isAnswered()) {
            done.complete(response);
          } else {
            fail(new InterruptedIOException("the attempt was broken off as its answer came"));
          }
        });
  }

  private static void change(MultiMap headers, String name, Iterable<String> values) {
    headers.remove(name);
    for (String value : values) {
      headers.add(name, value);
    }
  }

  private void fail(Throwable cause) {
    if (isReused && !isCancelled && !done.isDone() && http.sendsAgain()) {
      // The server had closed it before the request came: this is no retry (RFC 9112, 9.3.1).
      isReused = false;
      request = null;
      ask(options);
      return;
    }
    done.completeExceptionally(cause instanceof IOException ? cause : new AttemptFailure(cause));
  }

  /** Ends what is under way. */
  void cancel() {
    isCancelled = true;
    HttpClientRequest now = request;
    if (now != null) {
      Internals.reset(now);
    }
    done.completeExceptionally(new InterruptedIOException("the attempt was broken off"));
  }
}
