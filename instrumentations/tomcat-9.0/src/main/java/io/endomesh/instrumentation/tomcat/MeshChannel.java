package io.endomesh.instrumentation.tomcat;

import io.endomesh.dataplane.identity.ServerTls;
import io.endomesh.weaving.Refusals;
import io.endomesh.weaving.Weaving;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.SelectionKey;
import java.nio.channels.SocketChannel;
import javax.net.ssl.SSLEngine;
import org.apache.tomcat.util.buf.ByteBufferUtils;
import org.apache.tomcat.util.net.NioEndpoint;
import org.apache.tomcat.util.net.SSLSupport;
import org.apache.tomcat.util.net.SecureNioChannel;
import org.apache.tomcat.util.net.SocketBufferHandler;
import org.jspecify.annotations.Nullable;

/**
 * A connection whose first byte tells whether it is mutual TLS of the mesh or plaintext. TLS goes
 * on with Tomcat's own code for it; plaintext goes straight to the socket, the first byte included.
 * The connector is not "SSL enabled": the application sees the scheme and the upgrades it always
 * saw. Used by one thread at a time, as all channels of Tomcat.
 */
final class MeshChannel extends SecureNioChannel {

  /** What {@code handshake} answers: done, or close the connection. */
  private static final int DONE = 0;

  private static final int CLOSE = -1;

  private static final String HTTP_2 = "h2";

  private enum Wire {
    UNDECIDED,
    PLAINTEXT,
    TLS
  }

  private final NioEndpoint endpoint;
  private final ByteBuffer firstByte = ByteBuffer.allocate(1);
  private Wire wire = Wire.UNDECIDED;
  private @Nullable MeshSslSupport sslSupport;

  MeshChannel(SocketBufferHandler buffers, NioEndpoint endpoint) {
    super(buffers, endpoint);
    this.endpoint = endpoint;
  }

  @Override
  public void reset(SocketChannel channel, NioEndpoint.NioSocketWrapper wrapper)
      throws IOException {
    super.reset(channel, wrapper);
    wire = Wire.UNDECIDED;
    sslSupport = null;
    firstByte.clear();
  }

  @Override
  public int handshake(boolean readable, boolean writable) throws IOException {
    if (wire == Wire.UNDECIDED) {
      int read = sc.read(firstByte);
      if (read < 0) {
        return CLOSE;
      }
      if (read == 0) {
        return SelectionKey.OP_READ;
      }
      firstByte.flip();
      if (!decide()) {
        return CLOSE;
      }
    }
    if (wire == Wire.PLAINTEXT) {
      handshakeComplete = true;
      return DONE;
    }
    int next = super.handshake(readable, writable);
    if (next == DONE && HTTP_2.equals(sslEngine.getApplicationProtocol())) {
      // Which it says by itself on connectors that are "SSL enabled".
      socketWrapper.setNegotiatedProtocol(HTTP_2);
    }
    return next;
  }

  /** False if the connection is refused. The policy is read here, once for each connection. */
  private boolean decide() throws IOException {
    int port = ServedPorts.number(endpoint);
    ServerTls tls = Weaving.mesh().serverTls(port);
    SSLEngine engine = tls.engine(firstByte.get(0), protocols());
    if (engine != null) {
      wire = Wire.TLS;
      beginTls(engine);
      return true;
    }
    wire = Wire.PLAINTEXT;
    if (!tls.acceptsPlaintext()) {
      Refusals.plaintext(port, sc.socket().getInetAddress());
      return false;
    }
    return true;
  }

  /** HTTP/2 where the connector has it without TLS, see {@link NegotiatedAdvice}. */
  private String[] protocols() {
    return ServedPorts.speaksHttp2(endpoint)
        ? new String[] {HTTP_2, "http/1.1"}
        : new String[] {"http/1.1"};
  }

  /** True once it is known that this is the mesh's TLS. */
  boolean isMeshTls() {
    return wire == Wire.TLS;
  }

  private void beginTls(SSLEngine engine) throws IOException {
    sslEngine = engine;
    int packet = engine.getSession().getPacketBufferSize();
    getBufHandler().expand(engine.getSession().getApplicationBufferSize());
    netInBuffer = ByteBufferUtils.expand(netInBuffer, packet);
    netOutBuffer = ByteBufferUtils.expand(netOutBuffer, packet);
    netOutBuffer.position(0).limit(0);
    netInBuffer.clear().put(firstByte);
    // The server's name, which SecureNioChannel would read first, selects nothing here.
    sniComplete = true;
    // Tomcat closes a connection after 100 requests, so that a balancer of connections spreads them
    // anew. A mesh client spreads its calls; for it the limit only means a handshake each 100 calls
    // (a third of the server's CPU time, measured). A limit of one, no keep-alive, is still obeyed.
    socketWrapper.setKeepAliveLeft(Integer.MAX_VALUE);
    engine.beginHandshake();
    handshakeStatus = engine.getHandshakeStatus();
  }

  @Override
  public @Nullable SSLSupport getSSLSupport() {
    if (wire != Wire.TLS || !handshakeComplete) {
      return null;
    }
    if (sslSupport == null) {
      sslSupport = new MeshSslSupport(sslEngine.getSession());
    }
    return sslSupport;
  }

  @Override
  public int read(ByteBuffer target) throws IOException {
    if (wire == Wire.TLS) {
      return super.read(target);
    }
    if (!firstByte.hasRemaining() || !target.hasRemaining()) {
      return sc.read(target);
    }
    target.put(firstByte);
    return 1 + Math.max(0, sc.read(target));
  }

  @Override
  public long read(ByteBuffer[] targets, int offset, int length) throws IOException {
    if (wire == Wire.TLS) {
      return super.read(targets, offset, length);
    }
    if (firstByte.hasRemaining()) {
      for (int i = offset; i < offset + length; i++) {
        if (targets[i].hasRemaining()) {
          return read(targets[i]);
        }
      }
    }
    return sc.read(targets, offset, length);
  }

  @Override
  public int write(ByteBuffer source) throws IOException {
    return wire == Wire.TLS ? super.write(source) : sc.write(source);
  }

  @Override
  public long write(ByteBuffer[] sources, int offset, int length) throws IOException {
    return wire == Wire.TLS
        ? super.write(sources, offset, length)
        : sc.write(sources, offset, length);
  }

  @Override
  public int getOutboundRemaining() {
    return wire == Wire.TLS ? super.getOutboundRemaining() : 0;
  }

  @Override
  public boolean flushOutbound() throws IOException {
    return wire == Wire.TLS && super.flushOutbound();
  }

  @Override
  public void close() throws IOException {
    if (wire == Wire.TLS) {
      super.close();
    } else {
      sc.close();
      closed = true;
    }
  }

  @Override
  public void close(boolean force) throws IOException {
    if (wire == Wire.TLS) {
      super.close(force);
    } else {
      close();
    }
  }
}
