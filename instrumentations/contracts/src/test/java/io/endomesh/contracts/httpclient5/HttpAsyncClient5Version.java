package io.endomesh.contracts.httpclient5;

import static org.assertj.core.api.Assertions.assertThat;

import io.endomesh.dataplane.CallContext;
import io.endomesh.dataplane.cluster.Endpoint;
import io.endomesh.dataplane.route.Mirror;
import io.endomesh.dataplane.route.PathRewrite;
import io.endomesh.dataplane.route.RouteAction;
import io.endomesh.dataplane.route.RoutePolicy;
import io.endomesh.dataplane.route.Share;
import io.endomesh.dataplane.route.UrlRewrite;
import io.endomesh.dataplane.route.WeightedClusters;
import io.endomesh.testkit.Await;
import io.endomesh.testkit.Backend;
import io.endomesh.testkit.HttpClientUnderTest;
import io.endomesh.testkit.TestRoutes;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.PipedInputStream;
import java.io.PipedOutputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.SocketTimeoutException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

/** The contract on one version of the asynchronous client. */
abstract class HttpAsyncClient5Version extends HttpClient5Version {

  HttpAsyncClient5Version() {
    super("io.endomesh.contracts.httpclient5.library.Async");
  }

  private HttpAsyncClient5UnderTest async() {
    return (HttpAsyncClient5UnderTest) client();
  }

  @Test
  void http2_negotiatedWithTheEndpoint_isSpoken() throws Exception {
    Http2Server orders =
        open(
            async()
                .http2Server(
                    TestRoutes.AUTHORITY.identity(TestRoutes.spiffeId("orders")).serverContext()));
    Endpoint endpoint = TestRoutes.endpoint(orders.port(), TestRoutes.spiffeId("orders"));
    routes.host("orders", TestRoutes.endpoint(closedPort(), null), endpoint);
    byte[] large = new byte[1_000_000];
    new Random(7).nextBytes(large);

    for (int i = 0; i < 5; i++) {
      assertThat(call("PUT", "http://orders/a?b=c", Map.of(), large).body()).isEqualTo(large);
    }
    UrlRewrite rewrite = new UrlRewrite("stock.internal", new PathRewrite.Full("/new"));
    routes.route(
        "orders",
        new RouteAction.Forward(
            WeightedClusters.of(TestRoutes.cluster("orders", endpoint)), rewrite, List.of()),
        RoutePolicy.DEFAULT);
    assertThat(get("http://orders/old").uri()).isEqualTo(URI.create("http://orders/old"));

    assertThat(orders.received())
        .hasSize(6)
        .startsWith("HTTP/2.0 PUT orders /a?b=c")
        .endsWith("HTTP/2.0 GET stock.internal /new");
  }

  @Test
  void bodies_bothWays_passAsTheyCome() throws Exception {
    CountDownLatch firstPart = new CountDownLatch(1);
    try (ServerSocket server = new ServerSocket(0, 10, InetAddress.getLoopbackAddress());
        PipedOutputStream writing = new PipedOutputStream();
        InputStream body = new PipedInputStream(writing)) {
      routes.host("orders", TestRoutes.endpoint(server.getLocalPort(), null));
      writing.write("first ".getBytes(StandardCharsets.US_ASCII));
      CompletableFuture<Integer> status =
          async().stream("http://orders/", body, part -> firstPart.countDown());

      try (Socket connection = server.accept()) {
        connection.setSoTimeout(10_000);
        readTo(connection, "first ");
        writing.write("last".getBytes(StandardCharsets.US_ASCII));
        writing.close();
        readTo(connection, "last");
        OutputStream out = connection.getOutputStream();
        out.write(ascii("HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\n1"));
        assertThat(firstPart.await(10, TimeUnit.SECONDS)).isTrue();
        assertThat(status).isNotDone();
        out.write(ascii("2"));
        assertThat(status.get(10, TimeUnit.SECONDS)).isEqualTo(200);
      }
    }
  }

  @Test
  void answer_givenUpWhileItIsRead_closesItsConnection() throws Exception {
    CountDownLatch firstPart = new CountDownLatch(1);
    try (ServerSocket server = new ServerSocket(0, 10, InetAddress.getLoopbackAddress())) {
      Endpoint endpoint = TestRoutes.endpoint(server.getLocalPort(), null);
      routes.host("orders", endpoint);
      CompletableFuture<Integer> status =
          async().stream(
              "http://orders/", InputStream.nullInputStream(), part -> firstPart.countDown());

      try (Socket connection = server.accept()) {
        connection.setSoTimeout(10_000);
        readTo(connection, "\r\n0\r\n\r\n");
        connection.getOutputStream().write(ascii("HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\n1"));
        assertThat(firstPart.await(10, TimeUnit.SECONDS)).isTrue();

        status.cancel(true);

        assertThat(closedByPeer(connection)).isTrue();
      }
      assertThat(endpoint.load().inFlight()).isZero();
    }
  }

