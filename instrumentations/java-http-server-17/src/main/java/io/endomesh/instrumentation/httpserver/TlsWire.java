package io.endomesh.instrumentation.httpserver;

import io.endomesh.dataplane.identity.Peer;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.ClosedChannelException;
import java.nio.channels.SocketChannel;
import java.util.concurrent.locks.ReentrantLock;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.SSLEngineResult;
import javax.net.ssl.SSLEngineResult.HandshakeStatus;
import javax.net.ssl.SSLEngineResult.Status;
import javax.net.ssl.SSLException;
import org.jspecify.annotations.Nullable;

/**
 * Mutual TLS of the mesh between a channel and the server's streams: a handshake that never waits,
 * then reads and writes that do, as those streams. It does not hold the channel. Thread-safe: one
 * thread reads and another one writes at the same time.
 */
final class TlsWire {

  /** How far a connection is on its way to its first request. */
  enum Progress {
    NEEDS_MORE,
    READY,
    ENDED
  }

  private final SSLEngine engine;
  private final ReentrantLock reading = new ReentrantLock();
  private final ReentrantLock writing = new ReentrantLock();

  /** Both are between position and limit what is not taken yet. Guarded by {@link #reading}. */
  private ByteBuffer received;

  private ByteBuffer decrypted;
  private boolean ended;

  /** Guarded by {@link #writing}. */
  private ByteBuffer encrypted;

  /** True when the handshake is done; guarded by {@link #reading}. */
  private boolean established;

  private volatile @Nullable Peer peer;

  /**
   * @param first byte that the peer sent
   */
  TlsWire(SSLEngine engine, byte first) throws SSLException {
    this.engine = engine;
    received = ByteBuffer.allocate(engine.getSession().getPacketBufferSize()).put(first).flip();
    decrypted = ByteBuffer.allocate(engine.getSession().getApplicationBufferSize()).limit(0);
    encrypted = ByteBuffer.allocate(engine.getSession().getPacketBufferSize());
    engine.beginHandshake();
  }

  /**
   * Shakes hands, and then looks for the first byte of a request.
   *
   * @param channel that does not block
   * @throws IOException if this comes to nothing; the peer was told why
   */
  Progress advance(SocketChannel channel) throws IOException {
    reading.lock();
    try {
      return steps(channel);
    } catch (SSLException failure) {
      tellWhy(channel);
      throw failure;
    } finally {
      reading.unlock();
    }
  }

  private Progress steps(SocketChannel channel) throws IOException {
    while (true) {
      HandshakeStatus status = engine.getHandshakeStatus();
      if (status == HandshakeStatus.NEED_TASK || status == HandshakeStatus.NEED_WRAP) {
        continueWith(status, channel);
        continue;
      }
      established |= status == HandshakeStatus.NOT_HANDSHAKING;
      if (decrypted.hasRemaining()) {
        return Progress.READY;
      }
      int read = unwrap() == Status.BUFFER_UNDERFLOW ? fill(channel) : 1;
      if (read <= 0 || ended) {
        return read == 0 ? Progress.NEEDS_MORE : Progress.ENDED;
      }
    }
  }

  private void tellWhy(SocketChannel channel) {
    try {
      while (engine.getHandshakeStatus() == HandshakeStatus.NEED_WRAP) {
        send(channel, ByteBuffer.allocate(0));
      }
    } catch (IOException peerIsGone) {
      // It need not be told then.
    }
  }

  /** As {@link java.io.InputStream#read(byte[], int, int)}. */
  int read(SocketChannel channel, byte[] target, int offset, int length) throws IOException {
    reading.lock();
    try {
      while (!decrypted.hasRemaining()) {
        if (ended || (unwrap() == Status.BUFFER_UNDERFLOW && fill(channel) < 0)) {
          // An end that the peer did not announce is one all the same: HTTP knows where bodies end.
          return -1;
        }
        continueWith(engine.getHandshakeStatus(), channel);
      }
      int taken = Math.min(length, decrypted.remaining());
      decrypted.get(target, offset, taken);
      return taken;
    } finally {
      reading.unlock();
    }
  }

