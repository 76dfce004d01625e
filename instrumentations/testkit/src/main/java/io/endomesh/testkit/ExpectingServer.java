package io.endomesh.testkit;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.Phaser;

/**
 * A server that has its say between the head of a request and its body, RFC 9110, 10.1.1.
 * Thread-safe.
 */
final class ExpectingServer implements AutoCloseable {

  /** What it waits for. */
  static final String BODY = "text";

  /** Of one connection: whether it was asked to say so, and whether the body came. */
  record Seen(boolean asked, boolean body) {}

  private final ServerSocket server = new ServerSocket(0, 10, InetAddress.getLoopbackAddress());
  private final List<Seen> seen = new CopyOnWriteArrayList<>();

  /** Its parties are the connections that are being served. */
  private final Phaser serving = new Phaser(1);

  private final boolean wants;

  private ExpectingServer(boolean wants) throws IOException {
    this.wants = wants;
    Thread accepting = new Thread(this::accept, "accepting");
    accepting.setDaemon(true);
    accepting.start();
  }

  /** Says that the body may come, and answers 200 when it is there. */
  static ExpectingServer wanting() throws IOException {
    return new ExpectingServer(true);
  }

  /** Answers 417 at once, and reads what comes none the less. */
  static ExpectingServer refusing() throws IOException {
    return new ExpectingServer(false);
  }

  int port() {
    return server.getLocalPort();
  }

  /** When all connections with a request have ended. */
  List<Seen> seen() {
    serving.arriveAndAwaitAdvance();
    return List.copyOf(seen);
  }

  private void accept() {
    while (!server.isClosed()) {
      try {
        Socket accepted = server.accept();
        serving.register();
        Thread connection = new Thread(() -> serve(accepted), "serving");
        connection.setDaemon(true);
        connection.start();
      } catch (IOException e) {
        // No socket of ours any more: then nobody asks.
      }
    }
  }

  private void serve(Socket accepted) {
    try (Socket connection = accepted) {
      // A client that waits for more than is said here has failed.
      connection.setSoTimeout(10_000);
      InputStream in = connection.getInputStream();
      String head = readUntil(in, "\r\n\r\n");
      if (head.isEmpty()) {
        return; // Some clients open one more than they use.
      }
      boolean asked = head.toLowerCase(Locale.ROOT).contains("\r\nexpect: 100-continue\r\n");
      boolean body;
      if (wants) {
        say(connection, "HTTP/1.1 100 Continue\r\n\r\n");
        body = readUntil(in, BODY).endsWith(BODY);
        say(connection, "HTTP/1.1 200 OK\r\nConnection: close\r\nContent-Length: 0\r\n\r\n");
      } else {
        say(
            connection,
            "HTTP/1.1 417 Expectation Failed\r\nConnection: close\r\n"
                + "Content-Length: 0\r\n\r\n");
        body = readUntil(in, BODY).endsWith(BODY);
      }
      seen.add(new Seen(asked, body));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } finally {
      serving.arriveAndDeregister();
    }
  }

  private static void say(Socket connection, String answer) throws IOException {
    connection.getOutputStream().write(answer.getBytes(StandardCharsets.US_ASCII));
  }

  /** As far as this, or as far as it goes. */
  private static String readUntil(InputStream in, String end) throws IOException {
    ByteArrayOutputStream read = new ByteArrayOutputStream();
    for (int next = in.read(); next >= 0; next = in.read()) {
      read.write(next);
      if (read.toString(StandardCharsets.US_ASCII).endsWith(end)) {
        break;
      }
    }
    return read.toString(StandardCharsets.US_ASCII);
  }

  @Override
  public void close() throws IOException {
    server.close();
  }
}
