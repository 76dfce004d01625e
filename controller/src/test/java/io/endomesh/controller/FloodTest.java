package io.endomesh.controller;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.endomesh.controller.translate.ResourceType;
import io.envoyproxy.envoy.service.discovery.v3.AggregatedDiscoveryServiceGrpc;
import io.envoyproxy.envoy.service.discovery.v3.DeltaDiscoveryRequest;
import io.envoyproxy.envoy.service.discovery.v3.DeltaDiscoveryResponse;
import io.grpc.Status;
import io.grpc.stub.StreamObserver;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.lang.management.ManagementFactory;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.SocketException;
import java.net.SocketTimeoutException;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** A controller under attack: who attacks is cut off, and who works with it does not notice. */
@Timeout(120)
class FloodTest {

  /** ENHANCE_YOUR_CALM (RFC 9113, 7). */
  private static final int CALM = 0xb;

  /** What a push may take while a flood runs, on a machine that builds other things as well. */
  private static final Duration SOON = Duration.ofSeconds(5);

  /** What may be on the heap after all attacks, beyond what was there before. */
  private static final long KEPT_BYTES = 64L << 20;

  private static long heap;

  @TempDir static Path dataDir;
  private static Controller controller;
  private static TestWorkload orders;
  private static TestWorkload storefront;
  private static DeltaClient innocent;
  private static int seconds = 50;

  @BeforeAll
  static void start() throws Exception {
    controller = Controller.start(TestWorkload.patientController(dataDir));
    orders = TestWorkload.start(controller, dataDir, "shop", "orders", "orders-1");
    storefront = TestWorkload.start(controller, dataDir, "shop", "storefront", "storefront-1");
    orders.join(Map.of(), 18080);
    innocent = new DeltaClient(storefront);
    innocent.subscribe(ResourceType.LISTENER, "orders");
    innocent.ack(innocent.found());
    innocent.subscribe(ResourceType.ROUTE, "orders.shop:18080");
    innocent.ack(innocent.found());
    heap = heap();
  }

  /** Everything that was promised: an agent is told of a change, and a person gets an answer. */
  @AfterEach
  void allIsWell() throws Exception {
    assertInnocentIsServed();
  }

  @AfterAll
  static void stop() throws Exception {
    try {
      assertNothingIsKept();
    } finally {
      close();
    }
  }

  private static void assertNothingIsKept() {
    long end = System.nanoTime() + Duration.ofSeconds(20).toNanos();
    long kept = heap() - heap;
    // Connections that have just ended are let go by and by; each look collects, and takes a while.
    while (kept > KEPT_BYTES && System.nanoTime() < end) {
      kept = heap() - heap;
    }
    assertThat(kept).as("bytes of the heap after all attacks").isLessThan(KEPT_BYTES);
  }

  private static long heap() {
    System.gc();
    return ManagementFactory.getMemoryMXBean().getHeapMemoryUsage().getUsed();
  }

  private static void close() throws Exception {
    innocent.close();
    orders.close();
    storefront.close();
    controller.close();
  }

  private void assertInnocentIsServed() throws Exception {
    String route =
        """
        apiVersion: gateway.networking.k8s.io/v1
        kind: HTTPRoute
        metadata: {name: orders, namespace: shop}
        spec:
          parentRefs: [{kind: Service, group: "", name: orders}]
          rules: [{timeouts: {request: %ds}, backendRefs: [{name: orders}]}]
        """
            .formatted(seconds++);
    HttpResponse<String> applied =
        TestWorkload.http(controller, "POST", "/api/v1/apply", route, Map.of());
    assertThat(applied.statusCode()).isEqualTo(200);
    long before = System.nanoTime();
    DeltaDiscoveryResponse pushed = innocent.response();
    assertThat(Duration.ofNanos(System.nanoTime() - before)).isLessThan(SOON);
    innocent.ack(pushed);
  }

  private InetSocketAddress address() {
    return new InetSocketAddress("127.0.0.1", controller.address().getPort());
  }

  private interface Attack {
    void on(RawHttp2 connection) throws IOException;
  }

  /** The connection ends while it attacks; how, if it was said. */
  private int cutOff(Attack attack) throws Exception {
    try (RawHttp2 connection = new RawHttp2(address())) {
      CompletableFuture<Void> attacking =
          CompletableFuture.runAsync(
              () -> {
                try {
                  attack.on(connection);
                  connection.flush();
                } catch (IOException cutOff) {
                  // As it should be.
                }
              });
      assertInnocentIsServed();
      int code = connection.end();
      attacking.get(30, TimeUnit.SECONDS);
      return code;
    }
  }

