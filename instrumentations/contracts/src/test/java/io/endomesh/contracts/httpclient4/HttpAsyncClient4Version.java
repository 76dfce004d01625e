package io.endomesh.contracts.httpclient4;

import static org.assertj.core.api.Assertions.assertThat;

import io.endomesh.dataplane.CallContext;
import io.endomesh.dataplane.cluster.Endpoint;
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
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

/** The contract on one version of the asynchronous client. */
abstract class HttpAsyncClient4Version extends HttpClient4Version {

  HttpAsyncClient4Version() {
    super("io.endomesh.contracts.httpclient4.library.Async");
  }

  private HttpAsyncClient4UnderTest async() {
    return (HttpAsyncClient4UnderTest) client();
  }

  @Test
  void password_isGivenToWhoAsks_inACallOfItsOwn() throws Exception {
    givesItsPassword(library().withPasswordFor("orders", 80));
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
  void minimalClient_isOfTheMesh() throws Exception {
    Backend orders = open(Backend.mutualTls("orders", "orders"));
    routes.host("orders", orders.endpoint());

    assertThat(async().startMinimal("http://orders/").get(10, TimeUnit.SECONDS).text())
        .isEqualTo("orders");
  }

  @Test
  void answerOfTheMesh_readSlowly_arrivesWhole() throws Exception {
    routes.host("orders");

    assertThat(async().startReadingSlowly("http://orders/").get(10, TimeUnit.SECONDS))
        .isEqualTo(get("http://orders/").text());
  }
}
