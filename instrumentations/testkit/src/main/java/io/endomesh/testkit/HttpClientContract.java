package io.endomesh.testkit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.endomesh.dataplane.AgentThread;
import io.endomesh.dataplane.Attempt;
import io.endomesh.dataplane.CallObserver;
import io.endomesh.dataplane.Reply;
import io.endomesh.dataplane.cluster.Endpoint;
import io.endomesh.testkit.TestRoutes.Rules;
import io.endomesh.weaving.Weaving;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/**
 * What the mesh promises to an application that uses an HTTP client, whichever it is. An
 * instrumentation inherits the promises by saying how its library makes a call.
 */
@Contract("HTTP client")
public abstract class HttpClientContract extends HttpClientFailureContract {

  @Test
  void name_noDnsKnows_reachesItsEndpoint() throws Exception {
    Backend orders = open(Backend.plaintext("orders"));
    routes.host("orders", orders.endpoint());

    assertThat(get("http://orders/list").text()).isEqualTo("orders");
  }

  @Test
  void trail_thatIsAskedFor_isPassedOnAndTakenFromTheAnswer() throws Exception {
    Backend orders = open(Backend.mutualTls("orders", "orders"));
    TrailPromises.client(routes, orders, () -> get("http://orders/").headers());
  }

  @Test
  void request_pathQueryHeadersAndBody_arriveAsWritten() throws Exception {
    Backend orders = open(Backend.plaintext("orders"));
    routes.host("orders:8080", orders.endpoint());

    Answer answer =
        call(
            "PUT",
            "http://orders:8080/a%20b/c?q=%2F&r=1",
            Map.of("x-mine", "yes"),
            "text".getBytes(StandardCharsets.UTF_8));

    Backend.Received request = orders.only();
    assertThat(request.method()).isEqualTo("PUT");
    assertThat(request.uri()).isEqualTo("/a%20b/c?q=%2F&r=1");
    assertThat(request.header("host")).isEqualTo("orders:8080");
    assertThat(request.header("x-mine")).isEqualTo("yes");
    assertThat(request.body()).asString().isEqualTo("text");
    assertThat(answer.uri()).isEqualTo(URI.create("http://orders:8080/a%20b/c?q=%2F&r=1"));
  }

  @Test
  void routeWithWeights_splitsCallsByThem() throws Exception {
    Backend v1 = open(Backend.plaintext("v1"));
    Backend v2 = open(Backend.plaintext("v2"));
    routes.split(
        "orders",
        Rules.DEFAULT,
        List.of(TestRoutes.cluster("v1", v1.endpoint()), TestRoutes.cluster("v2", v2.endpoint())),
        List.of(3, 1));

    for (int i = 0; i < 400; i++) {
      get("http://orders/");
    }

    // 300 of 400 expected; six standard deviations (8.7 each) on either side.
    assertThat(v1.received()).hasSizeBetween(248, 352);
    assertThat(v2.received()).hasSize(400 - v1.received().size());
  }

  @Test
  void routeByHeader_isTakenByCallsThatHaveIt_andByNoOthers() throws Exception {
    Backend stable = open(Backend.plaintext("stable"));
    Backend canary = open(Backend.plaintext("canary"));
    routes.byHeader(
        "orders",
        "x-tester",
        TestRoutes.cluster("canary", canary.endpoint()),
        TestRoutes.cluster("stable", stable.endpoint()));

    assertThat(call("GET", "http://orders/", Map.of("X-Tester", "true"), null).text())
        .isEqualTo("canary");
    assertThat(call("GET", "http://orders/", Map.of("X-Tester", "false"), null).text())
        .isEqualTo("stable");
    assertThat(get("http://orders/").text()).isEqualTo("stable");
  }

  @Test
  void host_unknownToTheMesh_isLeftAlone() throws Exception {
    Backend external = open(Backend.plaintext("external"));

    assertThat(get("http://localhost:" + external.port() + "/").text()).isEqualTo("external");
    assertThat(get("http://127.0.0.1:" + external.port() + "/").text()).isEqualTo("external");
  }

