package io.endomesh.instrumentation.netty.http;

import io.endomesh.weaving.Weaving;
import io.netty.channel.Channel;
import io.netty.channel.ChannelPipeline;
import io.netty.channel.ServerChannel;
import java.net.InetSocketAddress;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A connection that a server of this JVM accepted and that speaks HTTP. Not those of clients, and
 * not channels in memory. Used by its event loop.
 */
final class ServedConnection {

  private ServedConnection() {}

  /** Puts what the mesh needs around a codec that is in the pipeline now. */
  static void codecAdded(Channel channel) {
    Channel connection = of(channel);
    if (connection == null) {
      return;
    }
    ChannelPipeline pipeline = channel.pipeline();
    String codec = Codecs.last(pipeline);
    if (codec == null) {
      return;
    }
    MeshTls.otherwise(connection);
    if (pipeline.get(Requests.class) == null) {
      pipeline.addAfter(codec, /* name= */ null, new Requests(connection));
    }
    if (channel == connection) {
      detect(channel, /* choosesLater= */ false);
    }
  }

  /**
   * Of which the first bytes are looked at by the library, before it has a codec.
   *
   * @param choosesLater as {@link FirstByte} takes it
   */
  static void begins(Channel channel, boolean choosesLater) {
    if (of(channel) == channel) {
      MeshTls.otherwise(channel);
      detect(channel, choosesLater);
    }
  }

  private static void detect(Channel connection, boolean choosesLater) {
    ChannelPipeline pipeline = connection.pipeline();
    if (isNew(connection)
        && pipeline.get(FirstByte.class) == null
        && !Codecs.hasTls(pipeline)
        && Weaving.mesh().serverTls(localPort(connection)).detects()) {
      pipeline.addFirst(new FirstByte(choosesLater));
    }
  }

  /**
   * Requests are to be decided about before one of them makes the connection one of HTTP/2.
   *
   * @param upgrade the name of the handler that does it
   */
  static void upgradeAdded(Channel channel, String upgrade) {
    ChannelPipeline pipeline = channel.pipeline();
    String codec = Codecs.last(pipeline);
    Requests added = pipeline.get(Requests.class);
    if (codec != null && added != null && isBefore(upgrade, added, pipeline)) {
      pipeline.remove(added);
      pipeline.addAfter(codec, /* name= */ null, new Requests(channel));
    }
  }

  private static boolean isBefore(String name, Requests requests, ChannelPipeline pipeline) {
    List<String> names = pipeline.names();
    return names.indexOf(name) < names.indexOf(pipeline.context(requests).name());
  }

  /**
   * @param channel of a connection, or of a stream of HTTP/2 on one
   * @return null if no server of this JVM accepted it, from the network
   */
  private static @Nullable Channel of(Channel channel) {
    Channel parent = channel.parent();
    Channel connection = parent == null || parent instanceof ServerChannel ? channel : parent;
    return connection.parent() instanceof ServerChannel
            && connection.localAddress() instanceof InetSocketAddress
        ? connection
        : null;
  }

  /** False if bytes were read of it already, by a handler that chose the codec by them. */
  private static boolean isNew(Channel connection) {
    return connection.unsafe().recvBufAllocHandle().lastBytesRead() == 0;
  }

  static int localPort(Channel connection) {
    return connection.localAddress() instanceof InetSocketAddress address ? address.getPort() : 0;
  }
}
