package io.endomesh.contracts.httpclient;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.endomesh.testkit.TestRoutes;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.net.InetAddress;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpClient.Version;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import javax.net.ssl.SSLParameters;
import javax.net.ssl.SSLServerSocket;
import javax.net.ssl.SSLSocket;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/**
 * A server says goodbye while calls run on the connection: before JDK 24 the client broke off all
 * of them, whatever the server said.
 */
@Timeout(60)
class HttpClientGoodbyeTest {

  private static final int HEADERS = 1;
  private static final int SETTINGS = 4;
  private static final int GOAWAY = 7;
  private static final int END_STREAM_AND_HEADERS = 5;

  private static final int NO_ERROR = 0;
  private static final int INTERNAL_ERROR = 2;

  private static final byte[] STATUS_200 = {(byte) 0x88}; // RFC 7541, appendix A

  private final HttpClient client =
      HttpClient.newBuilder()
          .version(Version.HTTP_2)
          .sslContext(
              TestRoutes.AUTHORITY.identity(TestRoutes.US).clientTls(TestRoutes.US).context())
          .build();

  private SSLServerSocket server;

  @BeforeAll
  static void awaitWeaving() {
    WovenHttpClient.await();
  }

  @BeforeEach
  void listen() throws IOException {
    server =
        (SSLServerSocket)
            TestRoutes.AUTHORITY
                .identity(TestRoutes.US)
                .serverContext()
                .getServerSocketFactory()
                .createServerSocket(0, 0, InetAddress.getLoopbackAddress());
    SSLParameters parameters = server.getSSLParameters();
    parameters.setApplicationProtocols(new String[] {"h2"});
    server.setSSLParameters(parameters);
  }

  @AfterEach
  void close() throws IOException {
    server.close();
  }

  @Test
  void goodbyeOfTwoSteps_callsThatRunAreAnswered_andTheNextHasAnotherConnection() throws Exception {
    CompletableFuture<HttpResponse<Void>> first = send();
    try (Connection before = new Connection()) {
      int one = before.awaitRequest();
      CompletableFuture<HttpResponse<Void>> second = send();
      int two = before.awaitRequest();
      before.goodbye(Integer.MAX_VALUE, NO_ERROR);
      before.answer(one);
      assertThat(first.get(20, TimeUnit.SECONDS).statusCode()).isEqualTo(200);
      before.goodbye(two, NO_ERROR);

      CompletableFuture<HttpResponse<Void>> next = send();
      try (Connection after = new Connection()) {
        after.answer(after.awaitRequest());
        assertThat(next.get(20, TimeUnit.SECONDS).statusCode()).isEqualTo(200);
        before.answer(two);
        assertThat(second.get(20, TimeUnit.SECONDS).statusCode()).isEqualTo(200);
      }
    }
  }

  @Test
  void goodbyeWithAnError_endsTheCallsItDoesNotCover() throws Exception {
    CompletableFuture<HttpResponse<Void>> call = send();
    try (Connection connection = new Connection()) {
      connection.awaitRequest();
      connection.goodbye(0, INTERNAL_ERROR);
    }
    server.close();
    assertThatThrownBy(() -> call.get(20, TimeUnit.SECONDS))
        .isInstanceOf(ExecutionException.class)
        .hasCauseInstanceOf(IOException.class);
  }

  private CompletableFuture<HttpResponse<Void>> send() {
    URI uri = URI.create("https://127.0.0.1:" + server.getLocalPort() + "/");
    return client.sendAsync(HttpRequest.newBuilder(uri).build(), BodyHandlers.discarding());
  }

  /** The server's side of one, frame by frame. */
  private final class Connection implements AutoCloseable {

    private final SSLSocket socket;
    private final DataInputStream in;
    private final DataOutputStream out;

    Connection() throws IOException {
      server.setSoTimeout(20_000);
      socket = (SSLSocket) server.accept();
      socket.setSoTimeout(20_000);
      in = new DataInputStream(socket.getInputStream());
      out = new DataOutputStream(socket.getOutputStream());
      in.readFully(new byte["PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n".length()]);
      frame(SETTINGS, 0, 0, new byte[0]);
    }

    /** Gives the number of its stream. */
    int awaitRequest() throws IOException {
      while (true) {
        int length = in.readUnsignedByte() << 16 | in.readUnsignedShort();
        int type = in.readUnsignedByte();
        in.readUnsignedByte();
        int stream = in.readInt();
        in.readFully(new byte[length]);
        if (type == HEADERS) {
          return stream;
        }
      }
    }

    void answer(int stream) throws IOException {
      frame(HEADERS, END_STREAM_AND_HEADERS, stream, STATUS_200);
    }

    void goodbye(int last, int error) throws IOException {
      byte[] payload = new byte[8];
      for (int i = 0; i < 4; i++) {
        payload[i] = (byte) (last >> 24 - 8 * i);
        payload[4 + i] = (byte) (error >> 24 - 8 * i);
      }
      frame(GOAWAY, 0, 0, payload);
    }

    private void frame(int type, int flags, int stream, byte[] payload) throws IOException {
      out.writeByte(payload.length >> 16);
      out.writeShort(payload.length);
      out.writeByte(type);
      out.writeByte(flags);
      out.writeInt(stream);
      out.write(payload);
      out.flush();
    }

    @Override
    public void close() throws IOException {
      socket.close();
    }
  }
}
