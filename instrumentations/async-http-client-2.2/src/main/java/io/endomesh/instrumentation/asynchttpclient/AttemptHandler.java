package io.endomesh.instrumentation.asynchttpclient;

import io.endomesh.dataplane.http.ChangedHeaders;
import io.endomesh.dataplane.http.HttpAttempt;
import io.endomesh.dataplane.http.LocalAnswer;
import io.endomesh.dataplane.identity.ClientTls;
import io.netty.channel.Channel;
import io.netty.handler.codec.http.DefaultHttpHeaders;
import io.netty.handler.codec.http.HttpHeaders;
import io.netty.handler.codec.http.HttpResponse;
import io.netty.handler.ssl.SslHandler;
import io.netty.util.AttributeKey;
import java.io.IOException;
import java.io.InterruptedIOException;
import java.net.InetSocketAddress;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Future;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.SSLException;
import org.asynchttpclient.AsyncHandler;
import org.asynchttpclient.HttpResponseBodyPart;
import org.asynchttpclient.HttpResponseStatus;
import org.asynchttpclient.exception.TooManyConnectionsException;
import org.asynchttpclient.exception.TooManyConnectionsPerHostException;
import org.asynchttpclient.netty.NettyResponseStatus;
import org.asynchttpclient.netty.request.NettyRequest;
import org.asynchttpclient.uri.Uri;
import org.jspecify.annotations.Nullable;

/**
 * One attempt, or a copy, as the library runs it; also what it is known by, so that the library
 * goes on with it by itself. It begins the mesh's TLS on a new connection, judges the answer, and
 * hands it on if it is the application's. Used by the thread of its connection, {@link #cancel} by
 * any.
 */
final class AttemptHandler implements AsyncHandler<Object> {

  /** The library looks for it by this name: files are not sent around it. */
  private static final String SSL = "ssl";

  /** Of a connection: the TLS that it was begun with. */
  private static final AttributeKey<ClientTls> BEGUN = AttributeKey.valueOf("io.endomesh.tls");

  private final @Nullable Attempts call;
  private final HttpAttempt http;
  private final Wire wire;
  private final Uri asked;
  private final CompletableFuture<Optional<LocalAnswer>> done = new CompletableFuture<>();

  private @Nullable Sending sendingBy;
  private volatile @Nullable Future<?> sending;
  private volatile boolean cancelled;
  private @Nullable Channel connection;
  private boolean reused;
  private boolean secured;
  private boolean judged;
  private volatile boolean delivers;
  private boolean follows;
  private @Nullable HttpResponseStatus status;

  /**
   * @param call null for a copy, whose answer is nobody's
   * @param asked what the application asked for
   */
  AttemptHandler(@Nullable Attempts call, HttpAttempt http, Wire wire, Uri asked) {
    this.call = call;
    this.http = http;
    this.wire = wire;
    this.asked = asked;
  }

  /** What has the library send it. */
  interface Sending {
    Future<?> send();
  }

  void start(Sending by) {
    http.onBreakOff(this::cancel);
    if (call != null) {
      // Its callbacks may be the application's code: no thread of ours.
      http.startClock(done.defaultExecutor());
    }
    send(by);
  }

  private void send(Sending by) {
    sendingBy = by;
    reused = false;
    try {
      Future<?> begun = by.send();
      if (!begun.isDone()) {
        // One that is has failed at once, and another may be under way already.
        sending = begun;
      }
    } catch (RuntimeException | LinkageError e) {
      done.completeExceptionally(e);
    }
    if (cancelled) {
      cancel();
    }
  }

  /**
   * Done when the head of an answer goes to the application, or when all of one that is nobody's
   * was dropped.
   */
  CompletableFuture<Optional<LocalAnswer>> done() {
    return done;
  }

  InetSocketAddress address() {
    return http.attempt().endpoint().address();
  }

  /** Ends what is under way, also the reading of an answer. */
  void cancel() {
    cancelled = true;
    Future<?> now = sending;
    if (now != null) {
      now.cancel(true);
    }
    done.completeExceptionally(new InterruptedIOException("the attempt was broken off"));
  }