  private static byte[] ascii(String text) {
    return text.getBytes(StandardCharsets.US_ASCII);
  }

  private static void readTo(Socket connection, String end) throws IOException {
    StringBuilder read = new StringBuilder();
    while (read.indexOf(end) < 0) {
      int next = connection.getInputStream().read();
      assertThat(next).as("behind " + read).isNotNegative();
      read.append((char) next);
    }
  }

  private static boolean closedByPeer(Socket connection) {
    try {
      return connection.getInputStream().read() < 0;
    } catch (SocketTimeoutException open) {
      return false;
    } catch (IOException reset) {
      return true;
    }
  }

  @Test
  void call_madeByACallback_belongsToTheServedCall() throws Exception {
    Backend orders = open(Backend.mutualTls("orders", "orders"));
    Backend moved = open(Backend.plaintext("moved").redirecting(302, "http://orders/new"));
    routes.host("orders", orders.endpoint());
    routes.host("moved", moved.endpoint());
    long deadline = System.nanoTime() + TimeUnit.MINUTES.toNanos(1);
    CallContext before = new CallContext(null, deadline, null).attach();
    CompletableFuture<Answer> second;
    try {
      second = async().inTurn("http://moved/", "http://orders/second");
    } finally {
      CallContext.restore(before);
    }

    assertThat(second.get(10, TimeUnit.SECONDS).text()).isEqualTo("orders");

    assertThat(orders.received())
        .extracting(Backend.Received::uri)
        .containsExactly("/new", "/second");
    assertThat(orders.received())
        .extracting(request -> request.header("x-envoy-expected-rq-timeout-ms"))
        .doesNotContainNull();
  }

  @Test
  void callWaitingForAConnection_givenUp_leavesNothingBehind() throws Exception {
    Backend slow = open(Backend.plaintext("slow").holding());
    Endpoint endpoint = slow.endpoint();
    routes.host("orders", endpoint);

    try (HttpClientUnderTest pooled = library().withOneConnection(Duration.ofMinutes(1))) {
      CompletableFuture<Answer> holding = pooled.start("http://orders/");
      Await.until("request at the backend", () -> !slow.received().isEmpty());
      CompletableFuture<Answer> waiting = pooled.start("http://orders/");
      assertThat(endpoint.load().inFlight()).isEqualTo(2);

      waiting.cancel(true);
      Await.until("end of the second", () -> endpoint.load().inFlight() == 1);
      holding.cancel(true);
      Await.until("end of both", () -> endpoint.load().inFlight() == 0);
    }
    slow.only();
  }

  @Test
  void mirror_ofALargeBody_getsAllOfIt_orIsGivenUp() throws Exception {
    Backend orders = open(Backend.plaintext("orders"));
    Backend shadow = open(Backend.plaintext("shadow"));
    byte[] large = new byte[500_000];
    new Random(7).nextBytes(large);
    Endpoint mirror = shadow.endpoint();
    mirrored(orders, mirror);
    assertThat(call("POST", "http://orders/", Map.of(), large).body()).isEqualTo(large);
    Await.until("the copy at the mirror", () -> !shadow.received().isEmpty());
    assertThat(shadow.only().body()).isEqualTo(large);

    // Accepts connections, by the kernel, and reads nothing.
    try (ServerSocket deaf = new ServerSocket(0, 10, InetAddress.getLoopbackAddress())) {
      Endpoint stuck = TestRoutes.endpoint(deaf.getLocalPort(), null);
      mirrored(orders, stuck);
      byte[] larger = new byte[20_000_000];
      assertThat(call("POST", "http://orders/", Map.of(), larger).body()).hasSize(larger.length);
      Await.until("end of the copy", () -> stuck.load().inFlight() == 0);
    }
  }

  private void mirrored(Backend backend, Endpoint mirror) {
    Mirror copies = new Mirror(TestRoutes.cluster("shadow", mirror), Share.ALL);
    WeightedClusters to = WeightedClusters.of(TestRoutes.cluster("orders", backend.endpoint()));
    routes.route("orders", new RouteAction.Forward(to, null, List.of(copies)), RoutePolicy.DEFAULT);
  }
}
