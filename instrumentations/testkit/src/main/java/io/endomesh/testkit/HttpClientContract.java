package io.endomesh.testkit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.endomesh.dataplane.Attempt;
import io.endomesh.dataplane.CallObserver;
import io.endomesh.dataplane.Reply;
import io.endomesh.dataplane.cluster.Endpoint;
import io.endomesh.testkit.TestRoutes.Rules;
import io.endomesh.weaving.Weaving;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
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
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/**
 * What the mesh promises to an application that uses an HTTP client, whichever it is. An
 * instrumentation inherits the promises by saying how its library makes a call.
 */
@Contract("HTTP client")
public abstract class HttpClientContract {

  /** The client's own shape of a response. Header names in lower case. */
  public record Answer(int status, URI uri, Map<String, String> headers, byte[] body) {

    public String text() {
      return new String(body, StandardCharsets.UTF_8);
    }
  }

  protected final TestRoutes routes = new TestRoutes();
  private final List<AutoCloseable> opened = new ArrayList<>();

  /** Makes a call with a body in memory, null for none. Follows redirects. */
  protected abstract Answer call(
      String method, String url, Map<String, String> headers, byte @Nullable [] body)
      throws IOException, InterruptedException;

  /** Makes a POST whose body can be read once only. */
  protected abstract Answer stream(String url, InputStream body)
      throws IOException, InterruptedException;

  /** Starts a GET; cancelling the future gives it up. */
  protected abstract CompletableFuture<Answer> start(String url);

  protected final Answer get(String url) throws IOException, InterruptedException {
    return call("GET", url, Map.of(), null);
  }

  protected final <T extends AutoCloseable> T open(T resource) {
    opened.add(resource);
    return resource;
  }

  @AfterEach
  void closeAll() throws Exception {
    for (AutoCloseable resource : opened) {
      resource.close();
    }
  }

  @Test
  void name_noDnsKnows_reachesItsEndpoint() throws Exception {
    Backend orders = open(Backend.plaintext("orders"));
    routes.host("orders", orders.endpoint());

    assertThat(get("http://orders/list").text()).isEqualTo("orders");
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
  void endpointRefusesConnections_callGoesToAnother_alsoWithStreamedBody() throws Exception {
    Backend orders = open(Backend.plaintext("orders"));
    routes.host("orders", TestRoutes.endpoint(closedPort(), null), orders.endpoint());

    for (int i = 0; i < 10; i++) {
      assertThat(stream("http://orders/", bytes("once")).text()).isEqualTo("once");
    }
    assertThat(orders.received()).hasSize(10);
  }

  @Test
  void status_namedByPolicy_isTriedAgain() throws Exception {
    Backend broken = open(Backend.plaintext("broken").answering(503));
    Backend orders = open(Backend.plaintext("orders"));
    routes.host("orders", Rules.retrying(503), broken.endpoint(), orders.endpoint());

    for (int i = 0; i < 10; i++) {
      assertThat(get("http://orders/").text()).isEqualTo("orders");
    }
  }

  @Test
  void status_notNamedByPolicy_isTheApplications() throws Exception {
    Backend broken = open(Backend.plaintext("broken").answering(503));
    routes.host("orders", broken.endpoint());

    assertThat(get("http://orders/").status()).isEqualTo(503);
    broken.only();
  }

  @Test
  void streamedBody_onceSent_isNotSentAgain() throws Exception {
    Backend broken = open(Backend.plaintext("broken").answering(503));
    routes.host("orders", Rules.retrying(503), broken.endpoint());

    assertThat(stream("http://orders/", bytes("once")).status()).isEqualTo(503);
    broken.only();
  }

  @Test
  void timeoutOfRoute_passed_isAnsweredWith504() throws Exception {
    Backend slow = open(Backend.plaintext("slow").holding());
    routes.host("orders", Rules.attemptTimeoutMillis(100), slow.endpoint());

    Answer answer = get("http://orders/");

    assertThat(answer.status()).isEqualTo(504);
    assertThat(answer.headers().get(Reply.DECIDED_BY_HEADER))
        .isEqualTo("HTTPRoute/default/orders rule 0");
  }

  @Test
  void host_unknownToTheMesh_isLeftAlone() throws Exception {
    Backend external = open(Backend.plaintext("external"));

    assertThat(get("http://localhost:" + external.port() + "/").text()).isEqualTo("external");
    assertThat(get("http://127.0.0.1:" + external.port() + "/").text()).isEqualTo("external");
  }

  @Test
  void endpointWithIdentity_isCalledOverMutualTls() throws Exception {
    Backend orders = open(Backend.mutualTls("orders", "orders"));
    routes.host("orders:8080", orders.endpoint());

    Answer answer = get("http://orders:8080/x");

    assertThat(answer.text()).isEqualTo("orders");
    assertThat(answer.uri()).isEqualTo(URI.create("http://orders:8080/x"));
    assertThat(orders.only().peerIdentities()).containsExactly(TestRoutes.US);
    assertThat(orders.only().header("host")).isEqualTo("orders:8080");
  }

  @Test
  void endpointOfAnotherIdentity_isRefused() {
    Backend impostor = open(Backend.mutualTls("impostor", "impostor"));
    routes.host("orders", TestRoutes.endpoint(impostor.port(), TestRoutes.spiffeId("orders")));

    assertThatThrownBy(() -> get("http://orders/")).isInstanceOf(IOException.class);
    assertThat(impostor.received()).isEmpty();
  }

  @Test
  void expectedIdentity_changes_nextCallIsRefused() throws Exception {
    Backend orders = open(Backend.mutualTls("orders", "orders"));
    routes.host("orders", orders.endpoint());
    get("http://orders/");

    routes.host("orders", TestRoutes.endpoint(orders.port(), TestRoutes.spiffeId("other")));

    assertThatThrownBy(() -> get("http://orders/")).isInstanceOf(IOException.class);
    orders.only();
  }

  @Test
  void services_onePlaintextOneMutualTls_neverShareAConnection() throws Exception {
    Backend open = open(Backend.plaintext("open"));
    Backend secured = open(Backend.mutualTls("secured", "secured"));
    routes.host("open", open.endpoint());
    routes.host("secured", secured.endpoint());

    for (int i = 0; i < 5; i++) {
      assertThat(get("http://open/").text()).isEqualTo("open");
      assertThat(get("http://secured/").text()).isEqualTo("secured");
    }
    assertThat(open.connections()).isEqualTo(1);
    assertThat(secured.connections()).isEqualTo(1);
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
  void redirect_toAnotherService_isFollowedThroughTheMesh() throws Exception {
    Backend stock = open(Backend.mutualTls("stock", "stock"));
    Backend orders = open(Backend.plaintext("orders").redirecting(302, "http://stock:9090/items"));
    routes.host("orders", orders.endpoint());
    routes.host("stock:9090", stock.endpoint());

    Answer answer = get("http://orders/old");

    assertThat(answer.text()).isEqualTo("stock");
    assertThat(answer.uri()).isEqualTo(URI.create("http://stock:9090/items"));
    assertThat(stock.only().uri()).isEqualTo("/items");
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

  private static InputStream bytes(String text) {
    return new ByteArrayInputStream(text.getBytes(StandardCharsets.UTF_8));
  }

  private static int closedPort() throws IOException {
    try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      return socket.getLocalPort();
    }
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
