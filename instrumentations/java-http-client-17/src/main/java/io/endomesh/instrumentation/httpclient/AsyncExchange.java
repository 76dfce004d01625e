package io.endomesh.instrumentation.httpclient;

import static java.util.concurrent.TimeUnit.NANOSECONDS;

import io.endomesh.dataplane.AsyncCall;
import io.endomesh.dataplane.Attempt;
import io.endomesh.dataplane.AttemptResult;
import io.endomesh.dataplane.Reply;
import java.net.http.HttpResponse;
import java.net.http.HttpTimeoutException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.Executor;
import org.jspecify.annotations.Nullable;

/**
 * Attempts of {@code sendAsync}. Attempts of a hedged call are made one after the other, and end as
 * they like.
 */
final class AsyncExchange<T> implements AsyncCall.Exchange<HttpResponse<T>> {

  private final HttpCall<T> call;

  AsyncExchange(HttpCall<T> call) {
    this.call = call;
  }

  @Override
  public CompletableFuture<AttemptResult<HttpResponse<T>>> exchange(Attempt attempt) {
    HttpCall.Prepared<T> prepared;
    try {
      prepared = call.prepare(attempt);
    } catch (HttpTimeoutException passed) {
      return CompletableFuture.failedFuture(passed);
    }
    CompletableFuture<HttpResponse<T>> sent;
    try {
      sent = prepared.client().sendAsync(prepared.request(), prepared.head(), call.pushes());
    } catch (RuntimeException | Error e) {
      prepared.sent();
      call.failed(prepared, attempt, e);
      throw e;
    }
    CompletableFuture<AttemptResult<HttpResponse<T>>> result = new CompletableFuture<>();
    sent.whenComplete(
        (response, error) -> {
          prepared.sent();
          if (error == null) {
            result.complete(call.responded(prepared, response));
          } else {
            fail(result, prepared, attempt, error);
          }
        });
    result.whenComplete(
        (delivered, error) -> {
          if (result.isCancelled()) {
            sent.cancel(true);
          }
        });
    return result;
  }

  private void fail(
      CompletableFuture<AttemptResult<HttpResponse<T>>> result,
      HttpCall.Prepared<T> prepared,
      Attempt attempt,
      Throwable completion) {
    Throwable error = unwrap(completion);
    HttpCall.Next next = call.failed(prepared, attempt, error);
    if (next == null) {
      result.completeExceptionally(error);
      return;
    }
    Reply reply = next.reply();
    if (reply == null) {
      result.complete(new AttemptResult.Again<>(next.delayNanos()));
      return;
    }
    reply(reply)
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
    call.mirror(copy);
  }

  @Override
  public CompletableFuture<Void> pause(long nanos) {
    CompletableFuture<Void> over = new CompletableFuture<>();
    long own = call.nanosLeft();
    Executor timer = CompletableFuture.delayedExecutor(Math.min(nanos, own), NANOSECONDS);
    timer.execute(
        () -> {
          if (own <= nanos) {
            over.completeExceptionally(HttpCall.timedOut());
          } else {
            over.complete(null);
          }
        });
    return over;
  }

  @Override
  public CompletableFuture<HttpResponse<T>> reply(Reply reply) {
    return LocalResponse.of(call, reply);
  }

  static Throwable unwrap(Throwable error) {
    @Nullable Throwable cause = error.getCause();
    return error instanceof CompletionException && cause != null ? cause : error;
  }
}
