package io.endomesh.contracts.reactornetty;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.endomesh.dataplane.cluster.Endpoint;
import io.endomesh.dataplane.route.Fault;
import io.endomesh.dataplane.route.RouteAction;
import io.endomesh.dataplane.route.RoutePolicy;
import io.endomesh.dataplane.route.Share;
import io.endomesh.testkit.Await;
import io.endomesh.testkit.Backend;
import io.endomesh.testkit.HttpClientUnderTest;
import io.endomesh.testkit.StagedHttpClientContract;
import io.endomesh.testkit.TestRoutes;
import io.endomesh.testkit.TestRoutes.Rules;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.SocketException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.zip.GZIPOutputStream;
import javax.net.ServerSocketFactory;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The contract on one version of the client. */
abstract class ReactorNettyVersion extends StagedHttpClientContract {

  /** More than the buffers of two sockets and of the library hold. */
  private static final long ENDLESS = 32_768_000;

  ReactorNettyVersion() throws ReflectiveOperationException {
    super("io.endomesh.contracts.reactornetty.library.Reactive");
  }

  private ReactorNettyUnderTest library() {
    return (ReactorNettyUnderTest) client();
  }

  @Test
  void callbacks_ofTheApplication_areCalledOnceACall() throws Exception {
    Backend broken = open(Backend.mutualTls("orders", "orders").answering(503));
    routes.host("orders", Rules.retrying(503), broken.endpoint());
    Map<String, Integer> told = new ConcurrentHashMap<>();

    try (HttpClientUnderTest telling = library().telling(told)) {
      assertThat(telling.call("GET", "http://orders/", Map.of(), null).status()).isEqualTo(503);
      // The library tells of it behind the answer's last byte, which the application has by then.
      Await.until("the end of the answer", () -> told.containsKey("read"));
    }

    assertThat(broken.received()).hasSize(5);
    assertThat(told)
        .isEqualTo(Map.of("connected", 1, "request", 1, "sent", 1, "response", 1, "read", 1));
  }

  @Test
  void context_ofTheSubscriber_reachesTheRequest() throws Exception {
    Backend orders = open(Backend.mutualTls("orders", "orders"));
    routes.host("orders", orders.endpoint());

    library().getWithContext("http://orders/", "x-tenant", "acme");

    assertThat(orders.only().header("x-tenant")).isEqualTo("acme");
  }

  /** It asks a proxy for a tunnel, whatever the scheme. */
  @Override
  @Test
  protected void proxy_ofTheApplication_isUsedOutsideTheMeshOnly() throws Exception {
    Backend orders = open(Backend.mutualTls("orders", "orders"));
    routes.host("orders", orders.endpoint());

    try (ServerSocket proxy = new ServerSocket(0, 10, InetAddress.getLoopbackAddress());
        HttpClientUnderTest proxied = library().behindProxy(proxy.getLocalPort())) {
      assertThat(proxied.call("GET", "http://orders/x", Map.of(), null).text()).isEqualTo("orders");

      CompletableFuture<?> outside = proxied.start("http://outside.example/x");
      try (Socket asked = proxy.accept()) {
        assertThat(head(asked.getInputStream())).startsWith("CONNECT outside.example:80 ");
      } finally {
        outside.cancel(true);
      }
    }
    orders.only();
  }

  @Test
  void responseTimeout_ofTheApplication_isItsException() throws Exception {
    Backend slow = open(Backend.mutualTls("slow", "slow").holding());
    Endpoint endpoint = slow.endpoint();
    routes.host("orders", endpoint);

    try (HttpClientUnderTest impatient = library().waitingAtMost(Duration.ofSeconds(1))) {
      assertThatThrownBy(() -> impatient.call("GET", "http://orders/", Map.of(), null))
          .hasToString("io.netty.handler.timeout.ReadTimeoutException");
    }
    slow.only();
    Await.until("end of the attempt", () -> endpoint.load().inFlight() == 0);
  }

  @Test
  void responseTimeout_ofTheApplication_endsWhatTheMeshWaitsFor() throws Exception {
    Backend orders = open(Backend.plaintext("orders"));
    Fault delay = new Fault(new Fault.Delay(Share.ALL, TimeUnit.HOURS.toNanos(1)), null);
    routes.route(
        "orders",
        TestRoutes.to(TestRoutes.cluster("orders", orders.endpoint())),
        RoutePolicy.DEFAULT.withFault(delay));

    try (HttpClientUnderTest impatient = library().waitingAtMost(Duration.ofMillis(100))) {
      assertThatThrownBy(() -> impatient.call("GET", "http://orders/", Map.of(), null))
          .hasToString("io.netty.handler.timeout.ReadTimeoutException");
    }
    assertThat(orders.received()).isEmpty();
  }

