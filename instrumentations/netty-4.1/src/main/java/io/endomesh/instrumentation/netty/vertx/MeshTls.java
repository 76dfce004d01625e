package io.endomesh.instrumentation.netty.vertx;

import io.endomesh.dataplane.identity.PeerIdentities;
import io.endomesh.instrumentation.netty.Attributes;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelPipeline;
import io.netty.handler.stream.ChunkedWriteHandler;
import io.netty.util.AttributeKey;
import java.util.List;
import javax.net.ssl.SSLEngine;
import org.jspecify.annotations.Nullable;

/** What a connection is to the application that the mesh's TLS may be on. Stateless. */
final class MeshTls {

  private static final AttributeKey<SSLEngine> ENGINE = AttributeKey.valueOf(Attributes.TLS);

  private MeshTls() {}

  static boolean isOn(Channel connection) {
    return connection.attr(ENGINE).get() != null;
  }

  /** URI names of the peer's verified certificate; empty if the connection is not the mesh's. */
  static List<String> peerIdentities(Channel connection) {
    @Nullable SSLEngine engine = connection.attr(ENGINE).get();
    return engine == null ? List.of() : PeerIdentities.of(engine.getSession());
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
