package io.endomesh.instrumentation.httpclient4;

import io.endomesh.dataplane.AsyncCall;
import io.endomesh.dataplane.Attempt;
import io.endomesh.dataplane.Call;
import io.endomesh.dataplane.Reply;
import io.endomesh.dataplane.http.AsyncHttp;
import io.endomesh.dataplane.http.AsyncHttpExchange;
import io.endomesh.dataplane.http.BlockingHttpExchange;
import io.endomesh.dataplane.http.HttpAttempt;
import io.endomesh.dataplane.http.LocalAnswer;
import java.io.IOException;
import java.io.InterruptedIOException;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicBoolean;
import org.apache.http.HttpEntity;
import org.apache.http.client.methods.HttpRequestWrapper;
import org.apache.http.nio.entity.EntityAsyncContentProducer;
import org.apache.http.nio.entity.HttpAsyncContentProducer;
import org.jspecify.annotations.Nullable;

/**
 * How the asynchronous client makes the attempts of one call. What comes of it is an answer of the
 * mesh; nothing if a server's goes to the application as it comes. Thread-safe.
 */
final class AsyncAttempts implements AsyncHttp<Optional<LocalAnswer>> {

  private final Hop hop;
  private final HttpRequestWrapper request;
  private final RequestView view;
  private final Call call;
  private final Application application;
  private final MeshConnection connection;
  private final AtomicBoolean sends = new AtomicBoolean();
  private volatile @Nullable AsyncCall<Optional<LocalAnswer>> running;
  private volatile @Nullable AsyncAttempt delivering;

  AsyncAttempts(
      Hop hop,
      HttpRequestWrapper request,
      RequestView view,
      Call call,
      Application application,
      MeshConnection connection) {
    this.hop = hop;
    this.request = request;
    this.view = view;
    this.call = call;
    this.application = application;
    this.connection = connection;
  }

  /** Begins the call on this thread. */
  void start() {
    AsyncCall<Optional<LocalAnswer>> started =
        AsyncCall.startInAnyCase(call, new AsyncHttpExchange<>(view, this));
    running = started;
    started.whenComplete(this::end);
  }

  private void end(@Nullable Optional<LocalAnswer> answer, @Nullable Throwable error) {
    if (answer == null) {
      application.failed(
          error == null ? new InterruptedIOException() : AsyncHttpExchange.unwrap(error));
    } else {
      answer.ifPresent(this::answer);
    }
  }

  private void answer(LocalAnswer answer) {
    LocalContent content = new LocalContent(answer.body(), application, connection);
    connection.reads(content);
    application.tellLast(
        exchange -> {
          exchange.responseReceived(new LocalResponse(answer));
          connection.done();
          content.resume();
        });
  }

  /** The application does not want the rest of it. */
  void cancel() {
    AsyncCall<Optional<LocalAnswer>> now = running;
    if (now != null) {
      now.cancel(true);
    }
    AsyncAttempt read = delivering;
    if (read != null) {
      read.cancel();
    }
  }

  @Override
  public CompletableFuture<Optional<LocalAnswer>> send(HttpAttempt http) {
    return new AsyncAttempt(this, http, Messages.wire(request, view)).start();
  }

  /** By the blocking client, which the asynchronous one cannot be without. */
  @Override
  public void mirror(Attempt copy) {
    new BlockingHttpExchange<>(
            call, new Attempts(Copies.EXEC, hop.route(), request, hop.context(), view))
        .mirror(copy);
  }

  @Override
  public CompletableFuture<Optional<LocalAnswer>> reply(Reply reply) {
    return CompletableFuture.completedFuture(Optional.of(LocalAnswer.of(reply, view.method())));
  }

  /** Never comes to it: the library has no timeout for a whole call. */
  @Override
  public IOException timedOut() {
    return new InterruptedIOException("timed out");
  }

  Hop hop() {
    return hop;
  }

  Application application() {
    return application;
  }

  /** In milliseconds, 0 for none. */
  int socketTimeout() {
    return connection.getSocketTimeout();
  }

  /**
   * By what the next exchange sends the body: the first, or any if it is sent once only, by what
   * the application gave the library, which is null here. Others have a position of their own.
   */
  @Nullable HttpAsyncContentProducer body() {
    HttpEntity entity = Messages.entity(request);
    return sends.compareAndSet(false, true) || entity == null || !view.replayable()
        ? null
        : new EntityAsyncContentProducer(entity);
  }

  /** From now on what happens in an attempt is the application's. */
  void delivers(AsyncAttempt attempt) {
    delivering = attempt;
  }

  /** The whole of an answer has gone to the application, but for its end. */
  void delivered() {
    connection.done();
  }
}