  @Test
  void pool_withoutAConnectionLeft_isTheApplicationsException_andNotTriedAgain() throws Exception {
    Backend slow = open(Backend.plaintext("slow").holding());
    Endpoint endpoint = slow.endpoint();
    routes.host("orders", endpoint);

    try (HttpClientUnderTest pooled = library().withOneConnection(Duration.ofMillis(100))) {
      CompletableFuture<Answer> holding = pooled.start("http://orders/");
      Await.until("request at the backend", () -> !slow.received().isEmpty());

      assertThatThrownBy(() -> pooled.call("GET", "http://orders/", Map.of(), null))
          .hasMessageContaining("Pool#acquire");
      holding.cancel(true);
    }
    slow.only();
    Await.until("end of the attempts", () -> endpoint.load().inFlight() == 0);
  }

  @Test
  void exception_ofTheApplication_reachesIt_andNothingIsSent() throws Exception {
    Backend orders = open(Backend.plaintext("orders"));
    routes.host("orders", orders.endpoint());

    IllegalStateException failure = new IllegalStateException("not today");
    try (HttpClientUnderTest refusing = library().refusing(failure)) {
      assertThatThrownBy(() -> refusing.call("GET", "http://orders/", Map.of(), null))
          .isSameAs(failure);
    }
    assertThat(orders.received()).isEmpty();
  }

  @Test
  void connection_isUsedForManyCalls() throws Exception {
    Backend orders = open(Backend.mutualTls("orders", "orders"));
    routes.host("orders", orders.endpoint());

    for (int i = 0; i < 10; i++) {
      get("http://orders/");
      stream("http://orders/", new ByteArrayInputStream(new byte[] {1}));
    }

    // A call may begin while the library still puts the connection of the last one back.
    assertThat(orders.connections()).isLessThan(5);
  }

  @Test
  void responseOfPolicy_toHead_hasNoBody() throws Exception {
    routes.route("orders", new RouteAction.Respond(200, "text"), RoutePolicy.DEFAULT);

    Answer answer = call("HEAD", "http://orders/", Map.of(), null);

    assertThat(answer.body()).isEmpty();
    assertThat(answer.headers()).containsEntry("content-length", "4");
  }

  @Test
  void answer_thatIsCompressed_isDecompressed() throws Exception {
    ByteArrayOutputStream zipped = new ByteArrayOutputStream();
    try (GZIPOutputStream out = new GZIPOutputStream(zipped)) {
      out.write("text".getBytes(StandardCharsets.US_ASCII));
    }
    try (ServerSocket server =
            serving(
                socket -> {
                  head(socket.getInputStream());
                  write(
                      socket,
                      "HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\nContent-Length: "
                          + zipped.size()
                          + "\r\n\r\n");
                  socket.getOutputStream().write(zipped.toByteArray());
                });
        HttpClientUnderTest compressing = library().compressing()) {
      routes.host("orders", TestRoutes.endpoint(server.getLocalPort(), null));

      assertThat(compressing.call("GET", "http://orders/", Map.of(), null).text())
          .isEqualTo("text");
    }
  }

  @Test
  void webSocket_goesWhereItWouldWithoutTheMesh() throws Exception {
    Backend external = open(Backend.plaintext("external").answering(418));
    routes.host("localhost:" + external.port());

    assertThat(library().refusalOfWebSocket("ws://localhost:" + external.port() + "/"))
        .contains("418");
    assertThat(get("http://localhost:" + external.port() + "/").status()).isEqualTo(503);
  }

  @Test
  void priorKnowledgeOfHttp2_isSpokenToTheEndpoint_alsoOverTlsOfTheMesh() throws Exception {
    String identity = TestRoutes.spiffeId("orders");
    ServerSocketFactory secured =
        TestRoutes.AUTHORITY.identity(identity).serverContext().getServerSocketFactory();

    assertThat(firstBytes(ServerSocketFactory.getDefault(), null)).isEqualTo(HTTP2_PREFACE);
    assertThat(firstBytes(secured, identity)).isEqualTo(HTTP2_PREFACE);
  }

  /** RFC 9113, 3.4. */
  private static final String HTTP2_PREFACE = "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n";

  private String firstBytes(ServerSocketFactory sockets, @Nullable String identity)
      throws IOException {
    InetAddress loopback = InetAddress.getLoopbackAddress();
    try (ServerSocket server = sockets.createServerSocket(0, 1, loopback);
        HttpClientUnderTest client = library().withPriorKnowledge()) {
      routes.host("orders", TestRoutes.endpoint(server.getLocalPort(), identity));
      CompletableFuture<Answer> call = client.start("http://orders/");
      try (Socket connection = server.accept()) {
        byte[] preface = connection.getInputStream().readNBytes(HTTP2_PREFACE.length());
        return new String(preface, StandardCharsets.US_ASCII);
      } finally {
        call.cancel(true);
      }
    }
  }

