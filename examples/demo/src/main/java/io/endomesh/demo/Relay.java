package io.endomesh.demo;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;

/**
 * Passes bytes on, and keeps a copy of what it saw: a wire tap in front of a service. Thread-safe.
 */
final class Relay implements AutoCloseable {

  /** Enough to hold the requests of a check; what comes after is passed on but not kept. */
  private static final int MAX_KEPT_BYTES = 4 << 20;

  private final ServerSocket server;
  private final ByteArrayOutputStream seen = new ByteArrayOutputStream();
  private volatile int target;

  Relay() {
    try {
      server = new ServerSocket(0, 50, InetAddress.getLoopbackAddress());
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    daemon("relay-accept", this::accept);
  }

  int port() {
    return server.getLocalPort();
  }

  /** Where connections go from now on. */
  void target(int port) {
    target = port;
  }

  /** Bytes seen since the last {@link #forget}. */
  int bytesSeen() {
    synchronized (seen) {
      return seen.size();
    }
  }

  boolean saw(String text) {
    synchronized (seen) {
      return seen.toString(StandardCharsets.ISO_8859_1).contains(text);
    }
  }

  void forget() {
    synchronized (seen) {
      seen.reset();
    }
  }

  @Override
  public void close() {
    try {
      server.close();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private void accept() {
    while (!server.isClosed()) {
      try {
        Socket client = server.accept();
        Socket upstream = new Socket(InetAddress.getLoopbackAddress(), target);
        client.setTcpNoDelay(true);
        upstream.setTcpNoDelay(true);
        daemon("relay-up", () -> copy(client, upstream));
        daemon("relay-down", () -> copy(upstream, client));
      } catch (IOException closedOrRefused) {
        // The server socket was closed, or the target is away: the client sees its connection end.
        continue;
      }
    }
  }

  private void copy(Socket from, Socket to) {
    byte[] buffer = new byte[16 << 10];
    try (from;
        to) {
      InputStream in = from.getInputStream();
      OutputStream out = to.getOutputStream();
      for (int n = in.read(buffer); n >= 0; n = in.read(buffer)) {
        synchronized (seen) {
          if (seen.size() < MAX_KEPT_BYTES) {
            seen.write(buffer, 0, n);
          }
        }
        out.write(buffer, 0, n);
        out.flush();
      }
    } catch (IOException ended) {
      // One side went away; closing both tells the other.
      return;
    }
  }

  private static void daemon(String name, Runnable task) {
    Thread thread = new Thread(task, name);
    thread.setDaemon(true);
    thread.start();
  }
}
