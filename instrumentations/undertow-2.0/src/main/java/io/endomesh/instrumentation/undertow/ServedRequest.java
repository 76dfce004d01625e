package io.endomesh.instrumentation.undertow;

import io.endomesh.dataplane.CallContext;
import io.endomesh.dataplane.InboundCall;
import io.endomesh.dataplane.Outcome;
import io.endomesh.dataplane.Reply;
import io.endomesh.weaving.Suppressed;
import io.endomesh.weaving.Weaving;
import io.undertow.server.DefaultResponseListener;
import io.undertow.server.ExchangeCompletionListener;
import io.undertow.server.HttpServerExchange;
import io.undertow.server.ResponseCommitListener;
import io.undertow.util.AttachmentKey;
import io.undertow.util.Headers;
import io.undertow.util.StatusCodes;
import java.io.IOException;
import java.nio.ByteBuffer;
import org.jspecify.annotations.Nullable;

/**
 * The life of one request at the mesh's side: begun, decided, perhaps continued on other threads,
 * answered, ended. It is an attachment of Undertow's exchange, and listens to it. Nothing of the
 * agent may throw as it does: Undertow calls it itself. Used by one thread at a time, as that.
 */
final class ServedRequest implements ResponseCommitListener, ExchangeCompletionListener {

  private static final AttachmentKey<ServedRequest> KEY = AttachmentKey.create(ServedRequest.class);

  /** HTTP/2 without TLS, asked for in HTTP/1.1 (RFC 7540, 3.2). */
  private static final String H2C = "h2c";

  /** The request that a thread is about to handle again as the first stream of HTTP/2. */
  private static final ThreadLocal<ServedRequest> UPGRADING = new ThreadLocal<>();

  private final InboundHttp arrived;
  private final InboundCall call;

  /** Those of its connection, null if it is none of HTTP/2. */
  private @Nullable OpenStreams streams;

  private ServedRequest(InboundHttp arrived, InboundCall call) {
    this.arrived = arrived;
    this.call = call;
  }

  /** Null if this is not a request of the mesh. */
  static @Nullable ServedRequest of(HttpServerExchange exchange) {
    return exchange.getAttachment(KEY);
  }

  /**
   * Decides about a request, the first time that it is seen, and makes its context current.
   *
   * @return true if it was refused, and the refusal written; else the context that was current
   *     before
   */
  static Object serve(HttpServerExchange exchange) {
    ServedRequest known = of(exchange);
    if (known != null) {
      return known.attach();
    }
    ServedRequest upgrading = UPGRADING.get();
    if (upgrading != null) {
      upgrading.listenTo(exchange);
      return upgrading.attach();
    }
    MeshTls tls = MeshTls.of(exchange.getConnection());
    if (tls != null) {
      // As without the mesh: that there is TLS is not the application's concern.
      exchange.setRequestScheme("http");
    }
    InboundHttp arrived = new InboundHttp(exchange, tls);
    InboundCall call = Weaving.mesh().serve(arrived);
    ServedRequest served = new ServedRequest(arrived, call);
    served.listenTo(exchange);
    Reply refusal = call.refusal();
    if (refusal != null) {
      if (call.endsConnection()) {
        exchange.setPersistent(false);
      }
      refuse(refusal, exchange);
      return Boolean.TRUE;
    }
    return served.attach();
  }

  private void listenTo(HttpServerExchange exchange) {
    exchange.putAttachment(KEY, this);
    exchange.addResponseCommitListener(this);
    exchange.addExchangeCompleteListener(this);
    streams = Http2Connections.begun(exchange.getConnection(), this);
  }

  /**
   * The connection is gone, and so is who waited for the answer, if it was not complete: who has
   * all of it may leave before Undertow has told of its end.
   */
  void brokenOff(IOException why) {
    try {
      HttpServerExchange exchange = arrived.exchange();
      if (Http2Connections.isAnswered(exchange.getConnection())) {
        ended(exchange);
      } else {
        call.ended(0, Outcome.NOT_GRPC, why);
      }
    } catch (RuntimeException | LinkageError failure) {
      Suppressed.report(failure);
    }
  }

  /** What was current before. */
  private CallContext attach() {
    return call.context().attach();
  }

  /** The task, to run under the call's context. */
  Runnable under(Runnable task) {
    return () -> {
      CallContext before = attach();
      try {
        task.run();
      } finally {
        CallContext.restore(before);
      }
    };
  }

  static void upgrading(HttpServerExchange asked) {
    ServedRequest served = of(asked);
    if (served != null) {
      UPGRADING.set(served);
    }
  }

  static void upgraded() {
    UPGRADING.remove();
  }

  /**
   * A request whose path was changed on its way to the application is decided about again.
   *
   * @return true if it was refused, and the refusal written
   */
  static boolean refusesOtherPath(HttpServerExchange exchange) {
    ServedRequest served = of(exchange);
    if (served == null || !served.arrived.moves()) {
      return false;
    }
    Reply refusal = served.call.rerouted();
    if (refusal == null) {
      return false;
    }
    refuse(refusal, exchange);
    return true;
  }

  /** The head of the answer is about to be sent. */
  @Override
  public void beforeCommit(HttpServerExchange exchange) {
    try {
      // What an upgrade made of the connection goes on: it has no next request.
      if (call.isLastOfConnection()
          && exchange.getStatusCode() != StatusCodes.SWITCHING_PROTOCOLS) {
        exchange.setPersistent(false);
      }
      if (call.changesResponse() && !continuesAsHttp2(exchange)) {
        call.changeResponse(
            exchange.getStatusCode(), new ResponseHeaders(exchange.getResponseHeaders()));
      }
    } catch (RuntimeException | LinkageError failure) {
      Suppressed.report(failure);
    }
  }

  @Override
  public void exchangeEvent(HttpServerExchange exchange, NextListener next) {
    try {
      if (!continuesAsHttp2(exchange) && (streams == null || streams.ends(this))) {
        ended(exchange);
        if (call.isLastOfConnection()) {
          Http2Connections.endsBehind(exchange.getConnection());
        }
      }
    } catch (RuntimeException | LinkageError failure) {
      Suppressed.report(failure);
    } finally {
      next.proceed();
    }
  }

  private void ended(HttpServerExchange exchange) {
    call.ended(
        exchange.getStatusCode(),
        Outcome.NOT_GRPC,
        exchange.getAttachment(DefaultResponseListener.EXCEPTION));
  }

  private static boolean continuesAsHttp2(HttpServerExchange exchange) {
    return exchange.getStatusCode() == StatusCodes.SWITCHING_PROTOCOLS
        && H2C.equals(exchange.getResponseHeaders().getFirst(Headers.UPGRADE));
  }

  /** Refused all the same if that cannot be said: the application must not be asked. */
  private static void refuse(Reply refusal, HttpServerExchange exchange) {
    try {
      write(refusal, exchange);
    } catch (RuntimeException failure) {
      Suppressed.report(failure);
      exchange.endExchange();
    }
  }

  /** What the caller still sends is read by Undertow behind it, without waiting. */
  private static void write(Reply refusal, HttpServerExchange exchange) {
    exchange.setStatusCode(refusal.status());
    refusal.describe(new ResponseHeaders(exchange.getResponseHeaders()));
    byte[] text = refusal.line();
    exchange.setResponseContentLength(text.length);
    if (text.length == 0) {
      exchange.endExchange();
      return;
    }
    exchange.getResponseHeaders().put(Headers.CONTENT_TYPE, refusal.contentType());
    exchange.getResponseSender().send(ByteBuffer.wrap(text));
  }
}
