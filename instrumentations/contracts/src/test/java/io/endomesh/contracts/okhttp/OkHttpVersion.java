package io.endomesh.contracts.okhttp;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowable;

import io.endomesh.dataplane.cluster.Endpoint;
import io.endomesh.dataplane.route.Fault;
import io.endomesh.dataplane.route.RouteAction;
import io.endomesh.dataplane.route.RoutePolicy;
import io.endomesh.dataplane.route.Share;
import io.endomesh.testkit.Await;
import io.endomesh.testkit.Backend;
import io.endomesh.testkit.HttpClientUnderTest;
import io.endomesh.testkit.ScriptedServer;
import io.endomesh.testkit.StagedHttpClientContract;
import io.endomesh.testkit.TestRoutes;
import io.endomesh.testkit.TestRoutes.Rules;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InterruptedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.SocketTimeoutException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import javax.net.ServerSocketFactory;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * The contract on one version of the library, called both ways, and what is this library's alone.
 */
abstract class OkHttpVersion extends StagedHttpClientContract {

  OkHttpVersion() {
    super("io.endomesh.contracts.okhttp.library.OkHttp");
  }

  private OkHttpUnderTest library() {
    return (OkHttpUnderTest) client();
  }

  @Test
  void interceptors_ofTheApplication_areAskedOnceACall_thoseOfTheNetworkOnceAnAttempt()
      throws Exception {
    Backend broken = open(Backend.plaintext("broken").answering(503));
    routes.host("orders", Rules.retrying(503), broken.endpoint());
    AtomicInteger ofCalls = new AtomicInteger();
    AtomicInteger ofNetwork = new AtomicInteger();

    try (HttpClientUnderTest client =
        library().intercepting(ofCalls::incrementAndGet, ofNetwork::incrementAndGet)) {
      assertThat(client.call("GET", "http://orders/", Map.of(), null).status()).isEqualTo(503);
    }

    assertThat(broken.received()).hasSize(5);
    assertThat(ofCalls).hasValue(1);
    assertThat(ofNetwork).hasValue(5);
  }

  @Test
  void exception_ofANetworkInterceptor_reachesTheApplication_andNothingIsSent() throws Exception {
    Backend orders = open(Backend.plaintext("orders"));
    routes.host("orders", orders.endpoint());
    Runnable refusing =
        () -> {
          throw new IllegalStateException("not today");
        };

    try (HttpClientUnderTest client = library().intercepting(() -> {}, refusing)) {
      assertThatThrownBy(() -> client.call("GET", "http://orders/", Map.of(), null))
          .isInstanceOf(IllegalStateException.class)
          .hasMessage("not today");
    }

    assertThat(orders.received()).isEmpty();
  }

  @Test
  void eventListener_isToldOfItsCallOnce_andOfEachAttempt() throws Exception {
    Backend broken = open(Backend.mutualTls("broken", "broken").answering(503));
    routes.host("orders", Rules.retrying(503), broken.endpoint());
    List<String> events = new CopyOnWriteArrayList<>();

    try (HttpClientUnderTest client = library().listening(events)) {
      client.call("GET", "http://orders/", Map.of(), null);
      Await.until("end of the call", () -> events.contains("callEnd"));
    }

    assertThat(events).startsWith("callStart").doesNotContain("stranger", "secureConnectEnd");
    assertThat(events)
        .filteredOn(event -> event.startsWith("call"))
        .containsExactly("callStart", "callEnd");
    for (String event :
        List.of("connectionAcquired", "requestHeadersEnd", "responseHeadersEnd 503")) {
      assertThat(events).filteredOn(event::equals).hasSize(5);
    }
  }

  @Test
  void eventListener_ofACallThatFails_isToldSoOnce() throws Exception {
    routes.host("orders", TestRoutes.endpoint(1, null)); // tcpmux: nothing listens there.
    List<String> events = new CopyOnWriteArrayList<>();

    try (HttpClientUnderTest client = library().listening(events)) {
      assertThatThrownBy(() -> client.call("GET", "http://orders/", Map.of(), null))
          .isInstanceOf(IOException.class);
    }

    assertThat(events).containsExactly("callStart", "callFailed");
  }

  @Test
  void tlsOfTheMesh_isSeenByTheApplication_onlyIfItAskedForTls() throws Exception {
    Backend orders = open(Backend.mutualTls("orders", "orders"));
    routes.host("orders", orders.endpoint());
    routes.host("orders:8443", orders.endpoint());

    assertThat(library().seenPeer("http://orders/")).isNull();
    assertThat(library().seenPeer("https://orders:8443/"))
        .containsExactly(TestRoutes.spiffeId("orders"));

    assertThat(orders.received())
        .extracting(request -> request.header("host"))
        .containsExactly("orders", "orders:8443");
  }

  @Test
  void answers_theLibraryAsksAgainFor_areFinalInTheMesh_andAsEverOutside() throws Exception {
    Backend tired = open(Backend.plaintext("tired").answering(503).returning("Retry-After", "0"));
    routes.host("orders", tired.endpoint());

    assertThat(get("http://orders/").status()).isEqualTo(503);
    tired.only();

    assertThat(get("http://localhost:" + tired.port() + "/").status()).isEqualTo(503);
    assertThat(tired.received()).hasSize(3);
  }

  @Test
  void status407_isTheApplications() throws Exception {
    routes.route("orders", new RouteAction.Respond(407, "no proxy here"), RoutePolicy.DEFAULT);

    assertThat(get("http://orders/").text()).isEqualTo("no proxy here");
  }

