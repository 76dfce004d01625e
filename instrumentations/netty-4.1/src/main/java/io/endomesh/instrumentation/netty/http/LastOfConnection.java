package io.endomesh.instrumentation.netty.http;

import io.endomesh.dataplane.http.LastStreams;
import io.netty.buffer.Unpooled;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.handler.codec.http2.Http2ConnectionHandler;
import io.netty.handler.codec.http2.Http2Error;
import org.jspecify.annotations.Nullable;

/**
 * A connection of HTTP/2 that is to end, by Netty's codec that is on it, whoever configured that.
 * Loaded where there is HTTP/2. Thread-safe.
 */
record LastOfConnection(Channel connection) implements LastStreams.Connection {

  /** The answer of a stream that was to be the last has ended. */
  static void ended(Channel connection) {
    if (codec(connection) != null) {
      LastStreams.endWhenQuiet(new LastOfConnection(connection));
    }
  }

  /** Null if it is none of HTTP/2, or closed. */
  private static @Nullable ChannelHandlerContext codec(Channel connection) {
    return connection.pipeline().context(Http2ConnectionHandler.class);
  }

  @Override
  public void sayGoodbye() {
    run(() -> goAway(Integer.MAX_VALUE));
  }

  /** As its event loop left it: what has just ended is seen at the next look. */
  @Override
  public boolean isQuiet() {
    @Nullable ChannelHandlerContext codec = codec(connection);
    return codec == null
        || !connection.isActive()
        || ((Http2ConnectionHandler) codec.handler()).connection().numActiveStreams() == 0;
  }

  @Override
  public void end() {
    run(this::close);
  }

  private void close() {
    @Nullable ChannelHandlerContext codec = codec(connection);
    if (codec != null) {
      Http2ConnectionHandler handler = (Http2ConnectionHandler) codec.handler();
      goAway(handler.connection().remote().lastStreamCreated());
      // What began since the look is answered, however long it takes.
      handler.gracefulShutdownTimeoutMillis(-1);
    }
    connection.close();
  }

  private void goAway(int lastStream) {
    @Nullable ChannelHandlerContext codec = codec(connection);
    if (codec != null) {
      ((Http2ConnectionHandler) codec.handler())
          .goAway(
              codec,
              lastStream,
              Http2Error.NO_ERROR.code(),
              Unpooled.EMPTY_BUFFER,
              codec.newPromise());
      codec.flush();
    }
  }

  private void run(Runnable task) {
    connection.eventLoop().execute(task);
  }
}
