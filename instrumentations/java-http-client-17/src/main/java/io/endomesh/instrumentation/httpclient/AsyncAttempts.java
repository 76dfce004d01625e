package io.endomesh.instrumentation.httpclient;

import io.endomesh.dataplane.Attempt;
import io.endomesh.dataplane.Reply;
import io.endomesh.dataplane.http.AsyncHttp;
import io.endomesh.dataplane.http.AsyncHttpExchange;
import io.endomesh.dataplane.http.HttpAttempt;
import java.io.IOException;
import java.net.http.HttpResponse;
import java.net.http.HttpTimeoutException;
import java.util.concurrent.CompletableFuture;

/** Attempts of {@code sendAsync}, and of a hedged {@code send}. As thread-safe as the call. */
final class AsyncAttempts<T> implements AsyncHttp<HttpResponse<T>> {

  private final HttpCall<T> call;

  AsyncAttempts(HttpCall<T> call) {
    this.call = call;
  }

  @Override
  public CompletableFuture<HttpResponse<T>> send(HttpAttempt attempt) {
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
      throw e;
    }
    CompletableFuture<HttpResponse<T>> result = new CompletableFuture<>();
    sent.whenComplete(
        (response, error) -> {
          prepared.sent();
          if (error == null) {
            boolean delivered = attempt.delayNanos() == Attempt.DELIVER;
            result.complete(delivered ? call.response(prepared, response) : response);
          } else {
            Throwable cause = AsyncHttpExchange.unwrap(error);
            prepared.broken(cause);
            result.completeExceptionally(cause);
          }
        });
    result.whenComplete(
        (response, error) -> {
          if (result.isCancelled()) {
            sent.cancel(true);
          }
        });
    return result;
  }

  @Override
  public void mirror(Attempt copy) {
    call.mirror(copy);
  }

  @Override
  public CompletableFuture<HttpResponse<T>> reply(Reply reply) {
    return LocalResponse.of(call, reply);
  }

  @Override
  public IOException timedOut() {
    return HttpCall.timedOut();
  }
}
