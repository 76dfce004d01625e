package io.endomesh.instrumentation.httpclient;

import io.endomesh.dataplane.Attempt;
import io.endomesh.dataplane.AttemptResult;
import io.endomesh.dataplane.BlockingCall;
import io.endomesh.dataplane.HedgedExchange;
import io.endomesh.dataplane.Reply;
import io.endomesh.dataplane.http.AsyncHttpExchange;
import io.endomesh.dataplane.http.HttpAttempt;
import java.io.IOException;
import java.net.http.HttpResponse;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;

/** Attempts of {@code send}, on the application's thread. Not thread-safe. */
final class BlockingExchange<T> implements BlockingCall.Exchange<HttpResponse<T>, IOException> {

  private final HttpCall<T> call;

  BlockingExchange(HttpCall<T> call) {
    this.call = call;
  }

  @Override
  public AttemptResult<HttpResponse<T>> exchange(Attempt attempt)
      throws IOException, InterruptedException {
    return attempt.hedgeAfterNanos() == Attempt.NEVER ? alone(attempt) : hedged(attempt);
  }

  private AttemptResult<HttpResponse<T>> alone(Attempt attempt)
      throws IOException, InterruptedException {
    HttpAttempt http = new HttpAttempt(attempt);
    HttpCall.Prepared<T> prepared = call.prepare(http);
    try {
      HttpResponse<T> response = prepared.client().send(prepared.request(), prepared.head());
      return http.delayNanos() == Attempt.DELIVER
          ? new AttemptResult.Delivered<>(call.response(prepared, response))
          : new AttemptResult.Again<>(http.delayNanos());
    } catch (IOException | InterruptedException | RuntimeException | Error e) {
      prepared.broken(e);
      HttpAttempt.Next next = http.failed(e);
      if (next == null) {
        throw e;
      }
      Reply reply = next.reply();
      return reply == null
          ? new AttemptResult.Again<>(next.delayNanos())
          : new AttemptResult.Delivered<>(reply(reply));
    } finally {
      prepared.sent();
    }
  }

  /** Others may be sent beside it, so it is made as {@code sendAsync} makes it, and awaited. */
  private AttemptResult<HttpResponse<T>> hedged(Attempt attempt)
      throws IOException, InterruptedException {
    CompletableFuture<AttemptResult<HttpResponse<T>>> result =
        HedgedExchange.start(attempt, call.async());
    try {
      return result.get();
    } catch (InterruptedException e) {
      result.cancel(true);
      throw e;
    } catch (ExecutionException e) {
      throw thrown(e.getCause() == null ? e : AsyncHttpExchange.unwrap(e.getCause()));
    }
  }

  /** What {@code HttpClient.send} throws of what ended the exchange. */
  private static IOException thrown(Throwable cause) {
    if (cause instanceof IllegalArgumentException argument) {
      throw argument;
    }
    if (cause instanceof SecurityException forbidden) {
      throw forbidden;
    }
    return cause instanceof IOException broken
        ? broken
        : new IOException(cause.getMessage(), cause);
  }

  @Override
  public void mirror(Attempt copy) {
    call.mirror(copy);
  }

  @Override
  public void pause(long nanos) throws IOException, InterruptedException {
    long own = call.view().nanosLeft();
    TimeUnit.NANOSECONDS.sleep(Math.min(nanos, own));
    if (own <= nanos) {
      throw HttpCall.timedOut();
    }
  }

  @Override
  public HttpResponse<T> reply(Reply reply) throws IOException, InterruptedException {
    CompletableFuture<HttpResponse<T>> response = LocalResponse.of(call, reply);
    try {
      return response.get();
    } catch (ExecutionException e) {
      // As HttpClient.send does with what the application's body handler threw.
      Throwable cause = e.getCause();
      throw new IOException(cause == null ? e.getMessage() : cause.getMessage(), cause);
    }
  }
}
