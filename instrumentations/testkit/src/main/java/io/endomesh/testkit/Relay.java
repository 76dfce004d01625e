package io.endomesh.testkit;

import io.endomesh.dataplane.cluster.Endpoint;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.util.Collection;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * One endpoint of a service whose server is elsewhere: passes bytes on and counts connections, so
 * that one server stands for several. Thread-safe.
 */
final class Relay implements AutoCloseable {

  /** What becomes of a connection that was accepted. */
  private enum Manner {
    PASSES_ON,
    SAYS_NOTHING,
    CLOSES
  }

  private final Manner manner;
  private final int target;
  private final ServerSocket server;
  private final AtomicInteger connections = new AtomicInteger();
  private final Collection<Socket> open = new ConcurrentLinkedQueue<>();

  private Relay(Manner manner, int port, int target) {
    this.manner = manner;
    this.target = target;
    try {
      server = new ServerSocket(port, 50, InetAddress.getLoopbackAddress());
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    daemon(this::accept);
  }

  static Relay to(int port) {
    return at(0, port);
  }

  /**
   * @param port to listen on, as one that was there before did; 0 for any
   */
  static Relay at(int port, int target) {
    return new Relay(Manner.PASSES_ON, port, target);
  }

  static Relay silent() {
    return new Relay(Manner.SAYS_NOTHING, 0, 0);
  }

  static Relay closing() {
    return new Relay(Manner.CLOSES, 0, 0);
  }

  int port() {
    return server.getLocalPort();
  }

  /** As the mesh would know it. */
  Endpoint endpoint() {
    return TestRoutes.endpoint(port(), null);
  }

  /** Accepted so far. */
  int connections() {
    return connections.get();
  }

  private void accept() {
    while (true) {
      try {
        Socket client = server.accept();
        connections.incrementAndGet();
        open.add(client);
        switch (manner) {
          case PASSES_ON -> {
            Socket backend = new Socket(InetAddress.getLoopbackAddress(), target);
            open.add(backend);
            daemon(() -> pass(client, backend));
            daemon(() -> pass(backend, client));
          }
          case SAYS_NOTHING -> {}
          case CLOSES -> client.close();
        }
      } catch (IOException e) {
        if (server.isClosed()) {
          return;
        }
        throw new UncheckedIOException(e);
      }
    }
  }

  private static void pass(Socket from, Socket to) {
    try (from;
        to) {
      from.setTcpNoDelay(true);
      from.getInputStream().transferTo(to.getOutputStream());
    } catch (IOException closed) {
      // One side went away; so does the other.
    }
  }

  private static void daemon(Runnable task) {
    Thread thread = new Thread(task, "relay");
    thread.setDaemon(true);
    thread.start();
  }

  @Override
  public void close() throws IOException {
    server.close();
    for (Socket socket : open) {
      socket.close();
    }
  }
}
