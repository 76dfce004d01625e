package io.endomesh.instrumentation.netty.http;

import io.endomesh.dataplane.CallContext;
import io.endomesh.dataplane.InboundCall;
import io.endomesh.dataplane.Outcome;
import io.endomesh.dataplane.Reply;
import io.endomesh.instrumentation.netty.Attributes;
import io.endomesh.weaving.Suppressed;
import io.endomesh.weaving.Weaving;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.Channel;
import io.netty.channel.ChannelPromise;
import io.netty.handler.codec.http.DefaultFullHttpResponse;
import io.netty.handler.codec.http.FullHttpResponse;
import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpHeaders;
import io.netty.handler.codec.http.HttpMethod;
import io.netty.handler.codec.http.HttpRequest;
import io.netty.handler.codec.http.HttpResponse;
import io.netty.handler.codec.http.HttpResponseStatus;
import io.netty.handler.codec.http.HttpUtil;
import io.netty.handler.codec.http.HttpVersion;
import io.netty.util.AttributeKey;
import java.io.IOException;
import org.jspecify.annotations.Nullable;

/**
 * The life of one request at the mesh's side: begun, decided, answered, ended. Nothing of the agent
 * may throw as it is: Netty calls it itself. Used by the connection's event loop.
 */
final class ServedRequest {

  /**
   * On a connection that was upgraded to HTTP/2 (RFC 7540, 3.2): the request that asked for it,
   * which comes again as the first stream.
   */
  private static final AttributeKey<ServedRequest> UPGRADING =
      AttributeKey.valueOf(Attributes.UPGRADING);

  /** The same for who has a codec of HTTP/2 of its own. */
  private static final AttributeKey<InboundCall> UPGRADED =
      AttributeKey.valueOf(Attributes.UPGRADED);

  private static final String H2C = "h2c";

  /** Why a call ended whose answer did not. */
  private static final String BROKE_OFF = "the connection was closed before the answer's end";

  private final Channel connection;
  private final InboundCall call;
  private final boolean isHead;
  private final boolean keepsAlive;

  /** Not of a stream: the connection has others. */
  private final boolean isLast;

  private final boolean isStream;

  private boolean goesOnAsHttp2;
  private int status;

  private ServedRequest(
      Channel connection, Channel channel, InboundCall call, HttpRequest request) {
    this.isStream = channel != connection;
    this.isLast = !isStream && call.isLastOfConnection();
    this.connection = connection;
    this.call = call;
    this.isHead = request.method().equals(HttpMethod.HEAD);
    this.keepsAlive = DroppedBody.keepsAlive(request) && !call.endsConnection();
  }

  /**
   * Decides about a request, once, by all readings of its path.
   *
   * @param channel that it came from: the connection, or a stream on it
   * @return null if the mesh failed
   */
  static @Nullable ServedRequest serve(Channel connection, Channel channel, HttpRequest request) {
    try {
      ServedRequest upgrading =
          channel == connection ? null : connection.attr(UPGRADING).getAndSet(null);
      if (upgrading != null) {
        upgrading.goesOnAsHttp2 = false;
        return upgrading;
      }
      InboundHttp arrived = new InboundHttp(connection, request);
      InboundCall call = Weaving.mesh().serve(arrived);
      while (call.refusal() == null && arrived.readsOtherwise()) {
        call.rerouted();
      }
      return new ServedRequest(connection, channel, call, request);
    } catch (RuntimeException | LinkageError failure) {
      Suppressed.report(failure);
      return null;
    }
  }

  boolean isRefused() {
    return call.refusal() != null;
  }

  /** True if the connection goes with the refusal; a stream of HTTP/2 would go alone. */
  boolean endsConnection() {
    return call.endsConnection();
  }

  /** The answer of a refused request. */
  FullHttpResponse refusal() {
    Reply refusal = call.refusal();
    if (refusal == null) {
      throw new IllegalStateException("refusal: none (expected: asked for if isRefused)");
    }
    byte[] text = refusal.line();
    ByteBuf body = isHead ? Unpooled.EMPTY_BUFFER : Unpooled.wrappedBuffer(text);
    status = refusal.status();
    FullHttpResponse response =
        new DefaultFullHttpResponse(
            HttpVersion.HTTP_1_1, HttpResponseStatus.valueOf(refusal.status()), body);
    HttpHeaders headers = response.headers();
    refusal.describe(new ResponseHeaders(headers));
    if (text.length > 0) {
      headers.set(HttpHeaderNames.CONTENT_TYPE, refusal.contentType());
    }
    headers.setInt(HttpHeaderNames.CONTENT_LENGTH, text.length);
    HttpUtil.setKeepAlive(response, keepsAlive);
    return response;
  }

  /** Makes the context of the call current; what was current before. */
  CallContext attach() {
    return call.context().attach();
  }

  /**
   * The head of an answer is about to be written.
   *
   * @return false for an interim one (RFC 9110, 15.2), which answers nothing
   */
  boolean answers(HttpResponse response) {
    int code = response.status().code();
    boolean upgrades = code == HttpResponseStatus.SWITCHING_PROTOCOLS.code();
    if (code < HttpResponseStatus.OK.code() && !upgrades) {
      return false;
    }
    if (upgrades && H2C.equals(response.headers().get(HttpHeaderNames.UPGRADE))) {
      connection.attr(UPGRADING).set(this);
      connection.attr(UPGRADED).set(call);
      goesOnAsHttp2 = true;
      return true;
    }
    status = code;
    try {
      if (call.changesResponse()) {
        call.changeResponse(code, new ResponseHeaders(response.headers()));
      }
      if (isLast && !upgrades) {
        HttpUtil.setKeepAlive(response, false);
      }
    } catch (RuntimeException | LinkageError failure) {
      Suppressed.report(failure);
    }
    return true;
  }

  /** True from its answer that says so until its stream begins. */
  boolean goesOnAsHttp2() {
    return goesOnAsHttp2;
  }

  /**
   * @param written done when the last of the answer has left
   * @return to be given on in its place
   */
  ChannelPromise ending(ChannelPromise written) {
    ChannelPromise end = written.unvoid();
    if (isLast && status != HttpResponseStatus.SWITCHING_PROTOCOLS.code()) {
      end.addListener(done -> connection.close());
    }
    end.addListener(done -> ended(done.cause()));
    return end;
  }

  /** The connection is gone before its first stream came. */
  static void breakOffUpgrade(Channel connection) {
    ServedRequest upgrading = connection.attr(UPGRADING).getAndSet(null);
    if (upgrading != null) {
      upgrading.breaksOff();
    }
  }

  void breaksOff() {
    ended(new IOException(BROKE_OFF));
  }

  private void ended(@Nullable Throwable error) {
    try {
      call.ended(status, Outcome.NOT_GRPC, error);
      if (isStream && call.isLastOfConnection()) {
        LastOfConnection.ended(connection);
      }
    } catch (RuntimeException | LinkageError failure) {
      Suppressed.report(failure);
    }
  }
}
