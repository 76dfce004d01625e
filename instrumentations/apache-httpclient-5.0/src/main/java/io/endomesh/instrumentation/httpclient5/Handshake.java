package io.endomesh.instrumentation.httpclient5;

import io.endomesh.dataplane.identity.ClientTls;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.Socket;
import javax.net.ssl.SSLException;
import org.jspecify.annotations.Nullable;

/**
 * The TLS that a connection of an attempt begins with, while this thread opens it. The library
 * connects as in plaintext and knows nothing of it. Confined to the thread.
 */
final class Handshake {

  private static final ThreadLocal<Handshake> CURRENT = new ThreadLocal<>();

  private final ClientTls tls;
  private final InetSocketAddress endpoint;
  private final int timeoutMillis;
  private boolean finished;
  private @Nullable IOException failure;

  private Handshake(ClientTls tls, InetSocketAddress endpoint, int timeoutMillis) {
    this.tls = tls;
    this.endpoint = endpoint;
    this.timeoutMillis = timeoutMillis;
  }

  /** What opens a connection. */
  interface Opening {
    void open() throws IOException;
  }

  /**
   * Opens a connection; it speaks TLS when this returns.
   *
   * @param timeoutMillis for each read of the handshake, 0 for none
   */
  static void around(ClientTls tls, InetSocketAddress endpoint, int timeoutMillis, Opening opening)
      throws IOException {
    Handshake handshake = new Handshake(tls, endpoint, timeoutMillis);
    CURRENT.set(handshake);
    try {
      opening.open();
    } catch (IOException | RuntimeException e) {
      IOException why = handshake.failure;
      if (why != null) {
        why.addSuppressed(e);
        throw why;
      }
      throw e;
    } finally {
      CURRENT.remove();
    }
    handshake.check();
  }

  /** Fails closed: whatever went wrong, no byte of the request goes out in plaintext. */
  private void check() throws IOException {
    if (failure != null) {
      throw failure;
    }
    if (!finished) {
      throw new SSLException(
          "TLS to "
              + tls.expectedIdentity()
              + " was not begun (expected: a connection of the library's own class)");
    }
  }

  /** The socket that takes the place of one just bound to a connection, null for none. */
  static @Nullable Socket secured(Socket socket) {
    Handshake handshake = CURRENT.get();
    // Bound once before it is connected, and once behind.
    return handshake == null || handshake.finished || !socket.isConnected()
        ? null
        : handshake.on(socket);
  }

  private @Nullable Socket on(Socket socket) {
    try {
      Socket secured = tls.begin(socket, endpoint, timeoutMillis);
      finished = true;
      return secured;
    } catch (IOException e) {
      failure = e;
    } catch (RuntimeException e) {
      failure = new SSLException("TLS to " + tls.expectedIdentity() + " failed", e);
    }
    try {
      socket.close();
    } catch (IOException closed) {
      // It is of no use any more.
    }
    return null;
  }
}