  /** How much can be read of what has come from the channel already; a failure counts as a byte. */
  int available() {
    reading.lock();
    try {
      while (!decrypted.hasRemaining() && received.hasRemaining() && !ended) {
        if (unwrap() == Status.BUFFER_UNDERFLOW) {
          break;
        }
      }
      return decrypted.remaining();
    } catch (SSLException failure) {
      // The server reads on then, and closes the connection as it closes any that breaks.
      ended = true;
      return 1;
    } finally {
      reading.unlock();
    }
  }

  void write(SocketChannel channel, byte[] source, int offset, int length) throws IOException {
    send(channel, ByteBuffer.wrap(source, offset, length));
  }

  /** Not before the handshake is done. */
  Peer peer() {
    Peer now = Peer.of(engine.getSession(), peer);
    peer = now;
    return now;
  }

  /**
   * Says goodbye if nobody is reading or writing. It never waits: a server closes its connections
   * one by one, and a peer that does not read is not to keep it from that.
   */
  void close(SocketChannel channel) {
    if (!reading.tryLock()) {
      return;
    }
    try {
      if (writing.tryLock()) {
        try {
          channel.configureBlocking(false);
          engine.closeOutbound();
          send(channel, ByteBuffer.allocate(0));
        } finally {
          writing.unlock();
        }
      }
    } catch (IOException peerIsGone) {
      // Then there is nobody to say goodbye to.
    } finally {
      reading.unlock();
    }
  }

  /** What a handshake, or a change of keys behind it, asks for besides bytes of the peer. */
  private void continueWith(HandshakeStatus status, SocketChannel channel) throws IOException {
    if (status == HandshakeStatus.NEED_TASK) {
      if (established) {
        // A peer that were another one later is none that policies were asked about.
        throw new SSLException("renegotiation (expected: none)");
      }
      for (Runnable task = engine.getDelegatedTask();
          task != null;
          task = engine.getDelegatedTask()) {
        task.run();
      }
    } else if (status == HandshakeStatus.NEED_WRAP && !ended) {
      send(channel, ByteBuffer.allocate(0));
    }
  }

  /** Decrypts one record of what was received. Nothing that was decrypted may be left. */
  private Status unwrap() throws SSLException {
    while (true) {
      decrypted.clear();
      SSLEngineResult result = engine.unwrap(received, decrypted);
      decrypted.flip();
      if (result.getStatus() != Status.BUFFER_OVERFLOW) {
        ended |= result.getStatus() == Status.CLOSED;
        return result.getStatus();
      }
      decrypted = larger(decrypted, engine.getSession().getApplicationBufferSize());
    }
  }

  /** As {@link SocketChannel#read(ByteBuffer)}; the end is noted. */
  private int fill(SocketChannel channel) throws IOException {
    received.compact();
    if (!received.hasRemaining()) {
      received = larger(received.flip(), engine.getSession().getPacketBufferSize());
    }
    int read = channel.read(received);
    received.flip();
    ended |= read < 0;
    return read;
  }

  /** Encrypts and writes all of it; with nothing to encrypt, what the engine itself has to say. */
  private void send(SocketChannel channel, ByteBuffer source) throws IOException {
    writing.lock();
    try {
      Status status;
      do {
        encrypted.clear();
        status = engine.wrap(source, encrypted).getStatus();
        encrypted.flip();
        if (status == Status.BUFFER_OVERFLOW) {
          encrypted = larger(encrypted, engine.getSession().getPacketBufferSize()).flip();
        }
        if (status == Status.CLOSED && source.hasRemaining()) {
          throw new ClosedChannelException();
        }
        while (encrypted.hasRemaining()) {
          if (channel.write(encrypted) == 0) {
            // It does not block, and a handshake is less than any socket's buffer holds.
            throw new IOException("the peer does not read");
          }
        }
      } while (status == Status.BUFFER_OVERFLOW || source.hasRemaining());
    } finally {
      writing.unlock();
    }
  }

  /** With the same content, to be written on. */
  private static ByteBuffer larger(ByteBuffer buffer, int atLeast) {
    return ByteBuffer.allocate(Math.max(2 * buffer.capacity(), atLeast)).put(buffer);
  }
}
