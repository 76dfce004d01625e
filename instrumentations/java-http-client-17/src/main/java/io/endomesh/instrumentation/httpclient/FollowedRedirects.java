package io.endomesh.instrumentation.httpclient;

import io.endomesh.dataplane.http.AsyncHttpExchange;
import java.net.http.HttpResponse;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/**
 * The future of {@code sendAsync} on a client that follows redirects: when the call is answered
 * with one, it goes on with the next. Cancelling it cancels the call under way. Thread-safe.
 */
final class FollowedRedirects<T> extends CompletableFuture<HttpResponse<T>> {

  private volatile CompletableFuture<HttpResponse<T>> underWay;

  private FollowedRedirects(CompletableFuture<HttpResponse<T>> first) {
    underWay = first;
  }

  static <T> CompletableFuture<HttpResponse<T>> of(
      HttpCall<T> call, CompletableFuture<HttpResponse<T>> first) {
    FollowedRedirects<T> followed = new FollowedRedirects<>(first);
    first.whenComplete((response, error) -> followed.answered(call, response, error));
    return followed;
  }

  private void answered(
      HttpCall<T> call, @Nullable HttpResponse<T> response, @Nullable Throwable error) {
    RedirectedRequest next = call.redirect();
    if (error != null || next == null) {
      finish(response, error);
      return;
    }
    if (isDone()) {
      return;
    }
    CompletableFuture<HttpResponse<T>> hop;
    try {
      hop = call.client().sendAsync(next, call.handler(), call.pushes());
    } catch (RuntimeException | Error e) {
      completeExceptionally(e);
      return;
    }
    underWay = hop;
    if (isCancelled()) {
      hop.cancel(true);
    }
    hop.whenComplete((last, broken) -> finish(last == null ? null : next.answeredBy(last), broken));
  }

  private void finish(@Nullable HttpResponse<T> response, @Nullable Throwable error) {
    if (error == null) {
      complete(response);
    } else {
      completeExceptionally(AsyncHttpExchange.unwrap(error));
    }
  }

  /** Cancels the call under way as well, so that its connection is free again. */
  @Override
  public boolean cancel(boolean mayInterruptIfRunning) {
    boolean cancelled = super.cancel(mayInterruptIfRunning);
    if (cancelled) {
      underWay.cancel(mayInterruptIfRunning);
    }
    return cancelled;
  }

  @Override
  public <U> CompletableFuture<U> newIncompleteFuture() {
    return new CompletableFuture<>();
  }
}