  @Test
  void password_isGivenToWhoAsks_inACallOfItsOwn() throws Exception {
    givesItsPassword(library().withPassword());
  }

  @Test
  void answer_inTheCache_isNoCall(@TempDir Path directory) throws Exception {
    Backend orders =
        open(Backend.mutualTls("orders", "orders").returning("Cache-Control", "max-age=60"));
    routes.host("orders", orders.endpoint());

    try (HttpClientUnderTest caching = library().caching(directory)) {
      for (int i = 0; i < 3; i++) {
        assertThat(caching.call("GET", "http://orders/x", Map.of(), null).text())
            .isEqualTo("orders");
      }
      for (int i = 0; i < 3; i++) {
        assertThat(caching.call("GET", "https://orders/x", Map.of(), null).text())
            .isEqualTo("orders");
      }
    }

    assertThat(orders.received()).hasSize(2);
  }

  @Test
  void answer_thatIsTriedAgain_isNotCached(@TempDir Path directory) throws Exception {
    Backend gone =
        open(Backend.plaintext("gone").answering(404).returning("Cache-Control", "max-age=60"));
    Backend orders = open(Backend.plaintext("orders"));
    routes.host("orders", Rules.retrying(404), gone.endpoint(), orders.endpoint());

    try (HttpClientUnderTest caching = library().caching(directory)) {
      for (int i = 0; i < 10; i++) {
        assertThat(caching.call("GET", "http://orders/x", Map.of(), null).text())
            .isEqualTo("orders");
      }
    }

    assertThat(orders.received()).hasSize(10);
  }

  @Test
  void partThatCanBeReadOnce_isNotSentAgain() throws Exception {
    Backend broken = open(Backend.plaintext("broken").answering(503));
    routes.host("orders", Rules.retrying(503), broken.endpoint());

    byte[] part = "once".getBytes(StandardCharsets.UTF_8);
    assertThat(library().streamPart("http://orders/", new ByteArrayInputStream(part)).status())
        .isEqualTo(503);

    assertThat(broken.only().body()).asString().contains("once");
  }

  @Test
  void callTimeout_ofTheApplication_endsWhatTheMeshWaitsFor() throws Exception {
    Backend orders = open(Backend.plaintext("orders"));
    faultyForAnHour(orders);

    try (HttpClientUnderTest impatient = library().withCallTimeout(Duration.ofMillis(100))) {
      assertThatThrownBy(() -> impatient.call("GET", "http://orders/", Map.of(), null))
          .isInstanceOf(InterruptedIOException.class)
          .hasMessage("timeout");
    }

    assertThat(orders.received()).isEmpty();
  }

  @Test
  void callTimeout_ofTheApplication_includesReadingTheAnswer_asOutsideTheMesh() throws Exception {
    try (ScriptedServer server = ScriptedServer.answeringInPart("");
        HttpClientUnderTest impatient = library().withCallTimeout(Duration.ofMillis(200))) {
      String external = "http://localhost:" + server.port() + "/";
      Throwable outside = catchThrowable(() -> impatient.call("GET", external, Map.of(), null));
      routes.host("orders", TestRoutes.endpoint(server.port(), null));

      assertThatThrownBy(() -> impatient.call("GET", "http://orders/", Map.of(), null))
          .hasSameClassAs(outside)
          .isInstanceOf(IOException.class)
          .hasMessage(outside.getMessage());
    }
  }

  @Test
  void readTimeout_ofTheApplication_isItsException() throws Exception {
    Backend slow = open(Backend.mutualTls("slow", "slow").holding());
    routes.host("orders", slow.endpoint());

    try (HttpClientUnderTest impatient = library().withReadTimeout(Duration.ofMillis(100))) {
      assertThatThrownBy(() -> impatient.call("GET", "http://orders/", Map.of(), null))
          .isInstanceOf(SocketTimeoutException.class);
    }
    slow.only();
  }

  @Test
  void call_cancelledWhileAFaultDelays_ends() throws Exception {
    Backend orders = open(Backend.plaintext("orders"));
    faultyForAnHour(orders);

    assertThat(library().cancelledBeforeItsAnswer("http://orders/"))
        .isInstanceOf(IOException.class)
        .hasMessage("Canceled");
    assertThat(orders.received()).isEmpty();
  }

  private void faultyForAnHour(Backend orders) {
    Fault delay = new Fault(new Fault.Delay(Share.ALL, TimeUnit.HOURS.toNanos(1)), null);
    routes.route(
        "orders",
        TestRoutes.to(TestRoutes.cluster("orders", orders.endpoint())),
        RoutePolicy.DEFAULT.withFault(delay));
  }

  @Test
  void call_cancelledWhileItsAnswerIsRead_ends() throws Exception {
    try (ScriptedServer server = ScriptedServer.answeringInPart("")) {
      Endpoint endpoint = TestRoutes.endpoint(server.port(), null);
      routes.host("orders", endpoint);

      assertThat(library().cancelledWhileReading("http://orders/")).isInstanceOf(IOException.class);
      assertThat(endpoint.load().inFlight()).isZero();
    }
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
  void webSocket_goesWhereItWouldWithoutTheMesh() throws Exception {
    Backend external = open(Backend.plaintext("external").answering(418));
    routes.host("localhost:" + external.port());

    assertThat(library().refusalOfWebSocket("ws://localhost:" + external.port() + "/"))
        .isEqualTo(418);
    assertThat(get("http://localhost:" + external.port() + "/").status()).isEqualTo(503);
  }
}
