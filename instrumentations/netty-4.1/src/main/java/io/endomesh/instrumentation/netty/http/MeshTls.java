package io.endomesh.instrumentation.netty.http;

import io.endomesh.dataplane.identity.PeerIdentities;
import io.endomesh.instrumentation.netty.Attributes;
import io.netty.channel.Channel;
import io.netty.util.AttributeKey;
import java.util.List;
import javax.net.ssl.SSLEngine;
import org.jspecify.annotations.Nullable;

/**
 * The mutual TLS of a connection of the mesh, an attribute of its channel. That there is one says
 * that the peer's certificate was verified against the mesh's roots: one of a server with TLS of
 * its own may carry any name. Thread-safe.
 */
final class MeshTls {

  private static final AttributeKey<SSLEngine> ENGINE = AttributeKey.valueOf(Attributes.TLS);

  private MeshTls() {}

  static void on(Channel connection, SSLEngine engine) {
    connection.attr(ENGINE).set(engine);
  }

  static boolean isOn(Channel connection) {
    return connection.attr(ENGINE).get() != null;
  }

  /**
   * URI names of the peer's verified certificate; empty on any connection that is not the mesh's.
   * Not before the handshake is done.
   */
  static List<String> peerIdentities(Channel connection) {
    @Nullable SSLEngine engine = connection.attr(ENGINE).get();
    return engine == null ? List.of() : PeerIdentities.of(engine.getSession());
  }
}
