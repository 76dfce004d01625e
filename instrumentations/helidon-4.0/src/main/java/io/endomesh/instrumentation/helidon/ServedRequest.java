package io.endomesh.instrumentation.helidon;

import io.endomesh.dataplane.CallContext;
import io.endomesh.dataplane.InboundCall;
import io.endomesh.dataplane.Outcome;
import io.endomesh.weaving.WeakIdentityMap;
import io.endomesh.weaving.Weaving;
import io.helidon.http.HeaderValues;
import io.helidon.http.HttpException;
import io.helidon.http.RequestException;
import io.helidon.http.Status;
import io.helidon.http.WritableHeaders;
import io.helidon.webserver.ConnectionContext;
import io.helidon.webserver.http.RoutingRequest;
import io.helidon.webserver.http.RoutingResponse;
import org.jspecify.annotations.Nullable;

/**
 * One request that the application handles, from the decision to its end: in one frame, on one
 * thread, as Helidon handles requests. Only the head of its answer may leave on another one.
 */
final class ServedRequest {

  /** By the headers of the answer, which is all that Helidon has where a head leaves. */
  private static final WeakIdentityMap<Object, InboundCall> ANSWERING = new WeakIdentityMap<>();

  private final InboundCall call;
  private final CallContext before;

  private final boolean isLast;

  private ServedRequest(InboundCall call, WritableHeaders<?> answer, boolean isLast) {
    this.call = call;
    this.isLast = isLast;
    ANSWERING.put(answer, call);
    this.before = call.context().attach();
  }

  /**
   * Decides about a request in front of all filters, and makes its context current.
   *
   * @return what is to be told of its end; if it was refused, and the refusal written, whether the
   *     connection goes on
   */
  static Object serve(
      ConnectionContext connection, RoutingRequest request, RoutingResponse response) {
    InboundCall call = DecidedBefore.take(connection, request.prologue());
    if (call == null) {
      InboundHttp arrived =
          InboundHttp.of(connection, request.prologue(), request.headers(), request.authority());
      if (arrived == null) {
        return Boolean.FALSE; // Nobody waits for an answer, and nobody was decided about.
      }
      call = Weaving.mesh().serve(arrived);
    }
    if (call.refusal() != null) {
      return Boolean.valueOf(Refusal.write(call, request, response));
    }
    boolean isLast = call.isLastOfConnection();
    if (isLast && !Refusal.hasOwnConnection(request)) {
      isLast = false;
      if (connection.remotePeer() instanceof MeshPeer peer) {
        peer.wire().endsWhenQuiet();
      }
    }
    if (isLast) {
      response.headers().set(HeaderValues.CONNECTION_CLOSE);
    }
    return new ServedRequest(call, response.headers(), isLast);
  }

  /**
   * True if the answer says so, and the connection is to be closed behind it. What an upgrade made
   * of it goes on: newer versions make a WebSocket behind the filters.
   */
  boolean isLastOfConnection(RoutingResponse response) {
    return isLast
        && response.isSent()
        && response.status().code() != Status.SWITCHING_PROTOCOLS_101.code();
  }

  /** The head of an answer is about to be written. */
  static void head(WritableHeaders<?> headers, @Nullable Status status) {
    InboundCall call = ANSWERING.isEmpty() ? null : ANSWERING.get(headers);
    int code = status == null ? Status.OK_200.code() : status.code();
    // Not an interim one, as that of an upgrade.
    if (call != null && code >= Status.OK_200.code() && call.changesResponse()) {
      call.changeResponse(code, new ResponseHeaders(headers));
    }
  }

  /**
   * @param failure that Helidon is told of; null if it has an answer
   */
  void ends(RoutingResponse response, @Nullable Throwable failure) {
    CallContext.restore(before);
    ANSWERING.remove(response.headers());
    end(call, response.isSent() ? response.status() : null, failure);
  }

  /**
   * @param sent null if there was no answer, or who failed has none of its own
   */
  static void end(InboundCall call, @Nullable Status sent, @Nullable Throwable failure) {
    Status answer = sent == null ? answerTo(failure) : sent;
    call.ended(
        answer == null ? 0 : answer.code(),
        Outcome.NOT_GRPC,
        sent == null && answer != null ? null : failure);
  }

  /** What Helidon answers for what is thrown to it; null if it closes the connection. */
  private static @Nullable Status answerTo(@Nullable Throwable failure) {
    if (failure instanceof HttpException http) {
      return http.status();
    }
    return failure instanceof RequestException request ? request.status() : null;
  }
}
