package io.endomesh.testkit;

import static org.assertj.core.api.Assertions.assertThat;

import io.endomesh.dataplane.Inbound.TlsMode;
import io.endomesh.dataplane.authorize.Authorization;
import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

/** Bodies on their way to and from the application are not gathered by the mesh. */
abstract class HttpServerStreamContract extends HttpServerCorsContract {

  private static final int RECEIVE_BUFFER = 1_000_000;

  @Test
  void largeBodies_bothWays_arriveWhole() throws Exception {
    mode(TlsMode.PERMISSIVE, Authorization.ALLOW_ALL);
    byte[] large = new byte[2_000_000];
    new Random(7).nextBytes(large);

    assertThat(post(plain(), "http", large).body()).isEqualTo(large);
    assertThat(post(mutual(CALLER), "https", large).body()).isEqualTo(large);
  }

  /** Both at the same time, which no client of the JDK does by HTTP/1.1. */
  @Test
  void bodies_of100Megabytes_comeAndGoNoFasterThanTheyAreRead() throws Exception {
    mode(TlsMode.PERMISSIVE, Authorization.ALLOW_ALL);
    LargeBody body = new LargeBody();
    try (Socket socket = connected()) {
      socket.setSoTimeout(10_000);
      // Without it the end of a test that failed would wait for who still sends.
      socket.setSoLinger(/* on= */ true, 1);
      OutputStream out = socket.getOutputStream();
      out.write(
          ("POST /echo HTTP/1.1\r\nHost: localhost\r\nContent-Length: "
                  + LargeBody.SIZE
                  + "\r\n\r\n")
              .getBytes(StandardCharsets.US_ASCII));
      CompletableFuture<Long> sent = CompletableFuture.supplyAsync(() -> send(body, out));

      read(new BufferedInputStream(socket.getInputStream()), body.drain());

      assertThat(sent.get(10, TimeUnit.SECONDS)).isEqualTo(LargeBody.SIZE);
    }
    assertThat(body.arrived()).isEqualTo(LargeBody.SIZE);
    assertThat(body.most()).isLessThan(LargeBody.BOUND);
    Await.until("end of the call", () -> ended.equals(List.of(200)));
  }

  /** Its reader's buffer does not grow: one whose size is set keeps it. */
  private Socket connected() throws IOException {
    Socket plain = new Socket();
    plain.setReceiveBufferSize(RECEIVE_BUFFER);
    plain.connect(new InetSocketAddress(InetAddress.getLoopbackAddress(), server.port()));
    return TestRoutes.AUTHORITY
        .identity(CALLER)
        .clientTls(TestRoutes.US)
        .context()
        .getSocketFactory()
        .createSocket(plain, "localhost", server.port(), /* autoClose= */ true);
  }

  private static long send(LargeBody body, OutputStream out) {
    try {
      return body.source().transferTo(out);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** An answer as it is, or in chunks (RFC 9112, 7.1). */
  private static void read(InputStream in, OutputStream body) throws IOException {
    boolean chunked = false;
    assertThat(line(in)).startsWith("HTTP/1.1 200");
    for (String header = line(in); !header.isEmpty(); header = line(in)) {
      chunked |= header.equalsIgnoreCase("transfer-encoding: chunked");
    }
    if (!chunked) {
      copy(in, LargeBody.SIZE, body);
      return;
    }
    for (long size = size(in); size > 0; size = size(in)) {
      copy(in, size, body);
      line(in);
    }
  }

  private static long size(InputStream in) throws IOException {
    return Long.parseLong(line(in), 16);
  }

  private static String line(InputStream in) throws IOException {
    StringBuilder line = new StringBuilder();
    for (int next = in.read(); next != '\n'; next = in.read()) {
      if (next < 0) {
        throw new IOException("closed behind " + line);
      }
      if (next != '\r') {
        line.append((char) next);
      }
    }
    return line.toString();
  }

  private static void copy(InputStream in, long count, OutputStream out) throws IOException {
    byte[] buffer = new byte[16_384];
    for (long left = count; left > 0; ) {
      int read = in.read(buffer, 0, (int) Math.min(left, buffer.length));
      if (read < 0) {
        throw new IOException("closed " + left + " bytes before its end");
      }
      out.write(buffer, 0, read);
      left -= read;
    }
  }
}
