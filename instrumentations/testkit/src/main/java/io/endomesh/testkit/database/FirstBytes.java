package io.endomesh.testkit.database;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;

/**
 * In place of a server that cannot be had: keeps what each connection says first, and hangs up.
 * Thread-safe.
 */
public final class FirstBytes implements AutoCloseable {

  /** More than a driver says before it is answered. */
  private static final int MAX_BYTES = 8_192;

  private final ServerSocket socket;
  private final List<String> said = new CopyOnWriteArrayList<>();

  public FirstBytes() throws IOException {
    socket = new ServerSocket(0, 10, InetAddress.getLoopbackAddress());
    Thread thread = new Thread(this::serve, "first-bytes");
    thread.setDaemon(true);
    thread.start();
  }

  private void serve() {
    byte[] buffer = new byte[MAX_BYTES];
    while (!socket.isClosed()) {
      try (Socket connection = socket.accept()) {
        int length = connection.getInputStream().read(buffer);
        said.add(new String(buffer, 0, Math.max(length, 0), StandardCharsets.ISO_8859_1));
      } catch (IOException gone) {
        // This was closed, or the driver was.
      }
    }
  }

  public int port() {
    return socket.getLocalPort();
  }

  /** In the order of connections, each byte a character. */
  public List<String> said() {
    return said;
  }

  @Override
  public void close() {
    try {
      socket.close();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
