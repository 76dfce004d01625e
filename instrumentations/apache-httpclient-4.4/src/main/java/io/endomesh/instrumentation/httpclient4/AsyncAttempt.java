package io.endomesh.instrumentation.httpclient4;

import io.endomesh.dataplane.http.HttpAttempt;
import io.endomesh.dataplane.http.LocalAnswer;
import java.io.IOException;
import java.io.InterruptedIOException;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import org.apache.http.HttpException;
import org.apache.http.HttpResponse;
import org.apache.http.client.methods.HttpRequestWrapper;
import org.jspecify.annotations.Nullable;

/**
 * One attempt of an asynchronous call: an exchange, or two if the first had a connection that was
 * closed already. Its future is done when the head of an answer goes to the application, or when
 * all of an answer that is nobody's was dropped. Thread-safe.
 */
final class AsyncAttempt {

  private final AsyncAttempts call;
  private final HttpAttempt http;
  private final HttpRequestWrapper request;
  private final CompletableFuture<Optional<LocalAnswer>> done = new CompletableFuture<>();
  private volatile @Nullable AsyncExchange exchange;
  private volatile boolean delivers;
  private volatile boolean cancelled;

  AsyncAttempt(AsyncAttempts call, HttpAttempt http, HttpRequestWrapper request) {
    this.call = call;
    this.http = http;
    this.request = request;
  }

  CompletableFuture<Optional<LocalAnswer>> start() {
    http.onBreakOff(this::cancel);
    // Its callbacks may be the application's code: no thread of ours.
    http.startClock(done.defaultExecutor());
    begin();
    return done;
  }

  private void begin() {
    AsyncExchange begun = new AsyncExchange(this, call, http, request);
    exchange = begun;
    if (cancelled) {
      begun.cancel();
    } else {
      begun.start();
    }
  }

  /** Ends what is under way, also the reading of an answer. */
  void cancel() {
    cancelled = true;
    AsyncExchange now = exchange;
    if (now != null) {
      now.cancel();
    }
  }

  /**
   * The head of an answer.
   *
   * @return true if the rest is the application's
   */
  boolean answered(HttpResponse response) throws HttpException, IOException {
    if (!Messages.answered(http, response)) {
      return false;
    }
    delivers = true;
    call.delivers(this);
    done.complete(Optional.empty());
    call.application().tell(above -> above.responseReceived(response));
    return true;
  }

  /** The whole of an answer has come. */
  void completed() {
    if (delivers) {
      call.delivered();
      call.application().tellLast(above -> above.responseCompleted());
    } else if (http.isAnswered()) {
      done.complete(Optional.empty());
    } else {
      done.completeExceptionally(
          new InterruptedIOException("the attempt was broken off as its answer came"));
    }
  }

  /**
   * @param stale if the server had closed a pooled connection before the request came: asking once
   *     more at the same endpoint is no retry (RFC 9112, 9.3.1)
   */
  void failed(Exception cause, boolean stale) {
    if (delivers) {
      // Who cancels an answer that is read knows it.
      if (!cancelled) {
        call.application().failed(cause);
      }
    } else if (stale && http.sendsAgain()) {
      begin();
    } else {
      done.completeExceptionally(cause);
    }
  }
}