  @Test
  void answer_thatIsReadSlowly_holdsItsServerBack_andEndsWithItsSubscriber() throws Exception {
    AtomicLong written = new AtomicLong();
    CompletableFuture<Exception> broken = new CompletableFuture<>();
    try (ServerSocket server =
        serving(
            socket -> {
              head(socket.getInputStream());
              write(socket, "HTTP/1.1 200 OK\r\nContent-Length: " + ENDLESS + "\r\n\r\n");
              try {
                for (byte[] part = new byte[65_536]; written.get() < ENDLESS; ) {
                  socket.getOutputStream().write(part);
                  written.addAndGet(part.length);
                }
              } catch (SocketException e) {
                broken.complete(e);
              }
            })) {
      Endpoint endpoint = TestRoutes.endpoint(server.getLocalPort(), null);
      routes.host("orders", endpoint);

      try (ReactorNettyUnderTest.Reading reading = library().read("http://orders/")) {
        reading.one();
        assertThat(atRest(written)).isBetween(1L, ENDLESS - 1);
        reading.one();
      }
      assertThat(broken.get(10, TimeUnit.SECONDS)).isInstanceOf(SocketException.class);
    }
  }

  @Test
  void file_thatTheLibraryReads_arrivesWhole_alsoOverTlsOfTheMesh(@TempDir Path directory)
      throws Exception {
    byte[] content = new byte[1_000_000];
    new Random(7).nextBytes(content);
    Path file = Files.write(directory.resolve("file"), content);

    for (Backend orders :
        List.of(open(Backend.plaintext("orders")), open(Backend.mutualTls("orders", "orders")))) {
      routes.host("orders", orders.endpoint());
      assertThat(library().sendFile("http://orders/", file).body()).isEqualTo(content);
    }
  }

  @Test
  void form_ofSeveralParts_arrivesWhole() throws Exception {
    Backend orders = open(Backend.mutualTls("orders", "orders"));
    routes.host("orders", orders.endpoint());

    assertThat(library().sendForm("http://orders/", "item", "a pencil").text())
        .contains("name=\"item\"", "a pencil");
  }

  @Test
  void streamedBody_ofACallThatTheMeshAnswers_isNotAskedFor() throws Exception {
    routes.host("orders");
    AtomicLong asked = new AtomicLong();

    Answer answer = library().upload("http://orders/", ENDLESS, asked).get(10, TimeUnit.SECONDS);

    assertThat(answer.status()).isEqualTo(503);
    assertThat(asked).hasValue(0);
  }

  @Test
  void streamedBody_isAskedForAsFastAsItsServerReads() throws Exception {
    AtomicLong asked = new AtomicLong();
    CompletableFuture<Void> goingOn = new CompletableFuture<>();
    AtomicLong read = new AtomicLong();
    try (ServerSocket server =
        serving(
            socket -> {
              InputStream in = socket.getInputStream();
              head(in);
              goingOn.join();
              byte[] part = new byte[65_536];
              while (read.get() < ENDLESS) {
                read.addAndGet(in.readNBytes(part, 0, part.length));
              }
              write(socket, "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok");
            })) {
      routes.host("orders", TestRoutes.endpoint(server.getLocalPort(), null));

      CompletableFuture<Answer> call = library().upload("http://orders/", ENDLESS, asked);
      Await.until("first part", () -> asked.get() > 0);
      assertThat(atRest(asked)).isLessThan(ENDLESS);

      goingOn.complete(null);
      assertThat(call.get(60, TimeUnit.SECONDS).text()).isEqualTo("ok");
    }
    assertThat(read).hasValue(ENDLESS);
  }

  /** What a counter comes to once it stands still for half a second. */
  private static long atRest(AtomicLong counter) {
    AtomicLong last = new AtomicLong(-1);
    AtomicLong since = new AtomicLong(System.nanoTime());
    Await.until(
        "standstill",
        () -> {
          long now = counter.get();
          if (last.getAndSet(now) != now) {
            since.set(System.nanoTime());
          }
          return System.nanoTime() - since.get() > TimeUnit.MILLISECONDS.toNanos(500);
        });
    return last.get();
  }

  /** What a server does with one connection, which is closed then. */
  private interface Serving {
    void serve(Socket socket) throws IOException;
  }

  private static ServerSocket serving(Serving serving) throws IOException {
    ServerSocket server = new ServerSocket(0, 10, InetAddress.getLoopbackAddress());
    Thread thread =
        new Thread(
            () -> {
              while (!server.isClosed()) {
                try (Socket socket = server.accept()) {
                  serving.serve(socket);
                } catch (IOException e) {
                  // The test, or the client, has closed it.
                }
              }
            },
            "serving");
    thread.setDaemon(true);
    thread.start();
    return server;
  }

  private static void write(Socket socket, String text) throws IOException {
    socket.getOutputStream().write(text.getBytes(StandardCharsets.US_ASCII));
  }

  private static String head(InputStream in) throws IOException {
    ByteArrayOutputStream head = new ByteArrayOutputStream();
    int ends = 0;
    for (int next = in.read(); next >= 0 && ends < 4; ) {
      head.write(next);
      ends = next == '\r' || next == '\n' ? ends + 1 : 0;
      next = ends < 4 ? in.read() : next;
    }
    return head.toString(StandardCharsets.US_ASCII);
  }
}
