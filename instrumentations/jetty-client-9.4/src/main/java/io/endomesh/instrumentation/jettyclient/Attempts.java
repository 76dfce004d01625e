package io.endomesh.instrumentation.jettyclient;

import io.endomesh.dataplane.AsyncCall;
import io.endomesh.dataplane.Attempt;
import io.endomesh.dataplane.Call;
import io.endomesh.dataplane.Reply;
import io.endomesh.dataplane.http.AsyncHttp;
import io.endomesh.dataplane.http.AsyncHttpExchange;
import io.endomesh.dataplane.http.HttpAttempt;
import io.endomesh.dataplane.http.LocalAnswer;
import io.endomesh.instrumentation.jettyclient.before10.Content;
import io.endomesh.instrumentation.jettyclient.before10.Library;
import io.endomesh.instrumentation.jettyclient.before12.AttemptListener;
import io.endomesh.instrumentation.jettyclient.before12.Audience;
import java.io.IOException;
import java.io.InterruptedIOException;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeoutException;
import org.eclipse.jetty.client.HttpClient;
import org.eclipse.jetty.client.HttpDestination;
import org.eclipse.jetty.client.HttpExchange;
import org.eclipse.jetty.client.HttpRequest;
import org.jspecify.annotations.Nullable;

/**
 * How this library makes the attempts of one call. What comes of it is an answer of the mesh;
 * nothing if a server's goes to the application as it comes. Thread-safe.
 */
final class Attempts implements AsyncHttp<Optional<LocalAnswer>> {

  private final HttpClient client;
  private final HttpRequest request;
  private final RequestView view;
  private final Call call;
  private final Audience audience;
  private final Content content;
  private volatile @Nullable AsyncCall<Optional<LocalAnswer>> running;
  private volatile @Nullable AttemptRun delivering;
  private volatile boolean givenUp;

  Attempts(HttpDestination destination, HttpExchange exchange, RequestView view, Call call) {
    this.client = destination.getHttpClient();
    this.request = exchange.getRequest();
    this.view = view;
    this.call = call;
    this.audience = new Audience(destination, exchange, call.context(), this::giveUp);
    this.content = new Content(request);
  }

  Audience audience() {
    return audience;
  }

  /** Begins the call on this thread. */
  void start() {
    Library.begins(request);
    if (givenUp) {
      return;
    }
    AsyncCall<Optional<LocalAnswer>> begun =
        AsyncCall.start(call, new AsyncHttpExchange<>(view, this));
    running = begun;
    begun.whenComplete(this::end);
    if (givenUp) {
      begun.cancel(true);
    }
  }

  /** Aborted by the application; harmless behind the end. */
  private void giveUp() {
    givenUp = true;
    AsyncCall<Optional<LocalAnswer>> begun = running;
    if (begun != null) {
      begun.cancel(true);
    }
    AttemptRun read = delivering;
    if (read != null) {
      read.cancel();
    }
  }

  /** What is not told by a connection of the client's is told by a thread of its. */
  private void end(@Nullable Optional<LocalAnswer> answer, @Nullable Throwable error) {
    if (answer != null && answer.isPresent()) {
      LocalAnswer local = answer.get();
      onThread(client.getExecutor(), () -> audience.local(local));
    } else if (error != null && !givenUp) {
      Throwable cause = AsyncHttpExchange.unwrap(error);
      boolean late =
          cause instanceof TimedOut || cause instanceof TimeoutException && view.nanosLeft() == 0;
      Throwable told =
          late
              ? new TimeoutException("Total timeout " + request.getTimeout() + " ms elapsed")
              : cause;
      onThread(client.getExecutor(), () -> audience.failed(told));
    }
  }

  private static void onThread(Executor executor, Runnable task) {
    try {
      executor.execute(task);
    } catch (RejectedExecutionException stopped) {
      task.run();
    }
  }

  @Override
  public CompletableFuture<Optional<LocalAnswer>> send(HttpAttempt http) {
    AttemptRun run = new AttemptRun(this, http);
    run(run, http.attempt(), client, view.nanosLeft(), audience);
    return run.done();
  }

  @Override
  public void mirror(Attempt copy) {
    HttpAttempt http = new HttpAttempt(copy);
    http.startClock();
    AttemptRun run = new AttemptRun(null, http);
    run(run, copy, Copies.client(), Call.NO_TIMEOUT, /* to= */ null);
    run.done()
        .whenComplete(
            (answer, error) -> {
              // Whatever comes of it is nothing to the application.
              if (error != null) {
                http.failed(error);
              }
            });
  }

  private void run(
      AttemptRun run, Attempt attempt, HttpClient by, long nanosLeft, @Nullable Audience to) {
    EndpointTag tag =
        new EndpointTag(by, request.getTag(), attempt.endpoint().address(), attempt.tls(), run);
    run.done().whenComplete((answer, error) -> tag.over());
    Wire wire = Wire.of(request, view, attempt.tls());
    run.start(
        () -> wire.request(by, content, tag, nanosLeft),
        new AttemptListener(run, to),
        by.getExecutor());
  }

  @Override
  public CompletableFuture<Optional<LocalAnswer>> reply(Reply reply) {
    return CompletableFuture.completedFuture(Optional.of(LocalAnswer.of(reply, view.method())));
  }

  @Override
  public IOException timedOut() {
    return new TimedOut();
  }

  /** Stands for the library's exception, which is none of those. */
  private static final class TimedOut extends InterruptedIOException {
    private static final long serialVersionUID = 1;
  }

  /** From now on what happens in an attempt is the application's. */
  void delivers(AttemptRun attempt) {
    delivering = attempt;
    if (givenUp) {
      attempt.cancel();
    }
  }
}
