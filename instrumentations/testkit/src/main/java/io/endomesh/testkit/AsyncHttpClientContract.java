package io.endomesh.testkit;

import static org.assertj.core.api.Assertions.assertThat;

import io.endomesh.dataplane.CallContext;
import io.endomesh.dataplane.cluster.Endpoint;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.junit.jupiter.api.Test;

/**
 * What is promised besides of a library that calls the application back: as an answer comes, and
 * with the call that it belongs to.
 */
public abstract class AsyncHttpClientContract extends StagedHttpClientContract {

  /**
   * @param client as {@link StagedHttpClientContract} takes it
   */
  protected AsyncHttpClientContract(String client) {
    super(client);
  }

  /** Makes a GET and, in the callback that gets its answer, another. */
  protected abstract CompletableFuture<Answer> inTurn(String first, String then);

  /**
   * Makes a GET; done with the status when all is read, given up if it is cancelled.
   *
   * @param parts is told each part of the answer as it comes
   */
  protected abstract CompletableFuture<Integer> read(String url, Consumer<String> parts);

  @Test
  void answer_passesAsItComes_andIsClosedWhenGivenUp() throws Exception {
    CountDownLatch firstPart = new CountDownLatch(1);
    try (ServerSocket server = new ServerSocket(0, 10, InetAddress.getLoopbackAddress())) {
      Endpoint endpoint = TestRoutes.endpoint(server.getLocalPort(), null);
      routes.host("orders", endpoint);
      CompletableFuture<Integer> status = read("http://orders/", part -> firstPart.countDown());

      try (Socket connection = server.accept()) {
        connection.setSoTimeout(10_000);
        readTo(connection, "\r\n\r\n");
        connection
            .getOutputStream()
            .write(
                "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\n1"
                    .getBytes(StandardCharsets.US_ASCII));
        assertThat(firstPart.await(10, TimeUnit.SECONDS)).isTrue();
        assertThat(status).isNotDone();

        status.cancel(true);

        assertThat(connection.getInputStream().read()).isNegative();
      }
      assertThat(endpoint.load().inFlight()).isZero();
    }
  }

  /** Reads what a client sends, up to and with this. */
  private static void readTo(Socket connection, String end) throws IOException {
    StringBuilder read = new StringBuilder();
    while (read.indexOf(end) < 0) {
      int next = connection.getInputStream().read();
      assertThat(next).as("behind " + read).isNotNegative();
      read.append((char) next);
    }
  }

  @Test
  protected void call_madeByACallback_belongsToTheServedCall() throws Exception {
    Backend orders = open(Backend.mutualTls("orders", "orders"));
    Backend moved = open(Backend.plaintext("moved").redirecting(302, "http://orders/new"));
    routes.host("orders", orders.endpoint());
    routes.host("moved", moved.endpoint());
    long deadline = System.nanoTime() + TimeUnit.MINUTES.toNanos(1);
    CallContext before = new CallContext(null, deadline, null).attach();
    CompletableFuture<Answer> second;
    try {
      second = inTurn("http://moved/", "http://orders/second");
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
