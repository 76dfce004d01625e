package io.endomesh.instrumentation.armeria.server;

import com.linecorp.armeria.common.HttpData;
import com.linecorp.armeria.common.HttpHeaderNames;
import com.linecorp.armeria.common.HttpMethod;
import com.linecorp.armeria.common.HttpResponse;
import com.linecorp.armeria.common.ResponseHeaders;
import com.linecorp.armeria.common.ResponseHeadersBuilder;
import com.linecorp.armeria.common.logging.RequestLog;
import com.linecorp.armeria.server.ServiceRequestContext;
import io.endomesh.dataplane.CallContext;
import io.endomesh.dataplane.InboundCall;
import io.endomesh.dataplane.Outcome;
import io.endomesh.dataplane.Reply;
import io.endomesh.weaving.Suppressed;
import io.endomesh.weaving.Weaving;
import io.netty.channel.Channel;
import io.netty.util.AttributeKey;
import org.jspecify.annotations.Nullable;

/**
 * The life of one request at the mesh's side: begun, decided, answered, ended. It is an attribute
 * of the request's context. Nothing of the agent may throw as it is: Armeria calls it itself.
 */
final class ServedRequest {

  private static final AttributeKey<ServedRequest> SERVED =
      AttributeKey.valueOf("io.endomesh.served");

  /** By which the instrumentation of the client knows on whose behalf it calls. */
  private static final AttributeKey<CallContext> CONTEXT =
      AttributeKey.valueOf("io.endomesh.context");

  /** Below it an answer is an interim one (RFC 9110, 15.2), which answers nothing. */
  private static final int FIRST_FINAL = 200;

  private static final int SWITCHING_PROTOCOLS = 101;

  private final InboundCall call;
  private final boolean isHead;

  private ServedRequest(InboundCall call, boolean isHead) {
    this.call = call;
    this.isHead = isHead;
  }

  /**
   * Decides about a request, once, by the path that was routed and by the same decoded.
   *
   * @return null if the mesh failed
   */
  static @Nullable ServedRequest serve(ServiceRequestContext context) {
    try {
      @Nullable Channel connection = context.log().partial().channel();
      if (connection == null || context.ownAttr(SERVED) != null) {
        return null; // One that a test of the application made, or one that was decided.
      }
      InboundHttp arrived = new InboundHttp(context, connection);
      InboundCall call = Weaving.mesh().serve(arrived);
      if (call.refusal() == null && arrived.readsOtherwise()) {
        call.rerouted();
      }
      ServedRequest served = new ServedRequest(call, context.method() == HttpMethod.HEAD);
      context.setAttr(SERVED, served);
      context.setAttr(CONTEXT, call.context());
      int id = RequestIds.of(context.request());
      UnansweredRequests unanswered = UnansweredRequests.on(connection);
      unanswered.add(id, served);
      arrived.replaceHeaders(context);
      context
          .log()
          .whenComplete()
          .thenAccept(
              log -> {
                unanswered.remove(id, served);
                served.ended(log);
                if (call.endsConnection()) {
                  connection.close();
                } else if (call.isLastOfConnection()) {
                  InboundHttp.ends(connection);
                }
              });
      return served;
    } catch (RuntimeException | LinkageError failure) {
      Suppressed.report(failure);
      return null;
    }
  }

  /** Null if the mesh has not seen it. */
  static @Nullable ServedRequest of(ServiceRequestContext context) {
    return context.attr(SERVED);
  }

  /** The answer of a refused request; null if it is not. */
  @Nullable HttpResponse refusal() {
    Reply refusal = call.refusal();
    if (refusal == null) {
      return null;
    }
    byte[] text = refusal.line();
    ResponseHeadersBuilder head = ResponseHeaders.builder(refusal.status());
    refusal.describe(new AnswerHeaders(head));
    if (text.length > 0) {
      head.set(HttpHeaderNames.CONTENT_TYPE, refusal.contentType());
    }
    head.setInt(HttpHeaderNames.CONTENT_LENGTH, text.length);
    return isHead || text.length == 0
        ? HttpResponse.of(head.build())
        : HttpResponse.of(head.build(), HttpData.wrap(text));
  }

  /** Makes the context of the call current; what was current before. */
  CallContext attach() {
    return call.context().attach();
  }

  /** True for the head that answers, which may follow others. */
  static boolean answers(ResponseHeaders head) {
    int status = head.status().code();
    return status >= FIRST_FINAL || status == SWITCHING_PROTOCOLS;
  }

  /**
   * The head of the answer is about to be written.
   *
   * @return what to write in its place; null if it stays
   */
  @Nullable ResponseHeaders leaves(ResponseHeaders head) {
    int status = head.status().code();
    ResponseHeaders changed = call.changesResponse() ? changed(head) : null;
    if (status == SWITCHING_PROTOCOLS) {
      // The log is complete when the WebSocket is closed, which may be in days.
      call.ended(status, Outcome.NOT_GRPC, null);
    }
    return changed;
  }

  private ResponseHeaders changed(ResponseHeaders head) {
    ResponseHeadersBuilder changed = head.toBuilder();
    call.changeResponse(head.status().code(), new AnswerHeaders(changed));
    return changed.build();
  }

  private void ended(RequestLog log) {
    try {
      call.ended(log.responseHeaders().status().code(), Outcome.NOT_GRPC, log.responseCause());
    } catch (RuntimeException | LinkageError failure) {
      Suppressed.report(failure);
    }
  }
}
