package io.endomesh.instrumentation.netty.http;

import io.endomesh.dataplane.identity.Peer;
import io.endomesh.instrumentation.netty.Attributes;
import io.netty.channel.Channel;
import io.netty.util.Attribute;
import io.netty.util.AttributeKey;
import javax.net.ssl.SSLEngine;
import org.jspecify.annotations.Nullable;

/**
 * The mutual TLS of a connection of the mesh, an attribute of its channel. That there is one says
 * that the peer's certificate was verified against the mesh's roots: one of a server with TLS of
 * its own may carry any name. Thread-safe.
 */
final class MeshTls {

  private static final AttributeKey<SSLEngine> ENGINE = AttributeKey.valueOf(Attributes.TLS);

  private static final AttributeKey<Peer> PEER = AttributeKey.valueOf(Attributes.PEER);

  private static final AttributeKey<Runnable> ENDS = AttributeKey.valueOf(Attributes.ENDS);

  private MeshTls() {}

  static void on(Channel connection, SSLEngine engine) {
    connection.attr(ENGINE).set(engine);
    connection.attr(ENDS).set(() -> LastOfConnection.ended(connection));
  }

  static boolean isOn(Channel connection) {
    return connection.attr(ENGINE).get() != null;
  }

  /**
   * What a connection is unless it becomes one of the mesh; found out once, for all its requests.
   */
  static void otherwise(Channel connection) {
    Attribute<Peer> known = connection.attr(PEER);
    if (known.get() == null) {
      known.set(Codecs.hasTls(connection.pipeline()) ? Peer.UNKNOWN : Peer.PLAINTEXT);
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
}