  @Test
  void rapidReset_endsItsConnection() throws Exception {
    int code =
        cutOff(
            connection -> {
              for (int stream = 1; stream < 200_000; stream += 2) {
                connection.frame(
                    RawHttp2.HEADERS,
                    RawHttp2.END_HEADERS | RawHttp2.END_STREAM,
                    stream,
                    connection.get("/healthz"));
                connection.frame(RawHttp2.RST_STREAM, 0, stream, new byte[] {0, 0, 0, 8});
              }
            });
    assertThat(code).isIn(CALM, -1);
  }

  @ParameterizedTest
  @ValueSource(ints = {0, 1, 16_384})
  void continuationFlood_endsItsConnection(int size) throws Exception {
    byte[] part = new byte[size];
    byte[] header = RawHttp2.header("x-flood", "x".repeat(100));
    for (int i = 0; i + header.length <= size; i += header.length) {
      System.arraycopy(header, 0, part, i, header.length);
    }
    int code =
        cutOff(
            connection -> {
              connection.frame(RawHttp2.HEADERS, 0, 1, connection.get("/healthz"));
              for (int i = 0; i < 2_000_000; i++) {
                connection.frame(RawHttp2.CONTINUATION, 0, 1, part);
                if (size > 1 && i > 20_000) {
                  return;
                }
              }
            });
    assertThat(code).isNotEqualTo(0);
  }

  @Test
  void pingAndSettingsFlood_whoReadsNoAnswer_isCutOff() throws Exception {
    try (RawHttp2 connection = new RawHttp2(address())) {
      long sent = 0;
      try {
        for (; sent < 20_000_000; sent++) {
          connection.frame(RawHttp2.PING, 0, 0, new byte[8]);
          connection.frame(RawHttp2.SETTINGS, 0, 0, new byte[0]);
        }
      } catch (IOException cutOff) {
        // As it should be: answers that nobody reads are not kept without end.
      }
      assertThat(sent).isLessThan(20_000_000);
    }
  }

  @Test
  void headerBomb_ofATableThatRepeats_isRefused() throws Exception {
    cutOff(
        connection -> {
          ByteArrayOutputStream block = new ByteArrayOutputStream();
          block.writeBytes(connection.get("/healthz"));
          // Into the dynamic table (RFC 7541, 6.2.1), and then a byte for each of its 3,000 bytes.
          byte[] once = RawHttp2.header("x-bomb", "x".repeat(3_000));
          once[0] = 0x40;
          block.writeBytes(once);
          for (int i = 0; i < 10_000; i++) {
            block.write(0xbe);
          }
          for (int stream = 1; stream < 2_000; stream += 2) {
            connection.frame(
                RawHttp2.HEADERS,
                RawHttp2.END_HEADERS | RawHttp2.END_STREAM,
                stream,
                stream == 1
                    ? block.toByteArray()
                    : java.util.Arrays.copyOf(block.toByteArray(), 99));
            connection.frame(RawHttp2.DATA, RawHttp2.END_STREAM, stream, new byte[0]);
          }
        });
  }

  @Test
  void headersOfHttp1_withoutEnd_areRefused() throws Exception {
    String answer = sendForever("GET /healthz HTTP/1.1\r\nHost: localhost\r\n", "X-A: b\r\n");
    assertThat(answer).doesNotContain("200 OK");
    String line = sendForever("GET /", "a");
    assertThat(line).doesNotContain("200 OK");
  }

  @Test
  void bodyOfHttp1_withoutEnd_isRefused() throws Exception {
    String head = "POST /api/v1/apply HTTP/1.1\r\nHost: localhost\r\nx-endomesh-request: a\r\n";
    String chunked =
        sendForever(
            head + "Transfer-Encoding: chunked\r\n\r\n", "400\r\n" + "a".repeat(1024) + "\r\n");
    assertThat(chunked).doesNotContain("200 OK");
    assertThat(sendForever(head + "Content-Length: 99999999999\r\n\r\n", "a".repeat(1024)))
        .doesNotContain("200 OK");
  }

