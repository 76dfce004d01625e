package io.endomesh.testkit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.endomesh.dataplane.Attempt;
import io.endomesh.dataplane.CallContext;
import io.endomesh.dataplane.CallObserver;
import io.endomesh.dataplane.Reply;
import io.endomesh.dataplane.cluster.Balancing;
import io.endomesh.dataplane.cluster.ClusterPolicy;
import io.endomesh.dataplane.cluster.Endpoint;
import io.endomesh.dataplane.cluster.Limits;
import io.endomesh.dataplane.cluster.OutlierDetection;
import io.endomesh.dataplane.route.Fault;
import io.endomesh.dataplane.route.HeaderChanges;
import io.endomesh.dataplane.route.Mirror;
import io.endomesh.dataplane.route.PathRewrite;
import io.endomesh.dataplane.route.RetryPolicy;
import io.endomesh.dataplane.route.RouteAction;
import io.endomesh.dataplane.route.RoutePolicy;
import io.endomesh.dataplane.route.SessionPersistence;
import io.endomesh.dataplane.route.Share;
import io.endomesh.dataplane.route.UrlRewrite;
import io.endomesh.dataplane.route.WeightedClusters;
import io.endomesh.testkit.TestRoutes.Rules;
import io.endomesh.weaving.Weaving;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.InterruptedIOException;
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
import java.util.Set;
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

  /** Makes a GET by a client that does not follow redirects. */
  protected abstract Answer getUnfollowed(String url) throws IOException, InterruptedException;

  /** Makes a GET by a client that keeps cookies, the same one for all calls of a test. */
  protected abstract Answer getWithCookies(String url) throws IOException, InterruptedException;

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
  void hostOutsideTheMesh_originatedTls_isCalledByTlsUnderItsOwnName() throws Exception {
    Backend partner = open(Backend.plaintext("partner"));
    TlsFront front = open(new TlsFront("*.partner.example", partner.port(), "http/1.1"));
    routes.host("api.partner.example", front.endpoint("api.partner.example"));

    Answer answer = get("http://api.partner.example/x");

    assertThat(answer.text()).isEqualTo("partner");
    assertThat(answer.uri()).isEqualTo(URI.create("http://api.partner.example/x"));
    assertThat(partner.only().header("host")).isEqualTo("api.partner.example");
    assertThat(front.askedFor()).containsExactly("api.partner.example");
  }

  @Test
  void hostOutsideTheMesh_provesAnotherName_isRefused() {
    Backend impostor = open(Backend.plaintext("impostor"));
    TlsFront front = open(new TlsFront("impostor.example", impostor.port(), "http/1.1"));
    routes.host("api.partner.example", front.endpoint("api.partner.example"));

    assertThatThrownBy(() -> get("http://api.partner.example/")).isInstanceOf(IOException.class);
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
  void requestHeaders_ofPolicy_areSetAddedAndRemoved() throws Exception {
    Backend orders = open(Backend.plaintext("orders"));
    HeaderChanges changes =
        new HeaderChanges(
            List.of(new HeaderChanges.Header("x-set", "mesh")),
            List.of(new HeaderChanges.Header("x-mine", "mesh")),
            List.of("x-gone"));
    routes.route(
        "orders",
        TestRoutes.to(TestRoutes.cluster("orders", orders.endpoint())),
        RoutePolicy.DEFAULT.withHeaders(changes, HeaderChanges.NONE));

    call("GET", "http://orders/", Map.of("x-set", "app", "x-mine", "app", "x-gone", "app"), null);

    Map<String, List<String>> headers = orders.only().headers();
    assertThat(headers.get("x-set")).containsExactly("mesh");
    assertThat(headers.get("x-mine")).containsExactly("app", "mesh");
    assertThat(headers).doesNotContainKey("x-gone");
  }

  @Test
  void responseHeaders_changedByPolicy_areWhatTheApplicationGets() throws Exception {
    Backend orders =
        open(Backend.plaintext("orders").returning("x-set", "server").returning("x-gone", "1"));
    HeaderChanges changes =
        new HeaderChanges(
            List.of(new HeaderChanges.Header("x-set", "mesh")),
            List.of(new HeaderChanges.Header("x-added", "mesh")),
            List.of("x-gone"));
    routes.route(
        "orders",
        TestRoutes.to(TestRoutes.cluster("orders", orders.endpoint())),
        RoutePolicy.DEFAULT.withHeaders(HeaderChanges.NONE, changes));

    Answer answer = get("http://orders/");

    assertThat(answer.text()).isEqualTo("orders");
    assertThat(answer.headers())
        .containsEntry("x-set", "mesh")
        .containsEntry("x-added", "mesh")
        .containsEntry("x-backend", "orders")
        .doesNotContainKey("x-gone");
  }

  @Test
  void pathAndHost_rewrittenByPolicy_goOnTheWireOnly() throws Exception {
    for (Backend orders :
        List.of(open(Backend.plaintext("orders")), open(Backend.mutualTls("orders", "orders")))) {
      UrlRewrite rewrite =
          new UrlRewrite("stock.internal:9000", new PathRewrite.Prefix("/old", "/new 100%"));
      WeightedClusters to = WeightedClusters.of(TestRoutes.cluster("orders", orders.endpoint()));
      routes.route(
          "orders:8080", new RouteAction.Forward(to, rewrite, List.of()), RoutePolicy.DEFAULT);

      Answer answer = get("http://orders:8080/old/a%20b?q=%2F&r=1");

      assertThat(answer.text()).isEqualTo("orders");
      assertThat(answer.uri()).isEqualTo(URI.create("http://orders:8080/old/a%20b?q=%2F&r=1"));
      assertThat(orders.only().uri()).isEqualTo("/new%20100%25/a%20b?q=%2F&r=1");
      assertThat(orders.only().header("host")).isEqualTo("stock.internal:9000");
    }
  }

  @Test
  void redirectOfPolicy_isFollowedAsAServersIs() throws Exception {
    Backend stock = open(Backend.plaintext("stock"));
    routes.host("stock:9090", stock.endpoint());
    routes.route("orders", toStock(), RoutePolicy.DEFAULT);

    Answer answer = get("http://orders/old?x=1");

    assertThat(answer.text()).isEqualTo("stock");
    assertThat(answer.uri()).isEqualTo(URI.create("http://stock:9090/items?x=1"));
    assertThat(stock.only().uri()).isEqualTo("/items?x=1");
  }

  @Test
  void redirectOfPolicy_clientDoesNotFollow_isTheApplications() throws Exception {
    routes.route("orders", toStock(), RoutePolicy.DEFAULT);

    Answer answer = getUnfollowed("http://orders/old?x=1");

    assertThat(answer.status()).isEqualTo(302);
    assertThat(answer.headers()).containsEntry("location", "http://stock:9090/items?x=1");
  }

  private static RouteAction toStock() {
    return new RouteAction.Redirect(302, null, "stock", 9090, new PathRewrite.Full("/items"));
  }

  @Test
  void responseOfPolicy_isDeliveredExactly() throws Exception {
    routes.route("orders", new RouteAction.Respond(418, "short and stout"), RoutePolicy.DEFAULT);

    Answer answer = get("http://orders/");

    assertThat(answer.status()).isEqualTo(418);
    assertThat(answer.text()).isEqualTo("short and stout");
    assertThat(answer.headers())
        .containsEntry("content-length", "15")
        .containsEntry(Reply.DECIDED_BY_HEADER, "HTTPRoute/default/orders rule 0");
  }

  @Test
  void fault_delay_isWaitedForBeforeTheCall() throws Exception {
    Backend orders = open(Backend.plaintext("orders"));
    faulty(new Fault(new Fault.Delay(Share.ALL, DELAY_NANOS), null), orders);

    long start = System.nanoTime();
    assertThat(get("http://orders/").text()).isEqualTo("orders");
    assertThat(System.nanoTime() - start).isGreaterThanOrEqualTo(DELAY_NANOS);

    start = System.nanoTime();
    assertThat(start("http://orders/").join().text()).isEqualTo("orders");
    assertThat(System.nanoTime() - start).isGreaterThanOrEqualTo(DELAY_NANOS);
  }

  @Test
  void fault_delay_endsWhenTheCallIsGivenUp() throws Exception {
    Backend orders = open(Backend.plaintext("orders"));
    faulty(new Fault(new Fault.Delay(Share.ALL, TimeUnit.HOURS.toNanos(1)), null), orders);

    CompletableFuture<Answer> running = start("http://orders/");
    running.cancel(true);
    CompletableFuture<Throwable> ended = new CompletableFuture<>();
    Thread caller =
        new Thread(
            () -> {
              try {
                get("http://orders/");
              } catch (IOException | InterruptedException e) {
                ended.complete(e);
              }
            },
            "caller");
    caller.setDaemon(true);
    caller.start();
    caller.interrupt();

    assertThat(ended.get(10, TimeUnit.SECONDS))
        .isInstanceOfAny(InterruptedException.class, InterruptedIOException.class);
    assertThat(running).isCancelled();
    assertThat(orders.received()).isEmpty();
  }

  @Test
  void fault_abort_isAnsweredInPlaceOfTheService() throws Exception {
    Backend orders = open(Backend.plaintext("orders"));
    faulty(new Fault(null, new Fault.Abort(Share.ALL, 418, -1)), orders);

    Answer answer = get("http://orders/");

    assertThat(answer.status()).isEqualTo(418);
    assertThat(answer.headers())
        .containsEntry(Reply.DECIDED_BY_HEADER, "HTTPRoute/default/orders rule 0");
    assertThat(orders.received()).isEmpty();
  }

  private static final long DELAY_NANOS = TimeUnit.MILLISECONDS.toNanos(100);

  private void faulty(Fault fault, Backend backend) {
    routes.route(
        "orders",
        TestRoutes.to(TestRoutes.cluster("orders", backend.endpoint())),
        RoutePolicy.DEFAULT.withFault(fault));
  }

  @Test
  void mirror_getsACopyWithItsBody() throws Exception {
    Backend orders = open(Backend.plaintext("orders"));
    Backend shadow = open(Backend.mutualTls("shadow", "shadow"));
    mirrored(orders, shadow.endpoint());

    Answer answer =
        call(
            "POST",
            "http://orders/a?b=c",
            Map.of("x-mine", "yes"),
            "text".getBytes(StandardCharsets.UTF_8));

    assertThat(answer.headers()).containsEntry("x-backend", "orders");
    Await.until("the copy at the mirror", () -> !shadow.received().isEmpty());
    Backend.Received copy = shadow.only();
    assertThat(copy.method()).isEqualTo("POST");
    assertThat(copy.uri()).isEqualTo("/a?b=c");
    assertThat(copy.header("host")).isEqualTo("orders");
    assertThat(copy.header("x-mine")).isEqualTo("yes");
    assertThat(copy.body()).asString().isEqualTo("text");
    orders.only();
  }

  @Test
  void mirror_thatNeverAnswers_doesNotSlowTheCall() throws Exception {
    Backend orders = open(Backend.plaintext("orders"));
    Backend shadow = open(Backend.plaintext("shadow").holding());
    Endpoint mirror = shadow.endpoint();
    mirrored(orders, mirror);

    for (int i = 0; i < 5; i++) {
      assertThat(get("http://orders/").text()).isEqualTo("orders");
      assertThat(start("http://orders/").join().text()).isEqualTo("orders");
    }

    Await.until("all copies at the mirror", () -> shadow.received().size() == 10);
    assertThat(mirror.load().inFlight()).isEqualTo(10);
  }

  @Test
  void mirror_thatFails_isNothingToTheApplication() throws Exception {
    Backend orders = open(Backend.plaintext("orders"));
    Backend broken =
        open(Backend.plaintext("broken").answering(503).returning("Set-Cookie", "a=b"));
    Backend closing = open(Backend.plaintext("closing").breaking());
    for (Endpoint mirror :
        List.of(broken.endpoint(), closing.endpoint(), TestRoutes.endpoint(closedPort(), null))) {
      mirrored(orders, mirror);
      assertThat(getWithCookies("http://orders/").text()).isEqualTo("orders");
      Await.until("end of the copy", () -> mirror.load().inFlight() == 0);
    }

    assertThat(broken.received()).isNotEmpty();
    assertThat(closing.received()).isNotEmpty();
    getWithCookies("http://orders/");
    assertThat(orders.received())
        .as("cookies of the copy's answer")
        .allMatch(request -> request.header("cookie") == null);
  }

  private void mirrored(Backend backend, Endpoint mirror) {
    Mirror copies = new Mirror(TestRoutes.cluster("shadow", mirror), Share.ALL);
    WeightedClusters to = WeightedClusters.of(TestRoutes.cluster("orders", backend.endpoint()));
    routes.route("orders", new RouteAction.Forward(to, null, List.of(copies)), RoutePolicy.DEFAULT);
  }

  @Test
  void endpointThatAsksForARest_isLeftAlone_andTheCallGoesToAnother() throws Exception {
    Backend resting =
        open(Backend.plaintext("resting").answering(503).returning("Retry-After", "60"));
    Backend orders = open(Backend.plaintext("orders"));
    routes.host("orders", Rules.retrying(503), resting.endpoint(), orders.endpoint());

    for (int i = 0; i < 20; i++) {
      assertThat(get("http://orders/").text()).isEqualTo("orders");
    }

    assertThat(resting.received()).hasSizeLessThanOrEqualTo(1);
  }

  @Test
  void answer_thatMustNotBeAskedForAgain_isNotRetried() throws Exception {
    Backend spent = open(Backend.plaintext("spent").answering(503));
    routes.host("orders", Rules.retrying(503), spent.endpoint());

    assertThat(get("http://orders/").status()).isEqualTo(503);
    assertThat(spent.received().get(0).header("x-envoy-attempt-count")).isNull();
    assertThat(spent.received().get(1).header("x-envoy-attempt-count")).isEqualTo("2");

    spent.returning("x-envoy-overloaded", "true");
    int before = spent.received().size();
    assertThat(get("http://orders/").status()).isEqualTo(503);
    assertThat(spent.received()).hasSize(before + 1);
  }

  @Test
  void connection_brokenAfterSending_isTriedAgainOnlyIfThePolicySaysSo() throws Exception {
    Backend broken = open(Backend.plaintext("broken").breaking());
    Backend orders = open(Backend.plaintext("orders"));
    routes.host("orders", Rules.retrying(503), broken.endpoint());

    assertThatThrownBy(() -> call("POST", "http://orders/", Map.of(), new byte[] {1}))
        .isInstanceOf(IOException.class);
    broken.only();

    RetryPolicy onReset = new RetryPolicy(4, Set.of(), Set.of(), true, 1, 1);
    routes.host("orders", new Rules(0, 0, onReset), broken.endpoint(), orders.endpoint());
    for (int i = 0; i < 20; i++) {
      assertThat(call("POST", "http://orders/", Map.of(), new byte[] {1}).headers())
          .containsEntry("x-backend", "orders");
    }
    assertThat(broken.received()).hasSizeGreaterThan(1);
  }

  @Test
  void session_keptByCookie_sticksToItsEndpoint() throws Exception {
    for (long lifetimeSeconds : new long[] {0, 3600}) {
      Backend one = open(Backend.plaintext("one"));
      Backend two = open(Backend.plaintext("two"));
      String host = "orders-" + lifetimeSeconds + ".shop";
      SessionPersistence session =
          new SessionPersistence(SessionPersistence.Type.COOKIE, "place", lifetimeSeconds);
      routes.route(
          host,
          TestRoutes.to(TestRoutes.cluster("orders", one.endpoint(), two.endpoint())),
          RoutePolicy.DEFAULT.withStickiness(List.of(), session));

      Answer first = getWithCookies("http://" + host + "/");
      assertThat(first.headers().get("set-cookie")).startsWith("place=");
      for (int i = 0; i < 20; i++) {
        Answer next = getWithCookies("http://" + host + "/");
        assertThat(next.text()).isEqualTo(first.text());
        assertThat(next.headers()).as("the session goes on").doesNotContainKey("set-cookie");
      }
    }
  }

  @Test
  void callsInFlight_atTheLimit_areAnsweredWith503_namingThePolicy() throws Exception {
    Backend slow = open(Backend.plaintext("slow").holding());
    ClusterPolicy policy =
        new ClusterPolicy(
            "DestinationRule/default/orders",
            Balancing.DEFAULT,
            new Limits(1, 0, Limits.DEFAULT_BUDGET_PERCENT, Limits.DEFAULT_MIN_RETRIES),
            null,
            ClusterPolicy.DEFAULT_PANIC_PERCENT);
    routes.route(
        "orders",
        TestRoutes.to(TestRoutes.cluster("orders", policy, slow.endpoint())),
        RoutePolicy.DEFAULT);
    CompletableFuture<Answer> running = start("http://orders/");
    Await.until("request at the backend", () -> !slow.received().isEmpty());

    Answer answer = get("http://orders/");

    assertThat(answer.status()).isEqualTo(503);
    assertThat(answer.headers())
        .containsEntry(Reply.DECIDED_BY_HEADER, "DestinationRule/default/orders");
    slow.only();
    running.cancel(true);
  }

  @Test
  void endpoint_errorsInARow_isEjected() throws Exception {
    Backend broken = open(Backend.plaintext("broken").answering(500));
    Backend orders = open(Backend.plaintext("orders"));
    ClusterPolicy policy =
        new ClusterPolicy(
            "DestinationRule/default/orders",
            new Balancing.RoundRobin(null),
            Limits.DEFAULT,
            new OutlierDetection(
                3,
                0,
                0,
                OutlierDetection.DEFAULT_INTERVAL_NANOS,
                OutlierDetection.DEFAULT_BASE_EJECTION_NANOS,
                OutlierDetection.DEFAULT_MAX_EJECTION_NANOS,
                100,
                null,
                null),
            0);
    routes.route(
        "orders",
        TestRoutes.to(TestRoutes.cluster("orders", policy, broken.endpoint(), orders.endpoint())),
        RoutePolicy.DEFAULT);

    for (int i = 0; i < 20; i++) {
      get("http://orders/");
    }

    assertThat(broken.received()).hasSize(3);
    assertThat(orders.received()).hasSize(17);
  }

  @Test
  void timeoutOfRoute_isToldToTheServer() throws Exception {
    Backend orders = open(Backend.plaintext("orders"));
    routes.host("orders", Rules.attemptTimeoutMillis(60_000), orders.endpoint());

    get("http://orders/");

    assertThat(orders.only().header("x-envoy-expected-rq-timeout-ms")).isEqualTo("60000");
  }

  @Test
  void deadlineOfTheServedCall_boundsTheCallsMadeForIt() throws Exception {
    Backend slow = open(Backend.plaintext("slow").holding());
    routes.host("orders", slow.endpoint());
    long deadline = System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(200);
    CallContext before = new CallContext(null, deadline, null).attach();
    try {
      CompletableFuture<Answer> running = start("http://orders/");
      assertThat(get("http://orders/").status()).isEqualTo(504);
      assertThat(running.get(10, TimeUnit.SECONDS).status()).isEqualTo(504);
    } finally {
      CallContext.restore(before);
    }
    assertThat(System.nanoTime()).isGreaterThanOrEqualTo(deadline);
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
