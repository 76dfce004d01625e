package io.endomesh.instrumentation.httpclient5;

import io.endomesh.dataplane.CallContext;
import io.endomesh.dataplane.http.HttpAttempt;
import java.io.IOException;
import java.io.InterruptedIOException;
import java.net.ConnectException;
import java.net.SocketException;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicReference;
import org.apache.hc.client5.http.async.AsyncExecCallback;
import org.apache.hc.client5.http.protocol.HttpClientContext;
import org.apache.hc.core5.concurrent.Cancellable;
import org.apache.hc.core5.concurrent.CancellableDependency;
import org.apache.hc.core5.http.ConnectionClosedException;
import org.apache.hc.core5.http.EntityDetails;
import org.apache.hc.core5.http.HttpException;
import org.apache.hc.core5.http.HttpRequest;
import org.apache.hc.core5.http.HttpResponse;
import org.apache.hc.core5.http.NoHttpResponseException;
import org.apache.hc.core5.http.nio.AsyncDataConsumer;
import org.jspecify.annotations.Nullable;

/**
 * The rest of the library's chain run once, on a connection of its own. It ends once: completed,
 * failed, or cancelled, which does not wait for the library to notice. Thread-safe.
 */
final class AsyncExchange implements AsyncExecCallback, CancellableDependency {

  private final Hop hop;
  private final RequestBody.@Nullable Turn body;
  private final AsyncExecCallback above;
  private final AsyncRuntime runtime;

  private final AtomicBoolean over = new AtomicBoolean();
  private final AtomicBoolean cancelled = new AtomicBoolean();
  private final AtomicReference<@Nullable Cancellable> dependency = new AtomicReference<>();

  /**
   * @param body null if the request has none
   * @param above gets the answer if it is the application's, and the end in any case
   */
  AsyncExchange(
      Hop hop,
      HttpAttempt http,
      WireRequest wire,
      RequestBody.@Nullable Turn body,
      CallContext callContext,
      AsyncExecCallback above) {
    this.hop = hop;
    this.body = body;
    this.above = above;
    this.runtime = new AsyncRuntime(this, hop.scope(), http, wire, callContext);
  }

  /** Begins it on this thread. */
  void execute(Rest rest, HttpRequest request, HttpClientContext context)
      throws HttpException, IOException {
    rest.execute(
        Messages.copy(request),
        body,
        hop.scope(Messages.copy(request), this, context, runtime.asRuntime()),
        this);
  }

  /** True once it has ended: what still comes of it is nobody's. */
  boolean isOver() {
    return over.get();
  }

  /**
   * True if the server had closed a pooled connection before the request came: asking once more at
   * the same endpoint is no retry (RFC 9112, 9.3.1).
   */
  boolean wasStale(Exception failure) {
    return runtime.reused()
        && !cancelled.get()
        && (failure instanceof ConnectionClosedException
            || failure instanceof NoHttpResponseException
            || failure instanceof SocketException && !(failure instanceof ConnectException));
  }

  @Override
  public @Nullable AsyncDataConsumer handleResponse(
      HttpResponse response, @Nullable EntityDetails details) throws HttpException, IOException {
    return isOver() || !runtime.delivers() ? null : above.handleResponse(response, details);
  }

  @Override
  public void handleInformationResponse(HttpResponse response) throws HttpException, IOException {
    if (!isOver()) {
      above.handleInformationResponse(response);
    }
  }

  @Override
  public void completed() {
    if (!over.compareAndSet(false, true)) {
      return;
    }
    if (body == null || body.close()) {
      runtime.release();
    } else {
      // The server answered before it had the whole body; nobody goes on sending it.
      runtime.discard();
    }
    above.completed();
  }

  @Override
  public void failed(Exception cause) {
    if (!over.compareAndSet(false, true)) {
      return;
    }
    if (body != null) {
      body.close();
    }
    runtime.discard();
    above.failed(cause);
  }

  @Override
  public void setDependency(Cancellable next) {
    dependency.set(next);
    if (isOver()) {
      next.cancel();
    }
  }

  @Override
  public boolean isCancelled() {
    return cancelled.get();
  }

  @Override
  public boolean cancel() {
    if (isOver() || !cancelled.compareAndSet(false, true)) {
      return false;
    }
    Cancellable now = dependency.getAndSet(null);
    if (now != null) {
      now.cancel();
    }
    failed(new InterruptedIOException("the attempt was broken off"));
    return true;
  }
}
