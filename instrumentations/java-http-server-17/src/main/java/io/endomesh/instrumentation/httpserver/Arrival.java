package io.endomesh.instrumentation.httpserver;

import io.endomesh.dataplane.identity.ServerTls;
import io.endomesh.weaving.AgentLog;
import io.endomesh.weaving.Refusals;
import io.endomesh.weaving.Weaving;
import java.io.IOException;
import java.net.StandardSocketOptions;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;
import javax.net.ssl.SSLEngine;
import org.jspecify.annotations.Nullable;

/**
 * A connection of which the server has seen nothing yet. Its first byte tells whether it goes on as
 * mutual TLS of the mesh or as it is. A handshake takes the bytes that are there and never waits:
 * this server often has one thread, that of its dispatcher, which is the only one to call this.
 */
final class Arrival {

  private final SocketChannel channel;
  private final int port;
  private @Nullable TlsWire tls;

  Arrival(SocketChannel channel, int port) {
    this.channel = channel;
    this.port = port;
  }

  /**
   * Goes as far as the bytes that came allow.
   *
   * @return false if the server goes on with the connection; if it was refused, that is closed, and
   *     the server will find its end
   */
  boolean needsMore() {
    try {
      channel.configureBlocking(false);
      boolean needsMore = tls == null ? begins() : shakesHands(tls);
      if (!needsMore && channel.isOpen()) {
        channel.configureBlocking(true);
      }
      return needsMore;
    } catch (IOException | RuntimeException | LinkageError failure) {
      AgentLog.debug("closed a connection to port " + port + ": " + failure);
      close();
      return false;
    }
  }

  /** The policy is read here, once for each connection. */
  private boolean begins() throws IOException {
    ByteBuffer first = ByteBuffer.allocate(1);
    int read = channel.read(first);
    if (read <= 0) {
      return read == 0;
    }
    ServerTls policy = Weaving.mesh().serverTls(port);
    SSLEngine engine = policy.engine(first.get(0), "http/1.1");
    if (engine != null) {
      // Each part of an answer is a record of its own, and the peer need not acknowledge one first.
      channel.setOption(StandardSocketOptions.TCP_NODELAY, true);
      tls = new TlsWire(engine, first.get(0));
      return shakesHands(tls);
    }
    if (policy.acceptsPlaintext()) {
      Wires.begin(channel, first.get(0));
    } else {
      Refusals.plaintext(port, channel.socket().getInetAddress());
      close();
    }
    return false;
  }

  /** Until a request begins, not only the handshake ends: an idle connection needs no thread. */
  private boolean shakesHands(TlsWire wire) throws IOException {
    TlsWire.Progress progress = wire.advance(channel);
    if (progress == TlsWire.Progress.READY) {
      Wires.begin(channel, wire);
    } else if (progress == TlsWire.Progress.ENDED) {
      close();
    }
    return progress == TlsWire.Progress.NEEDS_MORE;
  }

  private void close() {
    try {
      channel.close();
    } catch (IOException closedAllTheSame) {
      AgentLog.debug("closing a connection to port " + port + ": " + closedAllTheSame);
    }
  }
}
