package io.endomesh.instrumentation.netty.vertx;

import io.endomesh.dataplane.InboundCall;
import io.endomesh.instrumentation.netty.Attributes;
import io.endomesh.weaving.Suppressed;
import io.endomesh.weaving.Weaving;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.handler.codec.http.HttpScheme;
import io.netty.handler.codec.http2.Http2Connection;
import io.netty.handler.codec.http2.Http2ConnectionAdapter;
import io.netty.handler.codec.http2.Http2ConnectionHandler;
import io.netty.handler.codec.http2.Http2Headers;
import io.netty.handler.codec.http2.Http2Stream;
import io.netty.util.AsciiString;
import io.netty.util.AttributeKey;
import org.jspecify.annotations.Nullable;

/**
 * The streams of a connection of HTTP/2 that a server accepted. Each is a call. Used by the
 * connection's event loop.
 */
final class Streams extends Http2ConnectionAdapter {

  private static final AttributeKey<Streams> STREAMS =
      AttributeKey.valueOf("io.endomesh.vertx.streams");

  private static final AsciiString HTTPS = HttpScheme.HTTPS.name();

  private static final AttributeKey<InboundCall> UPGRADED =
      AttributeKey.valueOf(Attributes.UPGRADED);

  private static final AttributeKey<Object> UPGRADING = AttributeKey.valueOf(Attributes.UPGRADING);

  private final Channel channel;
  private final Http2Connection connection;
  private final Http2Connection.PropertyKey key;

  private Streams(Channel channel, Http2Connection connection) {
    this.channel = channel;
    this.connection = connection;
    this.key = connection.newKey();
  }

  /**
   * @param context of the handler that is the codec
   */
  static Streams of(ChannelHandlerContext context) {
    Streams known = context.channel().attr(STREAMS).get();
    if (known != null) {
      return known;
    }
    Streams streams =
        new Streams(context.channel(), ((Http2ConnectionHandler) context.handler()).connection());
    streams.connection.addListener(streams);
    context.channel().attr(STREAMS).set(streams);
    return streams;
  }

  /**
   * @return null if the connection is a client's, or the stream is none of a request
   */
  static @Nullable ServedStream find(ChannelHandlerContext context, int id) {
    Streams known = context.channel().attr(STREAMS).get();
    Http2Stream stream = known == null ? null : known.connection.stream(id);
    return stream == null ? null : known.served(stream);
  }

  private @Nullable ServedStream served(Http2Stream stream) {
    return stream.getProperty(key);
  }

  /**
   * Decides about a request, once; trailers are the second headers of a stream.
   *
   * @return true if it was refused and answered; else the context that was current before
   */
  Object headersRead(ChannelHandlerContext context, int id, Http2Headers headers) {
    Http2Stream stream = connection.stream(id);
    ServedStream served = served(stream);
    if (served == null) {
      if (MeshTls.isOn(context.channel()) && HTTPS.contentEquals(headers.scheme())) {
        // Of the wire; the application is shown that of its port, as without the mesh.
        headers.scheme(HttpScheme.HTTP.name());
      }
      served = new ServedStream(call(context.channel(), id, headers));
      stream.setProperty(key, served);
      if (served.isRefused()) {
        refuse(served, context, id);
      }
    }
    return served.isRefused() ? Boolean.TRUE : served.attach();
  }

  /** What can not be answered is refused all the same. */
  private static void refuse(ServedStream served, ChannelHandlerContext context, int id) {
    try {
      served.refuse(context, id);
    } catch (RuntimeException | LinkageError failure) {
      Suppressed.report(failure);
    }
  }

  private static InboundCall call(Channel connection, int id, Http2Headers headers) {
    InboundCall upgraded = id == 1 ? connection.attr(UPGRADED).getAndSet(null) : null;
    if (upgraded != null) {
      connection.attr(UPGRADING).set(null);
      return upgraded;
    }
    InboundStream arrived = new InboundStream(connection, headers);
    InboundCall call = Weaving.mesh().serve(arrived);
    while (call.refusal() == null && arrived.readsOtherwise()) {
      call.rerouted();
    }
    return call;
  }

  @Override
  public void onStreamHalfClosed(Http2Stream stream) {
    ServedStream served = served(stream);
    if (served != null && stream.state() == Http2Stream.State.HALF_CLOSED_LOCAL) {
      served.ended(channel);
    }
  }

  @Override
  public void onStreamClosed(Http2Stream stream) {
    ServedStream served = served(stream);
    if (served != null) {
      served.ended(channel);
    }
  }
}
