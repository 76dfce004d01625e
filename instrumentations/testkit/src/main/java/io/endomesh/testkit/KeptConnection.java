package io.endomesh.testkit;

import java.io.ByteArrayOutputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.Socket;
import java.net.SocketException;
import java.net.SocketTimeoutException;
import java.nio.charset.StandardCharsets;
import java.util.Locale;
import javax.net.ssl.SSLContext;
import org.jspecify.annotations.Nullable;

/**
 * One connection of HTTP/1.1 to a server, on which requests are sent until the server closes it. A
 * client of a library would open another one without a word. Not thread-safe.
 */
public final class KeptConnection implements AutoCloseable {

  /** Longer than any answer takes. */
  private static final int PATIENCE_MILLIS = 10_000;

  private final Socket socket;
  private final InputStream in;

  private KeptConnection(Socket socket) throws IOException {
    this.socket = socket;
    socket.setSoTimeout(PATIENCE_MILLIS);
    this.in = socket.getInputStream();
  }

  /**
   * @param tls null for plaintext
   */
  public static KeptConnection to(int port, @Nullable SSLContext tls) throws IOException {
    Socket socket = new Socket(InetAddress.getLoopbackAddress(), port);
    return new KeptConnection(
        tls == null
            ? socket
            : tls.getSocketFactory().createSocket(socket, "127.0.0.1", port, /* close= */ true));
  }

  /** An answer, head and body as they came. */
  public record Answer(int status, String head, String body) {}

  /**
   * @param headers lines without their end
   */
  public Answer get(String path, String... headers) throws IOException {
    StringBuilder request = new StringBuilder("GET " + path + " HTTP/1.1\r\nHost: localhost\r\n");
    for (String header : headers) {
      request.append(header).append("\r\n");
    }
    request.append("\r\n");
    socket.getOutputStream().write(request.toString().getBytes(StandardCharsets.US_ASCII));
    String head = until("\r\n\r\n");
    return new Answer(Integer.parseInt(head.split(" ")[1]), head, body(head));
  }

  /** Bytes behind an upgrade, and as many as are to come back. */
  byte[] ask(byte[] bytes, int answered) throws IOException {
    socket.getOutputStream().write(bytes);
    return in.readNBytes(answered);
  }

  /** True if the server closes it; false if nothing comes for as long as an answer may take. */
  public boolean isClosedByServer() throws IOException {
    try {
      return in.read() < 0;
    } catch (SocketException reset) {
      return true;
    }
  }

  private String body(String head) throws IOException {
    String names = head.toLowerCase(Locale.ROOT);
    if (names.contains("transfer-encoding: chunked")) {
      return until("0\r\n\r\n");
    }
    int begin = names.indexOf("content-length: ");
    int length =
        begin < 0 ? 0 : Integer.parseInt(head.substring(begin + 16).split("\r\n", 2)[0].trim());
    return new String(in.readNBytes(length), StandardCharsets.UTF_8);
  }

  private String until(String end) throws IOException {
    ByteArrayOutputStream read = new ByteArrayOutputStream();
    while (!read.toString(StandardCharsets.ISO_8859_1).endsWith(end)) {
      int next;
      try {
        next = in.read();
      } catch (SocketTimeoutException silent) {
        throw new IOException("silent behind: " + read, silent);
      }
      if (next < 0) {
        throw new EOFException("closed behind: " + read);
      }
      read.write(next);
    }
    return read.toString(StandardCharsets.ISO_8859_1);
  }

  @Override
  public void close() throws IOException {
    socket.close();
  }
}
