package io.endomesh.instrumentation.netty.vertx;

import io.endomesh.dataplane.CallContext;
import io.endomesh.dataplane.InboundCall;
import io.endomesh.dataplane.Outcome;
import io.endomesh.dataplane.Reply;
import io.endomesh.dataplane.http.UnreadBody;
import io.endomesh.weaving.Suppressed;
import io.netty.buffer.Unpooled;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelPromise;
import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http2.DefaultHttp2Headers;
import io.netty.handler.codec.http2.Http2ConnectionEncoder;
import io.netty.handler.codec.http2.Http2ConnectionHandler;
import io.netty.handler.codec.http2.Http2Error;
import io.netty.handler.codec.http2.Http2Headers;
import java.io.IOException;
import org.jspecify.annotations.Nullable;

/**
 * The life of a stream of HTTP/2 at the mesh's side: decided, answered, ended. Used by the
 * connection's event loop.
 */
final class ServedStream {

  /** Statuses below are of interim answers (RFC 9110, 15.2). */
  private static final int FIRST_FINAL = 200;

  /** Why a call ended whose answer did not. */
  private static final String BROKE_OFF = "the stream was closed before the answer's end";

  private final InboundCall call;
  private int status;
  private boolean isAnswered;
  private long dropped;

  ServedStream(InboundCall call) {
    this.call = call;
  }

  boolean isRefused() {
    return call.refusal() != null;
  }

  /** Makes the context of the call current; what was current before. */
  CallContext attach() {
    return call.context().attach();
  }

  /** Answers a refused request. */
  void refuse(ChannelHandlerContext context, int stream) {
    Reply refusal = call.refusal();
    if (refusal == null) {
      throw new IllegalStateException("refusal: none (expected: asked for if isRefused)");
    }
    byte[] text = refusal.line();
    Http2Headers head = new DefaultHttp2Headers().status(String.valueOf(refusal.status()));
    refusal.describe(new StreamHeaders(head));
    if (text.length > 0) {
      head.set(HttpHeaderNames.CONTENT_TYPE, refusal.contentType());
    }
    head.setInt(HttpHeaderNames.CONTENT_LENGTH, text.length);
    status = refusal.status();
    isAnswered = true;
    boolean hasBody = text.length > 0 && !call.request().method().equals("HEAD");
    Http2ConnectionHandler codec = (Http2ConnectionHandler) context.handler();
    Http2ConnectionEncoder encoder = codec.encoder();
    ChannelPromise written = context.newPromise();
    encoder.writeHeaders(
        context, stream, head, 0, !hasBody, hasBody ? context.newPromise() : written);
    if (hasBody) {
      encoder.writeData(context, stream, Unpooled.wrappedBuffer(text), 0, true, written);
    }
    if (call.endsConnection()) {
      // The codec says goodbye, and lets the streams that run come to their ends.
      written.addListener(done -> context.close());
    }
    codec.flush(context);
  }

  /** What a refused caller still sends; not without end. */
  void drop(ChannelHandlerContext context, int stream, int bytes) {
    dropped += bytes;
    if (dropped > UnreadBody.MOST_BYTES) {
      Http2ConnectionHandler codec = (Http2ConnectionHandler) context.handler();
      codec.resetStream(context, stream, Http2Error.NO_ERROR.code(), context.newPromise());
      codec.flush(context);
    }
  }

  /**
   * A part of the answer is about to be written.
   *
   * @param headers null if it is of the body
   */
  void answers(@Nullable Http2Headers headers, boolean isLast) {
    isAnswered |= isLast;
    if (headers == null || status != 0) {
      return;
    }
    int code = code(headers);
    if (code < FIRST_FINAL) {
      return;
    }
    status = code;
    if (call.changesResponse()) {
      call.changeResponse(code, new StreamHeaders(headers));
    }
  }

  private static int code(Http2Headers headers) {
    CharSequence status = headers.status();
    return status == null ? 0 : Integer.parseInt(status, 0, status.length(), 10);
  }

  /** Nothing of the agent may throw as it is: Netty calls it itself. */
  void ended(Channel connection) {
    try {
      call.ended(status, Outcome.NOT_GRPC, isAnswered ? null : new IOException(BROKE_OFF));
      if (call.isLastOfConnection()) {
        MeshTls.ends(connection);
      }
    } catch (RuntimeException | LinkageError failure) {
      Suppressed.report(failure);
    }
  }
}
