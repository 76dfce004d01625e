package io.endomesh.instrumentation.vertx;

import io.endomesh.dataplane.identity.ClientTls;
import io.netty.channel.Channel;
import io.netty.handler.ssl.SslHandler;
import io.netty.util.AttributeKey;
import io.netty.util.concurrent.Future;
import java.net.InetSocketAddress;
import javax.net.ssl.SSLEngine;
import org.jspecify.annotations.Nullable;

/**
 * Begins the mesh's TLS on a connection before anything is written to it, below what the library
 * knows. Stateless.
 */
final class Tls {

  /** Of a connection: the TLS that it was begun with. */
  private static final AttributeKey<ClientTls> BEGUN = AttributeKey.valueOf("io.endomesh.begun");

  /** By which name the server's part of Vert.x knows TLS that is no concern of the application. */
  private static final AttributeKey<SSLEngine> HIDDEN = AttributeKey.valueOf("io.endomesh.tls");

  private Tls() {}

  /**
   * @return done with the handshake; null if the connection has it behind it
   * @throws IllegalStateException if the connection is another's
   */
  static @Nullable Future<Channel> begin(
      Channel connection, ClientTls tls, InetSocketAddress endpoint) {
    ClientTls begun = connection.attr(BEGUN).get();
    if (begun == tls) {
      return null;
    }
    if (begun != null) {
      throw new IllegalStateException("connection: of another TLS (expected: one of its own)");
    }
    // Whose certificate is the right one its context says by itself: an identity, or a host's name.
    SSLEngine engine =
        tls.context().createSSLEngine(endpoint.getAddress().getHostAddress(), endpoint.getPort());
    engine.setUseClientMode(true);
    SslHandler handshake = new SslHandler(engine);
    connection.attr(BEGUN).set(tls);
    connection.attr(HIDDEN).set(engine);
    connection.pipeline().addFirst(handshake);
    return handshake.handshakeFuture();
  }
}
