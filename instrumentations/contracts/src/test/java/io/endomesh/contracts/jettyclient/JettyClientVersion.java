package io.endomesh.contracts.jettyclient;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.endomesh.dataplane.CallContext;
import io.endomesh.dataplane.cluster.Endpoint;
import io.endomesh.testkit.Backend;
import io.endomesh.testkit.HttpClientUnderTest;
import io.endomesh.testkit.StagedHttpClientContract;
import io.endomesh.testkit.TestRoutes;
import io.endomesh.testkit.TestRoutes.Rules;
import java.io.IOException;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.SocketTimeoutException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

/** The contract on one version of the client. */
abstract class JettyClientVersion extends StagedHttpClientContract {

  JettyClientVersion(String client) {
    super(client);
  }

  private JettyClientUnderTest library() {
    return (JettyClientUnderTest) client();
  }

  @Test
  void password_isGivenToWhoAsks_inTheSameAttempt() throws Exception {
    Backend asking =
        open(
            Backend.mutualTls("orders", "orders")
                .answering(401)
                .returning("WWW-Authenticate", "Basic realm=orders"));
    routes.host("orders", asking.endpoint());

    try (HttpClientUnderTest known = library().withPassword("http://orders/")) {
      assertThat(known.call("GET", "http://orders/", Map.of(), null).status()).isEqualTo(401);
    }

    assertThat(asking.received())
        .extracting(request -> request.header("authorization"))
        .containsExactly(null, "Basic YXBwOnNlY3JldA==");
  }

  @Test
  void requestTimeout_ofTheApplication_isItsException() throws Exception {
    Backend slow = open(Backend.plaintext("slow").holding());
    routes.host("orders", slow.endpoint());

    try (HttpClientUnderTest impatient = library().waitingAtMost(200)) {
      assertThatThrownBy(() -> impatient.call("GET", "http://orders/", Map.of(), null))
          .isInstanceOf(SocketTimeoutException.class);
    }
    slow.only();
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

  @Test
  void listeners_ofTheRequest_areToldOnce_andWhatTheySetGoesOut() throws Exception {
    Backend broken = open(Backend.plaintext("broken").answering(503));
    Backend orders = open(Backend.mutualTls("orders", "orders"));
    routes.host("orders", Rules.retrying(503), broken.endpoint(), orders.endpoint());

    for (int i = 0; i < 4; i++) {
      List<String> events = new CopyOnWriteArrayList<>();
      assertThat(library().listening("http://orders/", events::add).text()).isEqualTo("orders");
      assertThat(events).containsExactly("queued", "begin", "commit", "success");
    }

    assertThat(orders.received())
        .extracting(request -> request.header("x-listener"))
        .containsOnly("yes");
  }

  @Test
  void stream_ofTheAnswer_isReadAsItComes() throws Exception {
    Backend orders = open(Backend.mutualTls("orders", "orders"));
    routes.host("orders", orders.endpoint());

    assertThat(library().readAsStream("http://orders/")).isEqualTo("orders");
  }

  @Test
  void redirects_withoutEnd_areTheLibrarysException() throws Exception {
    Backend round = open(Backend.plaintext("round").redirecting(302, "http://orders/"));
    routes.host("orders", round.endpoint());

    assertThatThrownBy(() -> get("http://orders/"))
        .hasStackTraceContaining("Max redirects exceeded 8");
    assertThat(round.received()).hasSize(9);
  }
}
