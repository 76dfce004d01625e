package io.endomesh.testkit;

import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.SocketException;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * A server on the loopback address that reads one request on each connection, as a rule its head
 * alone, and answers as no library would. Thread-safe.
 */
public final class ScriptedServer implements AutoCloseable {

  private static final String OK = "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\n";

  private final ServerSocket server = new ServerSocket(0, 10, InetAddress.getLoopbackAddress());
  private final AtomicInteger connections = new AtomicInteger();
  private final CompletableFuture<Integer> next = new CompletableFuture<>();
  private final byte[] answer;
  private final boolean closes;
  private final String end;

  private ScriptedServer(String answer, boolean closes) throws IOException {
    this(answer, closes, "\r\n\r\n");
  }

  private ScriptedServer(String answer, boolean closes, String end) throws IOException {
    this.end = end;
    this.answer = answer.getBytes(StandardCharsets.US_ASCII);
    this.closes = closes;
    daemon(this::serve);
  }

  /** Answers {@code ok}, says nothing of closing the connection, and closes it. */
  public static ScriptedServer closingSilently() throws IOException {
    return new ScriptedServer(OK + "ok", true);
  }

  /**
   * Says that two bytes come, sends no more than their beginning, and waits.
   *
   * @param beginning empty or one character
   */
  public static ScriptedServer answeringInPart(String beginning) throws IOException {
    return new ScriptedServer(OK + beginning, false);
  }

  /** Answers {@code ok} when this has come, in lower case, and never if it does not. */
  static ScriptedServer answeringBehind(String end) throws IOException {
    return new ScriptedServer(OK + "ok", false, end);
  }

  /** Answers {@code ok} in one chunk, with the trailer {@code x-sum: 7} behind it, and waits. */
  static ScriptedServer answeringWithTrailer() throws IOException {
    return new ScriptedServer(
        "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\nTrailer: x-sum\r\n\r\n"
            + "2\r\nok\r\n0\r\nx-sum: 7\r\n\r\n",
        false);
  }

  public int port() {
    return server.getLocalPort();
  }

  /** On how many a request came. */
  public int connections() {
    return connections.get();
  }

  /** What the first connection reads behind its answer: negative if the client closed it. */
  public CompletableFuture<Integer> readBehindTheAnswer() {
    return next;
  }

  private void serve() {
    while (!server.isClosed()) {
      try {
        Socket accepted = server.accept();
        // Some clients open one more than they use.
        daemon(() -> answer(accepted));
      } catch (IOException e) {
        // No socket of ours any more: then nobody asks.
      }
    }
  }

  private void answer(Socket accepted) {
    try (Socket connection = accepted) {
      InputStream in = connection.getInputStream();
      if (!readUntil(in, end)) {
        return;
      }
      connections.incrementAndGet();
      connection.getOutputStream().write(answer);
      if (!closes) {
        next.complete(in.read());
      }
    } catch (SocketException reset) {
      next.complete(-1);
    } catch (IOException e) {
      next.completeExceptionally(e);
    }
  }

  private static void daemon(Runnable task) {
    Thread serving = new Thread(task, "serving");
    serving.setDaemon(true);
    serving.start();
  }

  /** False if the connection ended before. */
  static boolean readHead(InputStream in) throws IOException {
    return readUntil(in, "\r\n\r\n");
  }

  private static boolean readUntil(InputStream in, String end) throws IOException {
    StringBuilder last = new StringBuilder();
    for (int read = in.read(); read >= 0; read = in.read()) {
      last.append((char) Character.toLowerCase(read));
      if (last.length() > end.length()) {
        last.deleteCharAt(0);
      }
      if (last.indexOf(end) == 0) {
        return true;
      }
    }
    return false;
  }

  @Override
  public void close() throws IOException {
    server.close();
  }
}
