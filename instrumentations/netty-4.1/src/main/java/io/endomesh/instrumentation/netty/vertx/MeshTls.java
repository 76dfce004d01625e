package io.endomesh.instrumentation.netty.vertx;

import io.endomesh.dataplane.identity.Peer;
import io.endomesh.instrumentation.netty.Attributes;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelPipeline;
import io.netty.handler.stream.ChunkedWriteHandler;
import io.netty.util.Attribute;
import io.netty.util.AttributeKey;
import javax.net.ssl.SSLEngine;
import org.jspecify.annotations.Nullable;

/** What a connection is to the application that the mesh's TLS may be on. Stateless. */
final class MeshTls {

  private static final AttributeKey<SSLEngine> ENGINE = AttributeKey.valueOf(Attributes.TLS);

  private static final AttributeKey<Peer> PEER = AttributeKey.valueOf(Attributes.PEER);

  private static final AttributeKey<Runnable> ENDS = AttributeKey.valueOf(Attributes.ENDS);

  private MeshTls() {}

  static boolean isOn(Channel connection) {
    return connection.attr(ENGINE).get() != null;
  }

  /** The answer of a stream has ended that was to be the last of its connection. */
  static void ends(Channel connection) {
    @Nullable Runnable ends = connection.attr(ENDS).get();
    if (ends != null) {
      ends.run();
    }
  }

  /** Not before the handshake is done. */
  static Peer peer(Channel connection) {
    Attribute<Peer> known = connection.attr(PEER);
    @Nullable Peer before = known.get();
    Peer now = Peer.of(connection.attr(ENGINE).get(), before);
    if (now != before) {
      known.set(now);
    }
    return now;
  }

  /**
   * Has what Vert.x puts into the pipelines of its own TLS.
   *
   * @param connection the library's own handler
   */
  static void takesFilesInParts(ChannelHandlerContext connection) {
    ChannelPipeline pipeline = connection.pipeline();
    if (pipeline.get(ChunkedWriteHandler.class) == null) {
      pipeline.addBefore(connection.name(), /* name= */ null, new ChunkedWriteHandler());
    }
  }
}
