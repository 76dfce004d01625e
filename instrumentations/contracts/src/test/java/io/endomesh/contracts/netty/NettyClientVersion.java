package io.endomesh.contracts.netty;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.endomesh.contracts.netty.NettyClientUnderTest.Kept;
import io.endomesh.dataplane.cluster.Endpoint;
import io.endomesh.testkit.AsyncHttpClientContract;
import io.endomesh.testkit.Await;
import io.endomesh.testkit.Backend;
import io.endomesh.testkit.HttpClientUnderTest;
import io.endomesh.testkit.TestRoutes;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import javax.net.ServerSocketFactory;
import org.junit.jupiter.api.Test;

/** The contract on a client that is a handler behind the codec of one version of Netty. */
abstract class NettyClientVersion extends AsyncHttpClientContract {

  NettyClientVersion() {
    super("io.endomesh.contracts.netty.client.NettyClient");
  }

  private NettyClientUnderTest library() {
    return (NettyClientUnderTest) client();
  }

  @Override
  protected CompletableFuture<Answer> inTurn(String first, String then) {
    return library().inTurn(first, then);
  }

  @Override
  protected CompletableFuture<Integer> read(String url, Consumer<String> parts) {
    return library().read(url, parts);
  }

  /** Netty's handler asks a proxy for a tunnel, whatever the scheme. */
  @Test
  void trailerOfARequest_isSent() throws Exception {
    sendsItsTrailer(library());
  }

  @Override
  @Test
  protected void proxy_ofTheApplication_isUsedOutsideTheMeshOnly() throws Exception {
    Backend orders = open(Backend.mutualTls("orders", "orders"));
    routes.host("orders", orders.endpoint());

    try (ServerSocket proxy = new ServerSocket(0, 10, InetAddress.getLoopbackAddress());
        HttpClientUnderTest proxied = library().behindProxy(proxy.getLocalPort())) {
      assertThat(proxied.call("GET", "http://orders/x", Map.of(), null).text()).isEqualTo("orders");

      proxy.setSoTimeout(10_000);
      CompletableFuture<?> outside = proxied.start("http://outside.example/x");
      try (Socket asked = proxy.accept()) {
        assertThat(head(asked)).startsWith("CONNECT outside.example:80 ");
      } finally {
        outside.cancel(true);
      }
    }
    orders.only();
  }

  @Test
  void codec_inTwoHalves_isWovenAsOne() throws Exception {
    Backend orders = open(Backend.mutualTls("orders", "orders"));
    routes.host("orders", orders.endpoint());

    try (HttpClientUnderTest halves = library().inHalves()) {
      assertThat(halves.call("POST", "http://orders/", Map.of(), new byte[] {'x'}).text())
          .isEqualTo("x");
    }
    assertThat(orders.only().peerIdentities()).containsExactly(TestRoutes.US);
  }

  @Test
  void channel_toTheMesh_saysWhatOneToAServerSays_andTakesItsConnectionsAlong() throws Exception {
    try (ServerSocket server = new ServerSocket(0, 10, InetAddress.getLoopbackAddress())) {
      Endpoint endpoint = TestRoutes.endpoint(server.getLocalPort(), null);
      routes.host("orders:8080", endpoint);
      CompletableFuture<Integer> behind = serving(server, NettyClientVersion::answerOk);

      Kept kept = library().keep("http://orders:8080/");

      assertThat(kept.isActive()).isTrue();
      assertThat(kept.remoteHost()).isEqualTo("orders");
      kept.close();
      assertThat(kept.isActive()).isFalse();
      assertThat(behind.get(10, TimeUnit.SECONDS)).isNegative();
    }
  }

  private static void answerOk(Socket connection) throws IOException {
    head(connection);
    write(connection, "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok");
  }

  @Test
  void requests_writtenAtOnce_areAnsweredInTurn_eachAsACallOfItsOwn() throws Exception {
    Backend orders = open(Backend.mutualTls("orders", "orders"));
    Backend other = open(Backend.plaintext("other"));
    routes.split(
        "orders",
        TestRoutes.Rules.DEFAULT,
        List.of(
            TestRoutes.cluster("orders", orders.endpoint()),
            TestRoutes.cluster("other", other.endpoint())),
        List.of(1, 1));

    for (int i = 0; i < 20; i++) {
      assertThat(library().pipelined("http://orders/first", "http://orders/second"))
          .extracting(Answer::status)
          .containsExactly(200, 200);
    }

    // 40 calls over 20 channels: one in a billion of such tests sees one server alone.
    assertThat(orders.received()).isNotEmpty();
    assertThat(other.received()).hasSize(40 - orders.received().size()).isNotEmpty();
  }

  @Test
  void readTimeout_ofTheApplication_closesItsChannel_andEndsTheAttempt() throws Exception {
    Backend slow = open(Backend.plaintext("slow").holding());
    Endpoint endpoint = slow.endpoint();
    routes.host("orders", endpoint);

    try (HttpClientUnderTest impatient = library().waitingAtMost(200)) {
      assertThatThrownBy(() -> impatient.call("GET", "http://orders/", Map.of(), null))
          .hasStackTraceContaining("ReadTimeoutException");
    }
    slow.only();
    Await.until("end of the attempt", () -> endpoint.load().inFlight() == 0);
  }