  /** Up to 64 MB; gives what was answered before the connection ended. */
  private String sendForever(String first, String again) throws IOException {
    try (Socket socket = new Socket()) {
      socket.connect(address());
      socket.setSoTimeout(20_000);
      OutputStream out = socket.getOutputStream();
      byte[] part = again.repeat(65_536 / again.length()).getBytes(StandardCharsets.US_ASCII);
      boolean ended = false;
      try {
        out.write(first.getBytes(StandardCharsets.US_ASCII));
        for (int i = 0; i < 1_024 && socket.getInputStream().available() == 0; i++) {
          out.write(part);
        }
      } catch (SocketException cutOff) {
        ended = true;
      }
      StringBuilder answer = new StringBuilder();
      try {
        InputStream in = socket.getInputStream();
        for (int c = in.read(); c >= 0 && answer.length() < 4_000; c = in.read()) {
          answer.append((char) c);
        }
        ended = true;
      } catch (SocketTimeoutException e) {
        throw new AssertionError("neither an answer nor an end", e);
      } catch (SocketException cutOff) {
        ended = true;
      }
      assertThat(ended).isTrue();
      return answer.toString();
    }
  }

  @Test
  void messageOfAStream_thatIsHuge_endsTheStream() throws Exception {
    CompletableFuture<Throwable> end = new CompletableFuture<>();
    StreamObserver<DeltaDiscoveryRequest> requests =
        AggregatedDiscoveryServiceGrpc.newStub(storefront.channel)
            .deltaAggregatedResources(
                new StreamObserver<DeltaDiscoveryResponse>() {
                  @Override
                  public void onNext(DeltaDiscoveryResponse response) {}

                  @Override
                  public void onError(Throwable error) {
                    end.complete(error);
                  }

                  @Override
                  public void onCompleted() {
                    end.complete(new AssertionError("completed"));
                  }
                });
    requests.onNext(DeltaDiscoveryRequest.newBuilder().setTypeUrl("x".repeat(6 << 20)).build());
    assertThat(Status.fromThrowable(end.get(20, TimeUnit.SECONDS)).getCode())
        .isEqualTo(Status.Code.RESOURCE_EXHAUSTED);
  }

  @Test
  void handshakesThatAreBroken_byTheThousand_costNothing() throws Exception {
    int threads = ManagementFactory.getThreadMXBean().getThreadCount();
    java.util.Random random = new java.util.Random(20_261_127);
    for (int i = 0; i < 3_000; i++) {
      try (Socket socket = new Socket()) {
        socket.connect(address());
        byte[] bytes = new byte[1 + random.nextInt(200)];
        random.nextBytes(bytes);
        // A record of TLS, or what is none.
        if (i % 2 == 0) {
          bytes[0] = 0x16;
        }
        socket.getOutputStream().write(bytes);
      } catch (IOException cutOff) {
        // As good.
      }
      if (i % 1_000 == 500) {
        assertInnocentIsServed();
      }
    }
    assertThat(ManagementFactory.getThreadMXBean().getThreadCount()).isLessThan(threads + 50);
  }

  /**
   * Nothing at all, half a handshake, and headers letter by letter: each ends after ten seconds.
   */
  @Test
  void connectionsThatStall_byTheThousand_areClosed() throws Exception {
    List<Socket> stalled = new ArrayList<>();
    try {
      int refused = 0;
      for (int i = 0; i < 1_000; i++) {
        Socket socket = new Socket();
        stalled.add(socket);
        try {
          socket.connect(address(), 2_000);
          switch (i % 3) {
            case 0 -> socket.getOutputStream().write(new byte[] {0x16, 3, 1, 2, 0, 1, 0, 1, -4});
            case 1 ->
                socket
                    .getOutputStream()
                    .write("GET / HTTP/1.1\r\nX: ".getBytes(StandardCharsets.US_ASCII));
            default -> {
              // Nothing.
            }
          }
        } catch (IOException cutOff) {
          refused++;
        }
      }
      assertInnocentHasItsStream();
      long end = System.nanoTime() + Duration.ofSeconds(40).toNanos();
      for (int i = 0; i < stalled.size(); i++) {
        awaitEnd(stalled.get(i), end, /* drips= */ i % 3 == 1);
      }
      assertThat(refused).isLessThan(1_000);
    } finally {
      for (Socket socket : stalled) {
        socket.close();
      }
    }
  }

  /** By what was proved before: the address is full of strangers. */
  private void assertInnocentHasItsStream() throws Exception {
    innocent.subscribe(ResourceType.LISTENER, "www.example.com");
    long before = System.nanoTime();
    assertThat(innocent.response().getRemovedResourcesList()).containsExactly("www.example.com");
    assertThat(Duration.ofNanos(System.nanoTime() - before)).isLessThan(SOON);
  }

