package io.endomesh.instrumentation.httpclient4;

import io.endomesh.dataplane.Attempt;
import io.endomesh.dataplane.http.HttpAttempt;
import java.io.IOException;
import java.io.InterruptedIOException;
import java.nio.ByteBuffer;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicReference;
import org.apache.http.ConnectionClosedException;
import org.apache.http.HttpException;
import org.apache.http.HttpRequest;
import org.apache.http.HttpResponse;
import org.apache.http.client.methods.HttpRequestWrapper;
import org.apache.http.concurrent.FutureCallback;
import org.apache.http.impl.conn.ConnectionShutdownException;
import org.apache.http.nio.ContentDecoder;
import org.apache.http.nio.ContentEncoder;
import org.apache.http.nio.IOControl;
import org.apache.http.nio.NHttpClientConnection;
import org.apache.http.nio.entity.HttpAsyncContentProducer;
import org.apache.http.nio.protocol.HttpAsyncClientExchangeHandler;
import org.apache.http.nio.protocol.HttpAsyncRequestExecutor;
import org.apache.http.protocol.HttpContext;
import org.jspecify.annotations.Nullable;

/**
 * One request and its answer over a connection of the library's pool, to an attempt's endpoint by
 * its TLS. It ends once: completed, failed, or cancelled, which does not wait for the library to
 * notice. Used by the thread of its connection, {@link #cancel} by any.
 */
final class AsyncExchange
    implements HttpAsyncClientExchangeHandler, FutureCallback<NHttpClientConnection> {

  /** Bytes of an answer that is nobody's, read at a time; the library's own figure. */
  private static final int DROPPED = 4 * 1024;

  private final AsyncAttempt attempt;
  private final AsyncAttempts call;
  private final Hop hop;
  private final HttpAttempt http;
  private final HttpRequestWrapper request;
  private final AsyncRoute route;
  private final @Nullable HttpAsyncContentProducer body;

  private final AtomicBoolean over = new AtomicBoolean();
  private final AtomicReference<@Nullable NHttpClientConnection> connection =
      new AtomicReference<>();
  private volatile @Nullable Future<NHttpClientConnection> lease;
  private volatile boolean reused;
  private boolean delivers;
  private @Nullable HttpResponse response;

  AsyncExchange(
      AsyncAttempt attempt, AsyncAttempts call, HttpAttempt http, HttpRequestWrapper request) {
    this.attempt = attempt;
    this.call = call;
    this.hop = call.hop();
    this.http = http;
    this.request = request;
    this.route = AsyncRoute.to(http.attempt(), hop.route());
    this.body = call.body();
  }

  /** Asks the pool for a connection. */
  void start() {
    lease =
        hop.connections()
            .requestConnection(
                route.pooled(),
                route.state(),
                hop.connectTimeout(),
                hop.leaseTimeout(),
                hop.unit(),
                this);
    if (over.get()) {
      cancelLease();
    }
  }

  private void cancelLease() {
    Future<NHttpClientConnection> waiting = lease;
    if (waiting != null) {
      waiting.cancel(true);
    }
  }

  @Override
  public void completed(NHttpClientConnection leased) {
    connection.set(leased);
    if (over.get()) {
      discard();
      return;
    }
    try {
      reused = hop.connections().isRouteComplete(leased);
      HttpContext context = leased.getContext();
      synchronized (context) {
        context.setAttribute(HttpAsyncRequestExecutor.HTTP_HANDLER, this);
        if (leased.isStale()) {
          failed(new ConnectionClosedException("Connection closed"));
        } else {
          leased.requestOutput();
        }
      }
    } catch (ConnectionShutdownException closed) {
      failed(new ConnectionClosedException("Connection closed"));
    }
  }

  @Override
  public @Nullable HttpRequest generateRequest() throws IOException {
    NHttpClientConnection leased = connection.get();
    if (leased == null || over.get()) {
      return null;
    }
    Attempt to = http.attempt();
    if (!hop.connections().isRouteComplete(leased)) {
      HttpContext context = AsyncTls.context(http, hop.context());
      hop.connections().startRoute(leased, route.opened(), context);
      hop.connections().routeComplete(leased, route.opened(), context);
    }
    AsyncTls.check(to.tls(), leased);
    if (to.tls() == null || reused) {
      http.leaves();
    }
    if (call.socketTimeout() > 0) {
      leased.setSocketTimeout(call.socketTimeout());
    }
    return request;
  }

  @Override
  public void produceContent(ContentEncoder encoder, IOControl control) throws IOException {
    if (body != null) {
      body.produceContent(encoder, control);
      return;
    }
    try {
      call.application().tell(above -> above.produceContent(encoder, control));
    } catch (HttpException e) {
      throw new IOException(e);
    }
  }

  @Override
  public void requestCompleted() {
    if (body == null) {
      call.application().tellLast(above -> above.requestCompleted());
    }
  }

  @Override
  public void responseReceived(HttpResponse received) throws IOException, HttpException {
    response = received;
    if (!over.get()) {
      delivers = attempt.answered(received);
    }
  }

  @Override
  public void consumeContent(ContentDecoder decoder, IOControl control) throws IOException {
    if (!delivers || over.get()) {
      decoder.read(ByteBuffer.allocate(DROPPED));
      return;
    }
    try {
      call.application().tell(above -> above.consumeContent(decoder, control));
    } catch (HttpException e) {
      throw new IOException(e);
    }
  }

  @Override
  public void responseCompleted() throws IOException {
    if (!over.compareAndSet(false, true)) {
      return;
    }
    closeBody();
    release();
    attempt.completed();
  }

  private void release() {
    NHttpClientConnection used = connection.get();
    if (used == null || !used.isOpen() || !hop.reuse().keepAlive(response, hop.context())) {
      discard();
    } else if (connection.compareAndSet(used, null)) {
      used.getContext().removeAttribute(HttpAsyncRequestExecutor.HTTP_HANDLER);
      hop.connections()
          .releaseConnection(
              used,
              route.state(),
              hop.keepAlive().getKeepAliveDuration(response, hop.context()),
              TimeUnit.MILLISECONDS);
    }
  }

  /** The server closed the connection before anything was sent over it. */
  @Override
  public void inputTerminated() {
    if (!over.get()) {
      discard();
      start();
    }
  }

  @Override
  public void failed(Exception cause) {
    if (over.compareAndSet(false, true)) {
      closeBody();
      discard();
      attempt.failed(cause, reused && AsyncTls.wasClosed(cause));
    }
  }

  @Override
  public void cancelled() {
    failed(new InterruptedIOException("the attempt was broken off"));
  }

  @Override
  public boolean cancel() {
    cancelled();
    cancelLease();
    return true;
  }

  @Override
  public boolean isDone() {
    return over.get();
  }

  @Override
  public void close() {
    cancelled();
  }

  private void closeBody() {
    if (body != null) {
      try {
        body.close();
      } catch (IOException closed) {
        // It is of no use any more.
      }
    }
  }

  /** The connection is closed, if there is one. */
  private void discard() {
    NHttpClientConnection used = connection.getAndSet(null);
    if (used == null) {
      return;
    }
    try {
      used.shutdown();
    } catch (IOException | ConnectionShutdownException closed) {
      // It is of no use any more.
    } finally {
      hop.connections().releaseConnection(used, null, 0, TimeUnit.MILLISECONDS);
    }
  }
}
