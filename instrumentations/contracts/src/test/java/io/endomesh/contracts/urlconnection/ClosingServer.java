package io.endomesh.contracts.urlconnection;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.atomic.AtomicInteger;

/** Answers one request on each connection, says that it keeps it, and closes it at the next. */
final class ClosingServer implements AutoCloseable {
  private static final String ANSWER = "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok";

  private final ServerSocket server = new ServerSocket(0, 10, InetAddress.getLoopbackAddress());
  private final AtomicInteger connections = new AtomicInteger();

  ClosingServer() throws IOException {
    UrlConnectionContract.daemon(this::accept).start();
  }

  int port() {
    return server.getLocalPort();
  }

  int connections() {
    return connections.get();
  }

  private void accept() {
    while (true) {
      try (Socket client = server.accept()) {
        connections.incrementAndGet();
        awaitEndOf(client.getInputStream(), "\r\n\r\n\1");
        client.getOutputStream().write(ANSWER.getBytes(StandardCharsets.ISO_8859_1));
        client.getInputStream().read();
      } catch (IOException e) {
        if (server.isClosed()) {
          return;
        }
        throw new UncheckedIOException(e);
      }
    }
  }

  private static void awaitEndOf(InputStream in, String end) throws IOException {
    StringBuilder read = new StringBuilder();
    while (!read.toString().endsWith(end)) {
      int next = in.read();
      if (next < 0) {
        throw new IOException("request: " + read + " (expected: " + end + " at its end)");
      }
      read.append((char) next);
    }
  }

  @Override
  public void close() throws IOException {
    server.close();
  }
}
