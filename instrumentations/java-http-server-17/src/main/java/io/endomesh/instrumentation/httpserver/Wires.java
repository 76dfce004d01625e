package io.endomesh.instrumentation.httpserver;

import io.endomesh.dataplane.identity.Peer;
import io.endomesh.weaving.WeakIdentityMap;
import java.io.IOException;
import java.nio.channels.SocketChannel;
import org.jspecify.annotations.Nullable;

/**
 * The connections whose bytes are not simply those of their channel: the server's streams ask here
 * before they ask the channel. Thread-safe; what is kept for a channel does not hold it.
 */
final class Wires {

  private static final WeakIdentityMap<SocketChannel, TlsWire> TLS = new WeakIdentityMap<>();

  /** Of plaintext connections: what was read to know that they are. */
  private static final WeakIdentityMap<SocketChannel, Byte> FIRST_BYTES = new WeakIdentityMap<>();

  private Wires() {}

  static void begin(SocketChannel channel, TlsWire tls) {
    TLS.put(channel, tls);
  }

  static void begin(SocketChannel channel, byte first) {
    FIRST_BYTES.put(channel, first);
  }

  /** Null if the channel is to be read. */
  static @Nullable Moved read(SocketChannel channel, byte[] target, int offset, int length) {
    @Nullable TlsWire tls = tls(channel);
    if (tls != null) {
      try {
        return new Moved(tls.read(channel, target, offset, length), null);
      } catch (IOException failure) {
        return new Moved(0, failure);
      }
    }
    Byte first = FIRST_BYTES.isEmpty() || length == 0 ? null : FIRST_BYTES.remove(channel);
    if (first == null) {
      return null;
    }
    target[offset] = first;
    return new Moved(1, null);
  }

  /** Null if the server knows by itself: on plaintext its streams keep nothing back. */
  static @Nullable Integer available(SocketChannel channel) {
    @Nullable TlsWire tls = tls(channel);
    return tls == null ? null : tls.available();
  }

  /** Null if the channel is to be written to. */
  static @Nullable Moved write(SocketChannel channel, byte[] source, int offset, int length) {
    @Nullable TlsWire tls = tls(channel);
    if (tls == null) {
      return null;
    }
    try {
      tls.write(channel, source, offset, length);
      return new Moved(length, null);
    } catch (IOException failure) {
      return new Moved(0, failure);
    }
  }

  static Peer peer(SocketChannel channel) {
    @Nullable TlsWire tls = tls(channel);
    return tls == null ? Peer.PLAINTEXT : tls.peer();
  }

  static void closing(SocketChannel channel) {
    TlsWire tls = TLS.remove(channel);
    if (tls != null) {
      tls.close(channel);
    }
    FIRST_BYTES.remove(channel);
  }

  private static @Nullable TlsWire tls(SocketChannel channel) {
    return TLS.isEmpty() ? null : TLS.get(channel);
  }
}
