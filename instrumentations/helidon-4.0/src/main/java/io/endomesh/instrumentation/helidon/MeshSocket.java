package io.endomesh.instrumentation.helidon;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.Socket;
import java.net.SocketAddress;
import java.net.SocketException;
import java.net.SocketImpl;
import javax.net.ssl.SSLSocket;
import org.jspecify.annotations.Nullable;

/**
 * A socket whose bytes are those of its {@link Wire}; the rest is as the accepted one has it.
 * Thread-safe, as that, and without a lock of its own: a virtual thread would hold its carrier.
 */
@SuppressWarnings("UnsynchronizedOverridesSynchronized")
final class MeshSocket extends Socket implements Wired {

  private final Socket accepted;
  private final Wire wire;

  MeshSocket(Socket accepted, Wire wire) throws SocketException {
    super((SocketImpl) null);
    this.accepted = accepted;
    this.wire = wire;
  }

  @Override
  public Wire wire() {
    return wire;
  }

  @Override
  public InputStream getInputStream() {
    return new WireInput(wire);
  }

  @Override
  public OutputStream getOutputStream() {
    return new WireOutput(wire);
  }

  @Override
  public void close() throws IOException {
    SSLSocket tls = wire.tls();
    if (tls == null) {
      accepted.close();
    } else {
      tls.close();
    }
  }

  @Override
  public void shutdownOutput() throws IOException {
    SSLSocket tls = wire.tls();
    if (tls == null) {
      accepted.shutdownOutput();
    } else {
      tls.shutdownOutput();
    }
  }

  /** Of TLS it would be an error as long as the peer has not said goodbye. */
  @Override
  public void shutdownInput() throws IOException {
    if (wire.tls() == null) {
      accepted.shutdownInput();
    }
  }

  @Override
  public boolean isClosed() {
    return accepted.isClosed();
  }

  @Override
  public boolean isConnected() {
    return accepted.isConnected();
  }

  @Override
  public boolean isBound() {
    return accepted.isBound();
  }

  @Override
  public boolean isInputShutdown() {
    return accepted.isInputShutdown();
  }

  @Override
  public boolean isOutputShutdown() {
    return accepted.isOutputShutdown();
  }

  @Override
  public @Nullable InetAddress getInetAddress() {
    return accepted.getInetAddress();
  }

  @Override
  public InetAddress getLocalAddress() {
    return accepted.getLocalAddress();
  }

  @Override
  public int getPort() {
    return accepted.getPort();
  }

  @Override
  public int getLocalPort() {
    return accepted.getLocalPort();
  }

  @Override
  public @Nullable SocketAddress getRemoteSocketAddress() {
    return accepted.getRemoteSocketAddress();
  }

  @Override
  public SocketAddress getLocalSocketAddress() {
    return accepted.getLocalSocketAddress();
  }

  @Override
  public void setSoTimeout(int timeout) throws SocketException {
    accepted.setSoTimeout(timeout);
  }

  @Override
  public int getSoTimeout() throws SocketException {
    return accepted.getSoTimeout();
  }

  @Override
  public void setTcpNoDelay(boolean on) throws SocketException {
    accepted.setTcpNoDelay(on);
  }

  @Override
  public boolean getTcpNoDelay() throws SocketException {
    return accepted.getTcpNoDelay();
  }

  @Override
  public void setKeepAlive(boolean on) throws SocketException {
    accepted.setKeepAlive(on);
  }

  @Override
  public boolean getKeepAlive() throws SocketException {
    return accepted.getKeepAlive();
  }

  @Override
  public void setSoLinger(boolean on, int linger) throws SocketException {
    accepted.setSoLinger(on, linger);
  }

  @Override
  public int getSoLinger() throws SocketException {
    return accepted.getSoLinger();
  }

  @Override
  public String toString() {
    return accepted.toString();
  }
}
