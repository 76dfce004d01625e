package io.endomesh.dataplane.http;

import static java.util.concurrent.TimeUnit.NANOSECONDS;

import io.endomesh.dataplane.AsyncCall;
import io.endomesh.dataplane.Attempt;
import io.endomesh.dataplane.AttemptResult;
import io.endomesh.dataplane.OutboundRequest;
import io.endomesh.dataplane.Reply;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.Executor;
import org.jspecify.annotations.Nullable;

/**
 * A call of an asynchronous HTTP client. Attempts of a hedged call are made one after the other,
 * and end as they like.
 *
 * @param <R> the library's response
 */
public final class AsyncHttpExchange<R> implements AsyncCall.Exchange<R> {

  private final OutboundRequest request;
  private final AsyncHttp<R> library;

  public AsyncHttpExchange(OutboundRequest request, AsyncHttp<R> library) {
    this.request = request;
    this.library = library;
  }

  @Override
  public CompletableFuture<AttemptResult<R>> exchange(Attempt attempt) {
    HttpAttempt http = new HttpAttempt(attempt);
    CompletableFuture<R> sent;
    try {
      sent = library.send(http);
    } catch (RuntimeException | Error e) {
      http.failed(e);
      throw e;
    }
    CompletableFuture<AttemptResult<R>> result = new CompletableFuture<>();
    sent.whenComplete(
        (response, error) -> {
          if (error != null) {
            fail(result, http, unwrap(error));
          } else if (http.delayNanos() == Attempt.DELIVER) {
            result.complete(new AttemptResult.Delivered<>(response));
          } else {
            result.complete(new AttemptResult.Again<>(http.delayNanos()));
          }
        });
    result.whenComplete(
        (delivered, error) -> {
          if (result.isCancelled()) {
            http.breakOff();
            sent.cancel(true);
          }
        });
    return result;
  }

  private void fail(CompletableFuture<AttemptResult<R>> result, HttpAttempt http, Throwable error) {
    HttpAttempt.Next next = http.failed(error);
    if (next == null) {
      result.completeExceptionally(error);
      return;
    }
    Reply reply = next.reply();
    if (reply == null) {
      result.complete(new AttemptResult.Again<>(next.delayNanos()));
      return;
    }
    library
        .reply(reply)
        .whenComplete(
            (response, broken) -> {
              if (broken == null) {
                result.complete(new AttemptResult.Delivered<>(response));
              } else {
                result.completeExceptionally(unwrap(broken));
              }
            });
  }

  @Override
  public void mirror(Attempt copy) {
    library.mirror(copy);
  }

  /** The application's own timeout runs meanwhile. */
  @Override
  public CompletableFuture<Void> pause(long nanos) {
    CompletableFuture<Void> over = new CompletableFuture<>();
    long own = request.nanosLeft();
    Executor timer = CompletableFuture.delayedExecutor(Math.min(nanos, own), NANOSECONDS);
    timer.execute(
        () -> {
          if (own <= nanos) {
            over.completeExceptionally(library.timedOut());
          } else {
            over.complete(null);
          }
        });
    return over;
  }

  @Override
  public CompletableFuture<R> reply(Reply reply) {
    return library.reply(reply);
  }

  /** What a future failed with, without what futures wrap it into. */
  public static Throwable unwrap(Throwable error) {
    @Nullable Throwable cause = error.getCause();
    return error instanceof CompletionException && cause != null ? cause : error;
  }
}
