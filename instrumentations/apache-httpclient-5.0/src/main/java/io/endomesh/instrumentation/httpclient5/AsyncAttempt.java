package io.endomesh.instrumentation.httpclient5;

import io.endomesh.dataplane.CallContext;
import io.endomesh.dataplane.http.HttpAttempt;
import java.io.IOException;
import java.io.InterruptedIOException;
import java.util.concurrent.CompletableFuture;
import org.apache.hc.client5.http.async.AsyncExecCallback;
import org.apache.hc.client5.http.protocol.HttpClientContext;
import org.apache.hc.core5.http.EntityDetails;
import org.apache.hc.core5.http.HttpException;
import org.apache.hc.core5.http.HttpRequest;
import org.apache.hc.core5.http.HttpResponse;
import org.apache.hc.core5.http.nio.AsyncDataConsumer;
import org.jspecify.annotations.Nullable;

/**
 * One attempt of an asynchronous call: an exchange, or two if the first had a connection that was
 * closed already. Its future is done when the head of an answer goes to the application, or when
 * all of an answer that is nobody's was dropped. Thread-safe.
 */
final class AsyncAttempt implements AsyncExecCallback {

  private final AsyncAttempts call;
  private final HttpAttempt http;
  private final HttpRequest request;
  private final WireRequest wire;
  private final HttpClientContext context;
  private final CompletableFuture<AsyncAnswer> done = new CompletableFuture<>();

  private volatile @Nullable AsyncExchange exchange;
  private volatile boolean delivered;
  private volatile boolean cancelled;

  AsyncAttempt(AsyncAttempts call, HttpAttempt http, HttpRequest request, WireRequest wire) {
    this.call = call;
    this.http = http;
    this.request = request;
    this.wire = wire;
    HttpClientContext shared = call.hop().scope().clientContext;
    this.context =
        http.attempt().isHedged() && http.attempt().number() > 1 ? Contexts.beside(shared) : shared;
  }

  CompletableFuture<AsyncAnswer> start() {
    http.onBreakOff(this::cancel);
    // Its callbacks may be the application's code: no thread of ours.
    http.startClock(done.defaultExecutor());
    Thread beginner = Thread.currentThread();
    begin(
        error -> {
          if (Thread.currentThread() == beginner) {
            call.threw(error);
          }
        });
    return done;
  }

  /** Told what is thrown at once. */
  private interface Beginning {
    void threw(RuntimeException error);
  }

  private void begin(Beginning beginning) {
    RequestBody body = call.body();
    if (body == null) {
      exchange(null, beginning);
    } else {
      RequestBody.Turn turn = body.turn();
      turn.whenFree(() -> exchange(turn, beginning));
    }
  }

  private void exchange(RequestBody.@Nullable Turn turn, Beginning beginning) {
    AsyncExchange made =
        new AsyncExchange(call.hop(), http, wire, turn, call.application().callContext(), this);
    exchange = made;
    if (cancelled) {
      made.cancel();
      return;
    }
    CallContext before = call.application().callContext().attach();
    try {
      made.execute(call.rest(), request, context);
    } catch (HttpException | IOException e) {
      made.failed(e);
    } catch (RuntimeException e) {
      if (!made.isOver()) {
        beginning.threw(e);
      }
      made.failed(e);
    } finally {
      CallContext.restore(before);
    }
  }

  /** Ends what is under way, also the reading of an answer. */
  void cancel() {
    cancelled = true;
    AsyncExchange now = exchange;
    if (now != null) {
      now.cancel();
    } else {
      // It waits for the body that another attempt sends.
      done.completeExceptionally(new InterruptedIOException("the attempt was broken off"));
    }
  }

  @Override
  public @Nullable AsyncDataConsumer handleResponse(
      HttpResponse response, @Nullable EntityDetails body) throws HttpException, IOException {
    if (http.isBrokenOff()) {
      return null;
    }
    delivered = true;
    call.delivers(this);
    done.complete(AsyncAnswer.OF_SERVER);
    return call.application().handleResponse(response, body);
  }

  @Override
  public void handleInformationResponse(HttpResponse response) throws HttpException, IOException {
    call.application().handleInformationResponse(response);
  }

  @Override
  public void completed() {
    if (delivered) {
      call.application().completed();
      call.over();
    } else if (http.isAnswered()) {
      done.complete(AsyncAnswer.OF_SERVER);
    } else {
      done.completeExceptionally(
          new InterruptedIOException("the attempt was broken off as its answer came"));
    }
  }

  @Override
  public void failed(Exception cause) {
    AsyncExchange failed = exchange;
    if (delivered) {
      call.application().failed(cause);
      call.over();
    } else if (failed != null && failed.wasStale(cause) && http.sendsAgain()) {
      begin(error -> {});
    } else {
      done.completeExceptionally(cause);
    }
  }
}
