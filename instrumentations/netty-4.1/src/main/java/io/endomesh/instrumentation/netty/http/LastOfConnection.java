package io.endomesh.instrumentation.netty.http;

import io.endomesh.dataplane.http.LastStreams;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandler;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelPromise;
import java.lang.reflect.Method;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * A connection of HTTP/2 that is to end, by Netty's codec that is on it, whoever configured that.
 * The codec is public, and found by its name: who has no HTTP/2 has no such class. Thread-safe.
 */
record LastOfConnection(Channel connection) implements LastStreams.Connection {

  private static final String PACKAGE = "io.netty.handler.codec.http2.";
  private static final String CODEC = PACKAGE + "Http2ConnectionHandler";

  /** RFC 9113, 7. */
  private static final long NO_ERROR = 0;

  /** What began since the look is answered, however long it takes. */
  private static final long FOREVER = -1;

  /** The answer of a stream has ended that should have been the last. */
  static void ended(Channel connection) {
    if (codec(connection) != null) {
      LastStreams.endInNextPause(new LastOfConnection(connection));
    }
  }

  /** Null if it is none of HTTP/2, or closed. */
  private static @Nullable ChannelHandlerContext codec(Channel connection) {
    for (Map.Entry<String, ChannelHandler> entry : connection.pipeline()) {
      if (codecType(entry.getValue()) != null) {
        return connection.pipeline().context(entry.getValue());
      }
    }
    return null;
  }

  private static @Nullable Class<?> codecType(ChannelHandler handler) {
    Class<?> type = handler.getClass();
    while (type != null && !type.getName().equals(CODEC)) {
      type = type.getSuperclass();
    }
    return type;
  }

  /** As its event loop left it: what has just ended is seen at the next look. */
  @Override
  public boolean isQuiet() {
    @Nullable ChannelHandlerContext codec = codec(connection);
    return codec == null || !connection.isActive() || running(codec) == 0;
  }

  @Override
  public void end() {
    connection.eventLoop().execute(this::close);
  }

  private void close() {
    @Nullable ChannelHandlerContext codec = codec(connection);
    if (codec != null) {
      goAway(codec);
    }
    connection.close();
  }

  private static int running(ChannelHandlerContext codec) {
    return (int) call("Http2Connection", "numActiveStreams", streams(codec));
  }

  private static Object streams(ChannelHandlerContext codec) {
    return call("Http2ConnectionHandler", "connection", codec.handler());
  }

  private static void goAway(ChannelHandlerContext codec) {
    Object remote = call("Http2Connection", "remote", streams(codec));
    int last = (int) call("Http2Connection$Endpoint", "lastStreamCreated", remote);
    try {
      Class<?> type = type("Http2ConnectionHandler", codec.handler());
      type.getMethod(
              "goAway",
              ChannelHandlerContext.class,
              int.class,
              long.class,
              ByteBuf.class,
              ChannelPromise.class)
          .invoke(
              codec.handler(), codec, last, NO_ERROR, Unpooled.EMPTY_BUFFER, codec.newPromise());
      codec.flush();
      type.getMethod("gracefulShutdownTimeoutMillis", long.class).invoke(codec.handler(), FOREVER);
    } catch (ReflectiveOperationException e) {
      throw new LinkageError(CODEC + ".goAway", e);
    }
  }

  private static Object call(String type, String name, Object of) {
    try {
      Method method = type(type, of).getMethod(name);
      return method.invoke(of);
    } catch (ReflectiveOperationException e) {
      throw new LinkageError(PACKAGE + type + "." + name, e);
    }
  }

  /** As the codec sees it. */
  private static Class<?> type(String name, Object of) throws ClassNotFoundException {
    return Class.forName(PACKAGE + name, /* initialize= */ false, of.getClass().getClassLoader());
  }
}
