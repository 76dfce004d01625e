package io.endomesh.instrumentation.helidon;

import java.io.IOException;
import java.net.Socket;
import java.net.SocketAddress;
import java.net.SocketException;
import java.net.SocketOption;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;
import java.util.Set;
import javax.net.ssl.SSLSocket;
import org.jspecify.annotations.Nullable;

/**
 * A channel, which blocks, whose bytes are those of its {@link Wire}; the rest is as the accepted
 * one has it. Plaintext goes straight to that. Thread-safe: one thread reads and others write.
 */
final class MeshChannel extends SocketChannel implements Wired {

  private final SocketChannel accepted;
  private final Wire wire;

  /** Reads by it are one at a time, as of each channel. */
  private final WireInput in;

  private final WireOutput out;
  private boolean begun;

  MeshChannel(SocketChannel accepted, Wire wire) {
    super(accepted.provider());
    this.accepted = accepted;
    this.wire = wire;
    this.in = new WireInput(wire);
    this.out = new WireOutput(wire);
  }

  @Override
  public Wire wire() {
    return wire;
  }

  @Override
  public int read(ByteBuffer target) throws IOException {
    if (begun && wire.tls() == null) {
      return accepted.read(target);
    }
    int read;
    if (target.hasArray()) {
      read = in.read(target.array(), target.arrayOffset() + target.position(), target.remaining());
      target.position(target.position() + Math.max(0, read));
    } else {
      byte[] bytes = new byte[target.remaining()];
      read = in.read(bytes, 0, bytes.length);
      target.put(bytes, 0, Math.max(0, read));
    }
    begun = true;
    return read;
  }

  @Override
  public long read(ByteBuffer[] targets, int offset, int length) throws IOException {
    for (int i = offset; i < offset + length; i++) {
      if (targets[i].hasRemaining()) {
        return read(targets[i]);
      }
    }
    return 0;
  }

  @Override
  public int write(ByteBuffer source) throws IOException {
    wire.out(); // Nothing is written before it is known how.
    if (wire.tls() == null) {
      return accepted.write(source);
    }
    int length = source.remaining();
    if (source.hasArray()) {
      out.write(source.array(), source.arrayOffset() + source.position(), length);
      source.position(source.limit());
    } else {
      byte[] bytes = new byte[length];
      source.get(bytes);
      out.write(bytes, 0, length);
    }
    return length;
  }

  @Override
  public long write(ByteBuffer[] sources, int offset, int length) throws IOException {
    long written = 0;
    for (int i = offset; i < offset + length; i++) {
      written += write(sources[i]);
    }
    return written;
  }

  @Override
  public Socket socket() {
    try {
      return new MeshSocket(accepted.socket(), wire);
    } catch (SocketException impossible) {
      throw new IllegalStateException(impossible);
    }
  }

  @Override
  protected void implCloseSelectableChannel() throws IOException {
    SSLSocket tls = wire.tls();
    if (tls == null) {
      accepted.close();
    } else {
      tls.close();
    }
  }

  @Override
  public SocketChannel shutdownOutput() throws IOException {
    SSLSocket tls = wire.tls();
    if (tls == null) {
      accepted.shutdownOutput();
    } else {
      tls.shutdownOutput();
    }
    return this;
  }

  /** Of TLS it would be an error as long as the peer has not said goodbye. */
  @Override
  public SocketChannel shutdownInput() throws IOException {
    if (wire.tls() == null) {
      accepted.shutdownInput();
    }
    return this;
  }

  @Override
  protected void implConfigureBlocking(boolean block) throws IOException {
    accepted.configureBlocking(block);
  }

  @Override
  public SocketChannel bind(@Nullable SocketAddress local) throws IOException {
    accepted.bind(local);
    return this;
  }

  @Override
  public <T> SocketChannel setOption(SocketOption<T> name, T value) throws IOException {
    accepted.setOption(name, value);
    return this;
  }

  @Override
  public <T> T getOption(SocketOption<T> name) throws IOException {
    return accepted.getOption(name);
  }

  @Override
  public Set<SocketOption<?>> supportedOptions() {
    return accepted.supportedOptions();
  }

  @Override
  public boolean isConnected() {
    return accepted.isConnected();
  }

  @Override
  public boolean isConnectionPending() {
    return accepted.isConnectionPending();
  }

  @Override
  public boolean connect(SocketAddress remote) throws IOException {
    return accepted.connect(remote);
  }

  @Override
  public boolean finishConnect() throws IOException {
    return accepted.finishConnect();
  }

  @Override
  public @Nullable SocketAddress getRemoteAddress() throws IOException {
    return accepted.getRemoteAddress();
  }

  @Override
  public @Nullable SocketAddress getLocalAddress() throws IOException {
    return accepted.getLocalAddress();
  }
}
