package io.endomesh.instrumentation.httpclient5;

import io.endomesh.dataplane.Attempt;
import io.endomesh.dataplane.Reply;
import io.endomesh.dataplane.http.AsyncHttp;
import io.endomesh.dataplane.http.AsyncHttpExchange;
import io.endomesh.dataplane.http.HttpAttempt;
import io.endomesh.dataplane.http.LocalAnswer;
import java.io.IOException;
import java.io.InterruptedIOException;
import java.util.concurrent.CompletableFuture;
import org.apache.hc.core5.concurrent.CancellableDependency;
import org.apache.hc.core5.http.HttpRequest;
import org.apache.hc.core5.http.nio.AsyncEntityProducer;
import org.jspecify.annotations.Nullable;

/** How this library makes the attempts of one asynchronous call. Thread-safe. */
final class AsyncAttempts implements AsyncHttp<AsyncAnswer> {

  private final Rest rest;
  private final Hop hop;
  private final RequestView view;
  private final Application application;
  private final @Nullable RequestBody body;
  private volatile @Nullable AsyncAttempt delivering;
  private volatile @Nullable Throwable thrown;

  AsyncAttempts(Rest rest, Hop hop, RequestView view, Application application) {
    this.rest = rest;
    this.hop = hop;
    this.view = view;
    this.application = application;
    AsyncEntityProducer given = hop.body();
    this.body = given == null ? null : new RequestBody(given);
  }

  /** Of the application: what its future cancels. */
  CancellableDependency cancelledBy() {
    return hop.scope().cancellableDependency;
  }

  @Override
  public CompletableFuture<AsyncAnswer> send(HttpAttempt http) {
    HttpRequest sent = Messages.copy(hop.request());
    Messages.change(sent, view.changedHeaders());
    WireRequest wire = new WireRequest(view.sentTarget(), view.sentAuthority());
    AsyncAttempt attempt = new AsyncAttempt(this, http, sent, wire);
    return attempt.start();
  }

  Rest rest() {
    return rest;
  }

  Hop hop() {
    return hop;
  }

  Application application() {
    return application;
  }

  /** Null if the request has none. */
  @Nullable RequestBody body() {
    return body;
  }

  /** From now on what happens in an attempt is the application's. */
  void delivers(AsyncAttempt attempt) {
    delivering = attempt;
  }

  /** Code of the application threw in an attempt, on the thread that began it. */
  void threw(Throwable error) {
    thrown = error;
  }

  /** What {@link #threw} was told; null if it was not. */
  @Nullable Throwable thrown() {
    return thrown;
  }

  /** The application does not want the rest of the answer. */
  void cancel() {
    AsyncAttempt read = delivering;
    if (read != null) {
      read.cancel();
    }
  }

  /** The mesh is done with the call; if a server answered, the application may still read. */
  void end(@Nullable AsyncAnswer answer, @Nullable Throwable error) {
    if (answer == null) {
      application.failedBy(
          error == null ? new InterruptedIOException() : AsyncHttpExchange.unwrap(error));
    } else if (answer.local() != null) {
      application.answer(answer.local());
    }
    if (delivering == null) {
      over();
    }
  }

  /** Nothing more of the call goes out. */
  void over() {
    if (body != null) {
      body.over();
    }
  }

  @Override
  public void mirror(Attempt copy) {
    HttpAttempt http = new HttpAttempt(copy);
    try {
      HttpRequest sent = Messages.copy(hop.request());
      Messages.change(sent, view.changedHeaders());
      String cookies = view.header("cookie");
      if (cookies != null) {
        sent.setHeader("Cookie", cookies);
      }
      WireRequest wire = new WireRequest(view.sentTarget(), view.sentAuthority());
      new AsyncCopy(http, sent, hop.scope().route.getTargetHost(), wire)
          .send(body == null ? null : body.copy(http::breakOff));
    } catch (RuntimeException | Error e) {
      copy.abandoned(e);
    }
  }

  @Override
  public CompletableFuture<AsyncAnswer> reply(Reply reply) {
    return CompletableFuture.completedFuture(new AsyncAnswer(LocalAnswer.of(reply, view.method())));
  }

  /** Never comes to it: the library has no timeout for a whole call. */
  @Override
  public IOException timedOut() {
    return new InterruptedIOException("timed out");
  }
}