  @Test
  void readTimeout_ofTheApplication_beginsAnewWithEachPart() throws Exception {
    try (ServerSocket server = new ServerSocket(0, 10, InetAddress.getLoopbackAddress());
        HttpClientUnderTest impatient = library().waitingAtMost(1_000)) {
      routes.host("orders", TestRoutes.endpoint(server.getLocalPort(), null));
      serving(
          server,
          connection -> {
            head(connection);
            write(connection, "HTTP/1.1 200 OK\r\nContent-Length: 6\r\n\r\n");
            for (int part = 0; part < 6; part++) {
              TimeUnit.MILLISECONDS.sleep(300);
              write(connection, "x");
            }
          });

      assertThat(impatient.call("GET", "http://orders/", Map.of(), null).text())
          .isEqualTo("xxxxxx");
    }
  }

  @Test
  void channel_withoutACodec_isLeftAlone_alsoToAHostOfTheMesh() throws Exception {
    try (ServerSocket server = new ServerSocket(0, 10, InetAddress.getLoopbackAddress())) {
      serving(server, connection -> write(connection, "hello"));
      routes.host("localhost:" + server.getLocalPort());

      assertThat(library().greeting("localhost", server.getLocalPort())).isEqualTo("hello");
      assertThat(get("http://localhost:" + server.getLocalPort() + "/").status()).isEqualTo(503);
    }
  }

  @Test
  void webSocket_goesToTheEndpointOfItsRoute_byTlsOfTheMesh() throws Exception {
    String identity = TestRoutes.spiffeId("orders");
    ServerSocketFactory secured =
        TestRoutes.AUTHORITY.identity(identity).serverContext().getServerSocketFactory();
    try (ServerSocket server =
        secured.createServerSocket(0, 10, InetAddress.getLoopbackAddress())) {
      routes.host("orders", TestRoutes.endpoint(server.getLocalPort(), identity));
      serving(server, NettyClientVersion::talk);

      assertThat(library().webSocket("ws://orders/talk", "well")).containsExactly("hello", "well");
    }
  }

  /** Greets in the same segment as it answers, and says once what it is told. */
  private static void talk(Socket connection) throws IOException {
    Matcher key = Pattern.compile("(?i)sec-websocket-key: (\\S+)").matcher(head(connection));
    assertThat(key.find()).isTrue();
    ByteArrayOutputStream answer = new ByteArrayOutputStream();
    answer.writeBytes(
        ("HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
                + "Sec-WebSocket-Accept: "
                + accepted(key.group(1))
                + "\r\n\r\n")
            .getBytes(StandardCharsets.US_ASCII));
    frame(answer, "hello".getBytes(StandardCharsets.US_ASCII));
    connection.getOutputStream().write(answer.toByteArray());
    InputStream in = connection.getInputStream();
    in.readNBytes(1);
    int length = in.read() & 0x7f;
    byte[] mask = in.readNBytes(4);
    byte[] text = in.readNBytes(length);
    for (int i = 0; i < length; i++) {
      text[i] ^= mask[i % 4];
    }
    ByteArrayOutputStream said = new ByteArrayOutputStream();
    frame(said, text);
    said.writeBytes(new byte[] {(byte) 0x88, 0});
    connection.getOutputStream().write(said.toByteArray());
  }

  /** RFC 6455, 5.2: a text that is whole, not masked. */
  private static void frame(ByteArrayOutputStream to, byte[] text) {
    to.write(0x81);
    to.write(text.length);
    to.writeBytes(text);
  }

  /** RFC 6455, 1.3. */
  private static String accepted(String key) {
    try {
      byte[] both =
          (key + "258EAFA5-E914-47DA-95CA-C5AB0DC85B11").getBytes(StandardCharsets.US_ASCII);
      return Base64.getEncoder().encodeToString(MessageDigest.getInstance("SHA-1").digest(both));
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException(e);
    }
  }

  /** What a server does with its one connection. */
  private interface Serving {
    void serve(Socket connection) throws IOException, InterruptedException;
  }

  /**
   * @return what the connection reads behind that: negative if the client closed it
   */
  private static CompletableFuture<Integer> serving(ServerSocket server, Serving serving) {
    CompletableFuture<Integer> behind = new CompletableFuture<>();
    Thread thread =
        new Thread(
            () -> {
              try (Socket connection = server.accept()) {
                serving.serve(connection);
                behind.complete(connection.getInputStream().read());
              } catch (IOException | InterruptedException | AssertionError e) {
                behind.completeExceptionally(e);
              }
            },
            "serving");
    thread.setDaemon(true);
    thread.start();
    return behind;
  }

  private static void write(Socket socket, String text) throws IOException {
    socket.getOutputStream().write(text.getBytes(StandardCharsets.US_ASCII));
  }

  private static String head(Socket socket) throws IOException {
    InputStream in = socket.getInputStream();
    StringBuilder head = new StringBuilder();
    while (head.indexOf("\r\n\r\n") < 0) {
      int next = in.read();
      if (next < 0) {
        return head.toString();
      }
      head.append((char) next);
    }
    return head.toString();
  }
}