  private static void awaitEnd(Socket socket, long end, boolean drips) throws IOException {
    while (true) {
      long left = TimeUnit.NANOSECONDS.toMillis(end - System.nanoTime());
      assertThat(left).as("until a stalled connection is closed").isPositive();
      try {
        socket.setSoTimeout(drips ? 200 : (int) left);
        if (drips) {
          socket.getOutputStream().write('a');
        }
        if (socket.getInputStream().read() < 0) {
          return;
        }
      } catch (SocketTimeoutException stillOpen) {
        // Again, until the time is over.
      } catch (SocketException closed) {
        return;
      }
    }
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "/../../../../../../etc/passwd",
        "/..%2f..%2f..%2f..%2fetc/passwd",
        "/%2e%2e/%2e%2e/%2e%2e/etc/passwd",
        "/assets/..%5c..%5c..%5cetc%5cpasswd",
        "/assets/../../io/endomesh/controller/Controller.class",
        "/assets/..%2f..%2fMETA-INF/MANIFEST.MF",
        "/assets/%252e%252e/%252e%252e/META-INF/MANIFEST.MF",
        "/assets//etc/passwd",
        "/assets/%00/../../../etc/passwd",
        "/assets/..;/..;/META-INF/MANIFEST.MF",
        "/assets/%c0%ae%c0%ae/%c0%ae%c0%ae/etc/passwd",
        "/assets/....//....//etc/passwd",
        "/assets/root.pem",
        "//etc/passwd",
        "/file:///etc/passwd",
        "http://localhost/../../etc/passwd",
        "/download/../../../../../../etc/passwd",
        "/download/..%2f..%2froot.pem"
      })
  void console_pathThatLeavesIt_givesNothing(String path) throws Exception {
    try (Socket socket = new Socket()) {
      socket.connect(address());
      socket.setSoTimeout(20_000);
      socket
          .getOutputStream()
          .write(
              ("GET " + path + " HTTP/1.1\r\nHost: localhost\r\n\r\n")
                  .getBytes(StandardCharsets.US_ASCII));
      String answer = answer(socket.getInputStream());
      assertThat(answer)
          .doesNotContain("root:", "PRIVATE KEY", "Manifest-Version", "\u00ca\u00fe\u00ba\u00be");
      // The console's own page is given for what may be a place in it, and for nothing else.
      assertThat(answer.startsWith("HTTP/1.1 200")).isEqualTo(answer.contains("<title>Endomesh"));
    }
  }

  /** Head and body of one answer, of a connection that is kept. */
  private static String answer(InputStream in) throws IOException {
    StringBuilder head = new StringBuilder();
    for (int c = in.read(); c >= 0; c = in.read()) {
      head.append((char) c);
      if (head.toString().endsWith("\r\n\r\n")) {
        break;
      }
    }
    java.util.regex.Matcher length =
        java.util.regex.Pattern.compile("(?i)content-length: (\\d+)").matcher(head);
    int body = length.find() ? Integer.parseInt(length.group(1)) : 0;
    return head + new String(in.readNBytes(body), StandardCharsets.ISO_8859_1);
  }

  @Test
  void strangersFromOneAddress_tooMany_areTurnedAway() throws Exception {
    List<Socket> sockets = new ArrayList<>();
    try {
      for (int i = 0; i < Visitors.MAX_FROM_AN_ADDRESS + 50; i++) {
        Socket socket = new Socket();
        sockets.add(socket);
        socket.connect(address(), 2_000);
        socket.setSoTimeout(1);
      }
      // Before those that may stay are closed for saying nothing. Which of them are too many is not
      // said by the order in which they connected: several threads meet them.
      long end = System.nanoTime() + Visitors.FIRST_REQUEST.minusSeconds(2).toNanos();
      long turnedAway;
      do {
        turnedAway = sockets.stream().filter(FloodTest::closedBy).count();
      } while (turnedAway < 50 && System.nanoTime() < end);
      assertThat(turnedAway).isBetween(50L, 100L);
    } finally {
      for (Socket socket : sockets) {
        socket.close();
      }
    }
    // They left: others may come, as soon as that was noticed.
    long end = System.nanoTime() + Duration.ofSeconds(20).toNanos();
    Exception refused;
    do {
      refused =
          catchThrowableOfType(
              Exception.class,
              () -> TestWorkload.http(controller, "GET", "/healthz", "", Map.of()));
    } while (refused != null && System.nanoTime() < end);
    assertThat(refused).isNull();
  }

  private static boolean closedBy(Socket socket) {
    try {
      return socket.getInputStream().read() < 0;
    } catch (SocketTimeoutException open) {
      return false;
    } catch (IOException closed) {
      return true;
    }
  }
}