  @Test
  void concurrentCalls_allReachTheirService() {
    Backend orders = open(Backend.mutualTls("orders", "orders"));
    Backend stock = open(Backend.plaintext("stock"));
    routes.host("orders", orders.endpoint());
    routes.host("stock", stock.endpoint());

    List<CompletableFuture<Answer>> running = new ArrayList<>();
    for (int i = 0; i < 40; i++) {
      running.add(start(i % 2 == 0 ? "http://orders/" : "http://stock/"));
    }

    for (int i = 0; i < 40; i++) {
      assertThat(running.get(i).orTimeout(10, TimeUnit.SECONDS).join().text())
          .isEqualTo(i % 2 == 0 ? "orders" : "stock");
    }
  }

  @Test
  void answer_isHandedOver_onNoThreadOfTheAgent() throws Exception {
    Backend orders = open(Backend.mutualTls("orders", "orders"));
    Backend slow = open(Backend.plaintext("slow").holding());
    routes.host("orders", TestRoutes.endpoint(closedPort(), null), orders.endpoint());
    routes.host("slow", Rules.attemptTimeoutMillis(100), slow.endpoint());
    routes.host("nobody");

    for (String url : List.of("http://orders/", "http://slow/", "http://nobody/")) {
      Thread thread =
          start(url).thenApply(answer -> Thread.currentThread()).get(10, TimeUnit.SECONDS);
      assertThat(thread).as(url).isNotInstanceOf(AgentThread.class);
      assertThat(thread.getName()).as(url).doesNotStartWith("endomesh-");
    }
  }

  @Test
  void headersOfTelemetry_goOutWithTheCall() throws Exception {
    Backend orders = open(Backend.plaintext("orders"));
    routes.host("orders", orders.endpoint());
    Weaving.mesh()
        .observer(
            new CallObserver() {
              @Override
              public @Nullable Object attemptStarted(Attempt attempt) {
                attempt.call().request().setHeader("traceparent", "00-1-2-01");
                return null;
              }
            });

    get("http://orders/");

    assertThat(orders.only().header("traceparent")).isEqualTo("00-1-2-01");
  }

  @Test
  void call_givenUp_isNoLongerInFlight() {
    Backend slow = open(Backend.plaintext("slow").holding());
    Endpoint endpoint = slow.endpoint();
    routes.host("orders", endpoint);

    CompletableFuture<Answer> running = start("http://orders/");
    Await.until("request at the backend", () -> !slow.received().isEmpty());
    running.cancel(true);

    Await.until("end of the attempt", () -> endpoint.load().inFlight() == 0);
  }

  @Test
  void connection_brokenByTheServer_isAnIoException() throws Exception {
    try (ServerSocket broken = new ServerSocket(0, 10, InetAddress.getLoopbackAddress())) {
      Thread closing = new Thread(() -> closeAllOf(broken), "closing");
      closing.setDaemon(true);
      closing.start();
      Endpoint endpoint = TestRoutes.endpoint(broken.getLocalPort(), null);
      routes.host("orders", endpoint);

      assertThatThrownBy(() -> call("POST", "http://orders/", Map.of(), new byte[] {1}))
          .isInstanceOf(IOException.class);
      assertThat(endpoint.load().inFlight()).isZero();
    }
  }

  @Test
  void largeBodies_bothWays_arriveWhole() throws Exception {
    byte[] large = new byte[4_000_000];
    new Random(7).nextBytes(large);
    Backend orders = open(Backend.mutualTls("orders", "orders"));
    routes.host("orders", orders.endpoint());

    assertThat(call("POST", "http://orders/", Map.of(), large).body()).isEqualTo(large);
  }

  @Test
  void noEndpoint_isAnsweredByTheMeshInTheShapeOfTheClient() throws Exception {
    routes.host("orders");

    Answer answer = get("http://orders/");

    assertThat(answer.status()).isEqualTo(503);
    assertThat(answer.text()).contains("no endpoint of orders");
    assertThat(answer.headers().get(Reply.DECIDED_BY_HEADER)).isEqualTo("endpoint");
  }

  private static void closeAllOf(ServerSocket server) {
    while (!server.isClosed()) {
      try (Socket connection = server.accept()) {
        connection.setSoLinger(true, 0);
        if (connection.getInputStream().read() < 0) {
          return;
        }
      } catch (IOException e) {
        if (!server.isClosed()) {
          throw new UncheckedIOException(e);
        }
      }
    }
  }
}
