package io.endomesh.contracts.vertx;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.endomesh.dataplane.CallContext;
import io.endomesh.dataplane.cluster.Endpoint;
import io.endomesh.testkit.Await;
import io.endomesh.testkit.Backend;
import io.endomesh.testkit.StagedHttpClientContract;
import io.endomesh.testkit.TestRoutes;
import java.io.IOException;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.junit.jupiter.api.Test;

/** The contract on one version of the client. */
abstract class VertxClientVersion extends StagedHttpClientContract {

  VertxClientVersion() {
    super("io.endomesh.contracts.vertx.library.CallingVertx");
  }

  private VertxClientUnderTest library() {
    return (VertxClientUnderTest) client();
  }

  @Test
  void requestTimeout_ofTheApplication_isItsException() throws Exception {
    Backend slow = open(Backend.plaintext("slow").holding());
    Endpoint endpoint = slow.endpoint();
    routes.host("orders", endpoint);

    assertThatThrownBy(
            () -> library().waitingAtMost("http://orders/", 200).get(10, TimeUnit.SECONDS))
        .hasCauseInstanceOf(TimeoutException.class)
        .hasMessageContaining("200ms");
    slow.only();
    Await.until("end of the attempt", () -> endpoint.load().inFlight() == 0);
  }

  @Test
  void callbacks_runOnTheContextOfTheCaller() throws Exception {
    Backend orders = open(Backend.mutualTls("orders", "orders"));
    routes.host("orders", orders.endpoint());
    routes.host("nobody");

    assertThat(library().staysOnItsContext("http://orders/").get(10, TimeUnit.SECONDS)).isTrue();
    assertThat(library().staysOnItsContext("http://nobody/").get(10, TimeUnit.SECONDS)).isTrue();
  }

  @Test
  void bodyInParts_waitsForTheConnection_andArrivesWhole() throws Exception {
    Backend orders = open(Backend.mutualTls("orders", "orders"));
    routes.host("orders", orders.endpoint());
    int bytes = 2_000_000;

    Answer answer = library().piped("http://orders/", bytes).get(20, TimeUnit.SECONDS);

    assertThat(answer.status()).isEqualTo(200);
    assertThat(orders.only().body()).hasSize(bytes);
  }

  @Test
  void answer_passesAsItComes_andIsClosedWhenGivenUp() throws Exception {
    CountDownLatch firstPart = new CountDownLatch(1);
    try (ServerSocket server = new ServerSocket(0, 10, InetAddress.getLoopbackAddress())) {
      Endpoint endpoint = TestRoutes.endpoint(server.getLocalPort(), null);
      routes.host("orders", endpoint);
      CompletableFuture<Integer> status =
          library().read("http://orders/", part -> firstPart.countDown());

      try (Socket connection = server.accept()) {
        connection.setSoTimeout(10_000);
        readTo(connection, "\r\n\r\n");
        OutputStream out = connection.getOutputStream();
        out.write(
            "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\n1".getBytes(StandardCharsets.US_ASCII));
        assertThat(firstPart.await(10, TimeUnit.SECONDS)).isTrue();
        assertThat(status).isNotDone();

        status.cancel(true);

        assertThat(connection.getInputStream().read()).isNegative();
      }
      assertThat(endpoint.load().inFlight()).isZero();
    }
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
      second = library().inTurn("http://moved/", "http://orders/second");
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
  void redirect_fromOutsideTheMesh_leadsIntoIt_andBack() throws Exception {
    Backend outside = open(Backend.plaintext("outside").redirecting(302, "http://orders/new"));
    Backend orders = open(Backend.mutualTls("orders", "orders"));
    routes.host("orders", orders.endpoint());
    assertThat(get("http://localhost:" + outside.port() + "/").text()).isEqualTo("orders");

    Backend external = open(Backend.plaintext("external"));
    Backend moved =
        open(
            Backend.mutualTls("moved", "moved")
                .redirecting(302, "http://localhost:" + external.port() + "/there"));
    routes.host("moved", moved.endpoint());
    assertThat(get("http://moved/").text()).isEqualTo("external");
    assertThat(external.only().uri()).isEqualTo("/there");
  }
}
