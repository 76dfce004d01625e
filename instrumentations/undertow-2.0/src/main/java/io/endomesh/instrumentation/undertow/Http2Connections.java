package io.endomesh.instrumentation.undertow;

import io.endomesh.dataplane.http.LastStreams;
import io.undertow.protocols.http2.Http2Channel;
import io.undertow.protocols.http2.Http2DataStreamSinkChannel;
import io.undertow.server.ServerConnection;
import io.undertow.server.protocol.framed.AbstractFramedChannel;
import io.undertow.server.protocol.http2.Http2ServerConnection;
import java.lang.invoke.MethodHandle;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.MethodHandles.Lookup;
import java.lang.invoke.MethodType;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.xnio.StreamConnection;

/**
 * What a stream of HTTP/2 came over. Undertow has a connection object for each stream, and keeps
 * that of all of them for itself. Stateless.
 */
final class Http2Connections {

  private static final MethodHandle CHANNEL;
  private static final MethodHandle ANSWER;
  private static final MethodHandle SOCKET;
  private static final MethodHandle STREAMS;

  static {
    try {
      Lookup stream = lookup(Http2ServerConnection.class);
      CHANNEL = stream.findGetter(Http2ServerConnection.class, "channel", Http2Channel.class);
      ANSWER =
          stream.findGetter(
              Http2ServerConnection.class, "responseChannel", Http2DataStreamSinkChannel.class);
      SOCKET =
          lookup(AbstractFramedChannel.class)
              .findVirtual(
                  AbstractFramedChannel.class,
                  "getUnderlyingConnection",
                  MethodType.methodType(StreamConnection.class))
              .asType(MethodType.methodType(StreamConnection.class, Http2Channel.class));
      STREAMS =
          lookup(Http2Channel.class).findGetter(Http2Channel.class, "currentStreams", Map.class);
    } catch (ReflectiveOperationException e) {
      throw new LinkageError("Http2ServerConnection and its channel", e);
    }
  }

  private Http2Connections() {}

  private static Lookup lookup(Class<?> type) throws IllegalAccessException {
    return MethodHandles.privateLookupIn(type, MethodHandles.lookup());
  }

  /** Null on any connection that is not the mesh's, or not of HTTP/2. */
  static @Nullable MeshTls tls(ServerConnection connection) {
    if (!(connection instanceof Http2ServerConnection stream)) {
      return null;
    }
    try {
      return MeshTls.of((StreamConnection) SOCKET.invokeExact(channel(stream)));
    } catch (RuntimeException | Error e) {
      throw e;
    } catch (Throwable e) {
      throw new LinkageError("Http2ServerConnection.channel", e);
    }
  }

  /**
   * True of a stream whose answer is complete for the application: the last frame is under way or
   * sent, and a caller that leaves now may have all of it.
   */
  static boolean isAnswered(ServerConnection connection) {
    if (!(connection instanceof Http2ServerConnection stream)) {
      return false;
    }
    try {
      Http2DataStreamSinkChannel answer = (Http2DataStreamSinkChannel) ANSWER.invokeExact(stream);
      return answer.isWritesShutdown();
    } catch (RuntimeException | Error e) {
      throw e;
    } catch (Throwable e) {
      throw new LinkageError("Http2ServerConnection.responseChannel", e);
    }
  }

  /** Null if it is none of HTTP/2. */
  static @Nullable OpenStreams begun(ServerConnection connection, ServedRequest request) {
    return connection instanceof Http2ServerConnection stream
        ? OpenStreams.begun(channel(stream), request)
        : null;
  }

  /** The answer of a stream has ended that should have been the last. */
  static void endsBehind(ServerConnection connection) {
    if (connection instanceof Http2ServerConnection stream) {
      LastStreams.endInNextPause(new Last(channel(stream)));
    }
  }

  private static Http2Channel channel(Http2ServerConnection stream) {
    try {
      return (Http2Channel) CHANNEL.invokeExact(stream);
    } catch (RuntimeException | Error e) {
      throw e;
    } catch (Throwable e) {
      throw new LinkageError("Http2ServerConnection.channel", e);
    }
  }

  /** One that is to end. Thread-safe. */
  private record Last(Http2Channel channel) implements LastStreams.Connection {

    @Override
    public boolean isQuiet() {
      try {
        return !channel.isOpen() || ((Map<?, ?>) STREAMS.invokeExact(channel)).isEmpty();
      } catch (RuntimeException | Error e) {
        throw e;
      } catch (Throwable e) {
        throw new LinkageError("Http2Channel.currentStreams", e);
      }
    }

    @Override
    public void end() {
      channel.getIoThread().execute(() -> channel.sendGoAway(Http2Channel.ERROR_NO_ERROR));
    }
  }
}
