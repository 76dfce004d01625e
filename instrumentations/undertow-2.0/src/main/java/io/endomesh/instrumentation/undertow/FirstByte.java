package io.endomesh.instrumentation.undertow;

import io.endomesh.dataplane.identity.ServerTls;
import io.endomesh.weaving.AgentLog;
import io.endomesh.weaving.CallDepth;
import io.endomesh.weaving.Refusals;
import io.endomesh.weaving.Weaving;
import io.undertow.UndertowOptions;
import io.undertow.connector.PooledByteBuffer;
import io.undertow.server.protocol.http.HttpOpenListener;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import javax.net.ssl.SSLEngine;
import org.jspecify.annotations.Nullable;
import org.xnio.ChannelListener;
import org.xnio.IoUtils;
import org.xnio.StreamConnection;
import org.xnio.XnioExecutor;
import org.xnio.channels.SslChannel;
import org.xnio.conduits.ConduitStreamSourceChannel;

/**
 * A connection of which nothing was read yet. Its first byte tells whether it goes on as mutual TLS
 * of the mesh, by Undertow's own code for TLS, or as it is. Used by the connection's own thread.
 */
final class FirstByte implements ChannelListener<ConduitStreamSourceChannel> {

  /** True while a connection that is known goes back to its listener. */
  private static final CallDepth GOING_ON = new CallDepth();

  private final HttpOpenListener listener;
  private final StreamConnection connection;
  private final int port;
  private XnioExecutor.@Nullable Key timeout;

  private FirstByte(HttpOpenListener listener, StreamConnection connection, int port) {
    this.listener = listener;
    this.connection = connection;
    this.port = port;
  }

  /**
   * Keeps the connection back until it is known what it is.
   *
   * @param read what was read of the connection already, behind a head of the PROXY protocol
   * @return false if the listener goes on with it
   */
  static boolean takes(
      HttpOpenListener listener, StreamConnection connection, @Nullable PooledByteBuffer read) {
    if (GOING_ON.isInside() || connection instanceof SslChannel) {
      return false;
    }
    int port = port(connection.getLocalAddress());
    if (!Weaving.mesh().serverTls(port).detects()) {
      return false;
    }
    FirstByte first = new FirstByte(listener, connection, port);
    if (read != null && read.getBuffer().hasRemaining()) {
      first.decide(read);
    } else {
      first.waitForIt();
    }
    return true;
  }

  static int port(@Nullable SocketAddress address) {
    return address instanceof InetSocketAddress internet ? internet.getPort() : 0;
  }

  private void waitForIt() {
    // As long as Undertow waits for a request; not at all if it waits forever.
    int patienceMillis =
        listener
            .getUndertowOptions()
            .get(UndertowOptions.NO_REQUEST_TIMEOUT, /* defaultValue= */ 0);
    if (patienceMillis > 0) {
      try {
        timeout =
            connection
                .getIoThread()
                .executeAfter(
                    () -> IoUtils.safeClose(connection), patienceMillis, TimeUnit.MILLISECONDS);
      } catch (RejectedExecutionException serverStops) {
        IoUtils.safeClose(connection);
        return;
      }
    }
    connection.getSourceChannel().setReadListener(this);
    handleEvent(connection.getSourceChannel());
  }

  @Override
  public void handleEvent(ConduitStreamSourceChannel source) {
    PooledByteBuffer buffer = listener.getBufferPool().allocate();
    try {
      int read = source.read(buffer.getBuffer());
      if (read == 0) {
        buffer.close();
        source.resumeReads();
        return;
      }
      source.suspendReads();
      source.setReadListener(null);
      if (timeout != null) {
        timeout.remove();
      }
      if (read < 0) {
        buffer.close();
        IoUtils.safeClose(connection);
        return;
      }
      buffer.getBuffer().flip();
    } catch (IOException | RuntimeException failure) {
      buffer.close();
      close(failure);
      return;
    }
    decide(buffer);
  }

  /**
   * The policy is read here, once for each connection.
   *
   * @param read has the first byte; goes on with the connection
   */
  private void decide(PooledByteBuffer read) {
    boolean goesOn = false;
    try {
      ServerTls tls = Weaving.mesh().serverTls(port);
      SSLEngine engine = tls.engine(read.getBuffer().get(read.getBuffer().position()), protocols());
      GOING_ON.enter();
      try {
        if (engine != null) {
          goesOn = true;
          listener.handleEvent(MeshTls.over(connection, engine, read), null);
        } else if (tls.acceptsPlaintext()) {
          goesOn = true;
          listener.handleEvent(connection, read);
        } else {
          InetSocketAddress peer = connection.getPeerAddress(InetSocketAddress.class);
          @Nullable InetAddress address = peer == null ? null : peer.getAddress();
          Refusals.plaintext(port, address);
          IoUtils.safeClose(connection);
        }
      } finally {
        GOING_ON.exit();
      }
    } catch (RuntimeException | LinkageError failure) {
      close(failure);
    } finally {
      if (!goesOn) {
        read.close();
      }
    }
  }

  /**
   * HTTP/2 where the listener has it: it finds that by its preface then, as of callers that know it
   * beforehand.
   */
  private String[] protocols() {
    return listener
            .getUndertowOptions()
            .get(UndertowOptions.ENABLE_HTTP2, /* defaultValue= */ false)
        ? new String[] {"h2", "http/1.1"}
        : new String[] {"http/1.1"};
  }

  private void close(Throwable failure) {
    AgentLog.debug("closed a connection to port " + port + ": " + failure);
    IoUtils.safeClose(connection);
  }
}
