package io.endomesh.instrumentation.helidon;

import io.endomesh.dataplane.identity.Peer;
import io.endomesh.dataplane.identity.ServerTls;
import io.endomesh.weaving.AgentLog;
import io.endomesh.weaving.Refusals;
import io.endomesh.weaving.Weaving;
import io.helidon.webserver.spi.ServerConnectionSelector;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.channels.SocketChannel;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.ReentrantLock;
import javax.net.ssl.SSLSession;
import javax.net.ssl.SSLSocket;
import org.jspecify.annotations.Nullable;

/**
 * A connection that was accepted. Its first byte tells whether it is mutual TLS of the mesh or goes
 * on as it is; that is found out by whoever reads or writes first, which is the connection's own
 * virtual thread: it may wait. Thread-safe.
 */
final class Wire {

  private static final String HTTP_2 = "h2";
  private static final String HTTP_1 = "http/1.1";

  private final Socket socket;
  private final int port;
  private final ReentrantLock deciding = new ReentrantLock();
  private final AtomicInteger streams = new AtomicInteger();
  private volatile boolean speaksHttp2;
  private volatile boolean isToEnd;
  private volatile @Nullable Found found;
  private volatile @Nullable Peer peer;

  /**
   * What the connection turned out to be.
   *
   * @param tls null for plaintext
   * @param first byte of plaintext, negative if there is none: the connection ended, or is refused
   */
  private record Found(@Nullable SSLSocket tls, int first, InputStream in, OutputStream out) {}

  private Wire(Socket socket, int port) {
    this.socket = socket;
    this.port = port;
  }

  /**
   * What Helidon is to have in place of what it accepted.
   *
   * @return null if the mesh does not look into connections to this port
   */
  static @Nullable Object between(Object accepted) throws IOException {
    if (accepted instanceof Socket socket) {
      return detects(socket.getLocalPort())
          ? new MeshSocket(socket, new Wire(socket, socket.getLocalPort()))
          : null;
    }
    return accepted instanceof SocketChannel channel
            && channel.getLocalAddress() instanceof InetSocketAddress local
            && detects(local.getPort())
        ? new MeshChannel(channel, new Wire(channel.socket(), local.getPort()))
        : null;
  }

  private static boolean detects(int port) {
    return Weaving.mesh().serverTls(port).detects();
  }

  /** Said before anything is read. */
  void speaks(List<ServerConnectionSelector> protocols) {
    speaksHttp2 =
        protocols.stream().anyMatch(each -> each.supportedApplicationProtocols().contains(HTTP_2));
  }

  /** Of the server, also when it is closed. */
  int port() {
    return port;
  }

  /** A stream of HTTP/2 begins to run. */
  void begins() {
    streams.incrementAndGet();
  }

  /** It has ended. */
  void ends() {
    streams.decrementAndGet();
  }

  /** True if no stream of HTTP/2 runs, or the connection is closed. */
  boolean isQuiet() {
    return streams.get() == 0 || socket.isClosed();
  }

  /** It has had its last stream of HTTP/2. */
  void endsWhenQuiet() {
    isToEnd = true;
  }

  boolean isToEnd() {
    return isToEnd;
  }

  void close() {
    try {
      SSLSocket tls = tls();
      if (tls != null) {
        tls.close();
      }
      socket.close();
    } catch (IOException peerIsGone) {
      AgentLog.debug("closing a connection to port " + port + ": " + peerIsGone);
    }
  }

  /** Null before the first byte, and for plaintext. */
  @Nullable SSLSocket tls() {
    Found now = found;
    return now == null ? null : now.tls();
  }

  InputStream in() throws IOException {
    return found().in();
  }

  OutputStream out() throws IOException {
    return found().out();
  }

  /** The first byte, if the connection is plaintext and did not end before it; else negative. */
  int first() throws IOException {
    return found().first();
  }

  Peer peer() {
    SSLSocket tls = tls();
    if (tls == null) {
      return Peer.PLAINTEXT;
    }
    Peer now = Peer.of(tls.getSession(), peer);
    peer = now;
    return now;
  }

  @Nullable SSLSession session() {
    SSLSocket tls = tls();
    return tls == null ? null : tls.getSession();
  }

  private Found found() throws IOException {
    Found known = found;
    if (known != null) {
      return known;
    }
    deciding.lock();
    try {
      Found now = found;
      if (now == null) {
        now = find();
        found = now;
      }
      return now;
    } finally {
      deciding.unlock();
    }
  }

  /** The policy is read here, once for each connection. */
  private Found find() throws IOException {
    int first = socket.getInputStream().read();
    if (first < 0) {
      return ended();
    }
    ServerTls policy = Weaving.mesh().serverTls(port);
    try {
      SSLSocket tls = policy.socket((byte) first, socket, protocols());
      if (tls != null) {
        tls.startHandshake();
        return new Found(tls, /* first= */ -1, tls.getInputStream(), tls.getOutputStream());
      }
    } catch (IOException failure) {
      AgentLog.debug("closed a connection to port " + port + ": " + failure);
      socket.close();
      return ended();
    }
    if (policy.acceptsPlaintext()) {
      return new Found(/* tls= */ null, first, socket.getInputStream(), socket.getOutputStream());
    }
    Refusals.plaintext(port, socket.getInetAddress());
    socket.close();
    return ended();
  }

  /** Those that know HTTP/2 find it by its preface, whatever was agreed on here. */
  private String[] protocols() {
    return speaksHttp2 ? new String[] {HTTP_2, HTTP_1} : new String[] {HTTP_1};
  }

  private static Found ended() {
    return new Found(
        /* tls= */ null, /* first= */ -1, InputStream.nullInputStream(), nullOutputStream());
  }

  private static OutputStream nullOutputStream() {
    return OutputStream.nullOutputStream();
  }
}