  @Override
  public void onTcpConnectSuccess(InetSocketAddress remote, Channel opened) {
    connection = opened;
    reused = false;
    ClientTls tls = http.attempt().tls();
    if (tls == null) {
      return;
    }
    InetSocketAddress endpoint = address();
    SSLEngine engine =
        tls.context().createSSLEngine(endpoint.getAddress().getHostAddress(), endpoint.getPort());
    engine.setUseClientMode(true);
    SslHandler handshake = new SslHandler(engine);
    opened.pipeline().addFirst(SSL, handshake);
    opened.attr(BEGUN).set(tls);
    secured = true;
    handshake
        .handshakeFuture()
        .addListener(
            finished -> {
              if (finished.isSuccess()) {
                http.leaves();
              }
            });
  }

  @Override
  public void onConnectionPooled(Channel pooled) {
    connection = pooled;
    reused = true;
    secured = pooled.attr(BEGUN).get() == http.attempt().tls();
  }

  /** Fails closed: nothing goes out over another TLS than it is to go, or none. */
  @Override
  public void onRequestSend(NettyRequest request) {
    ClientTls tls = http.attempt().tls();
    if (tls != null && !secured) {
      throw new IllegalStateException(
          new SSLException("TLS to " + tls.expectedIdentity() + " was not begun"));
    }
    if (tls == null || reused) {
      http.leaves();
    }
    wire.write(request.getHttpRequest());
  }

  @Override
  public State onStatusReceived(HttpResponseStatus received) {
    status = received;
    return State.CONTINUE;
  }

  @Override
  public State onHeadersReceived(HttpHeaders headers) throws Exception {
    return judge(headers);
  }

  private State judge(HttpHeaders headers) throws Exception {
    judged = true;
    HttpResponseStatus head = status;
    if (head == null || !http.answered(head.getStatusCode(), headers::getAll) || call == null) {
      return State.CONTINUE;
    }
    if (http.attempt().changesResponse()) {
      ChangedHeaders changed = new ChangedHeaders(headers::getAll);
      http.attempt().changeResponse(changed);
      changed.changes().forEach(headers::set);
      call.keepCookies(headers);
    }
    delivers = true;
    call.delivers(this);
    done.complete(Optional.empty());
    HttpResponse response = Attempts.response(head.getStatusCode(), head.getStatusText());
    response.headers().set(headers);
    follows = call.follows(response);
    return follows
        ? State.CONTINUE
        : call.application().head(new NettyResponseStatus(asked, response, connection), headers);
  }

  @Override
  public State onBodyPartReceived(HttpResponseBodyPart part) throws Exception {
    if (!judged && judge(new DefaultHttpHeaders()) == State.ABORT) {
      return State.ABORT;
    }
    return call == null || !delivers || follows ? State.CONTINUE : call.application().part(part);
  }

  @Override
  public State onTrailingHeadersReceived(HttpHeaders trailers) throws Exception {
    return call == null || !delivers || follows
        ? State.CONTINUE
        : call.application().trailers(trailers);
  }

  @Override
  public @Nullable Object onCompleted() {
    if (call != null && delivers) {
      if (!follows) {
        call.application().done();
      }
    } else if (http.isAnswered()) {
      done.complete(Optional.empty());
    } else {
      done.completeExceptionally(
          new InterruptedIOException("the attempt was broken off as its answer came"));
    }
    return null;
  }

  @Override
  public void onThrowable(Throwable cause) {
    if (call != null && delivers) {
      if (!follows && !cancelled) {
        call.application().failed(cause);
      }
      return;
    }
    Sending by = sendingBy;
    if (by != null && reused && !cancelled && cause instanceof IOException && http.sendsAgain()) {
      // The server had closed it before the request came: this is no retry (RFC 9112, 9.3.1).
      send(by);
      return;
    }
    if (cause instanceof TooManyConnectionsException
        || cause instanceof TooManyConnectionsPerHostException) {
      http.local();
    }
    done.completeExceptionally(cause);
  }
}
