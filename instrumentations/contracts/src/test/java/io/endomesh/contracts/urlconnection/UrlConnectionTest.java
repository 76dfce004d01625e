package io.endomesh.contracts.urlconnection;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.endomesh.dataplane.Reply;
import io.endomesh.dataplane.Snapshot;
import io.endomesh.dataplane.cluster.Endpoint;
import io.endomesh.dataplane.route.Mirror;
import io.endomesh.dataplane.route.RouteAction;
import io.endomesh.dataplane.route.RoutePolicy;
import io.endomesh.dataplane.route.Share;
import io.endomesh.dataplane.route.WeightedClusters;
import io.endomesh.testkit.Await;
import io.endomesh.testkit.Backend;
import io.endomesh.testkit.HttpClientContract;
import io.endomesh.testkit.Library;
import io.endomesh.testkit.TestRoutes;
import io.endomesh.weaving.Weaving;
import java.io.ByteArrayInputStream;
import java.io.FileNotFoundException;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.net.Authenticator;
import java.net.CookieHandler;
import java.net.CookieManager;
import java.net.HttpCookie;
import java.net.HttpRetryException;
import java.net.HttpURLConnection;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.PasswordAuthentication;
import java.net.ProtocolException;
import java.net.Proxy;
import java.net.ProxySelector;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.SocketTimeoutException;
import java.net.URI;
import java.net.URLConnection;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** The contract on {@code HttpURLConnection}, and what is this client's alone. */
@Library(name = "JDK `HttpURLConnection`")
class UrlConnectionTest extends HttpClientContract {

  private final CookieManager cookies = new CookieManager();
  private final ExecutorService threads = Executors.newCachedThreadPool(UrlConnectionTest::daemon);

  private static Thread daemon(Runnable task) {
    Thread thread = new Thread(task, "caller");
    thread.setDaemon(true);
    return thread;
  }

  @BeforeAll
  static void awaitWeaving() {
    WovenJdk.await();
  }

  /** Cookies are kept for the whole JVM, or not at all. */
  @AfterEach
  void forget() {
    CookieHandler.setDefault(null);
    threads.shutdownNow();
  }

  private static HttpURLConnection open(String url) throws IOException {
    return (HttpURLConnection) URI.create(url).toURL().openConnection();
  }

  @Override
  protected Answer call(
      String method, String url, Map<String, String> headers, byte @Nullable [] body)
      throws IOException {
    HttpURLConnection connection = open(url);
    connection.setRequestMethod(method);
    headers.forEach(connection::addRequestProperty);
    if (body != null) {
      connection.setDoOutput(true);
      try (OutputStream out = connection.getOutputStream()) {
        out.write(body);
      }
    }
    return answer(connection);
  }

  @Override
  protected Answer stream(String url, InputStream body) throws IOException {
    HttpURLConnection connection = open(url);
    connection.setRequestMethod("POST");
    connection.setDoOutput(true);
    connection.setChunkedStreamingMode(0);
    try (OutputStream out = connection.getOutputStream()) {
      body.transferTo(out);
    }
    return answer(connection);
  }

  @Override
  protected CompletableFuture<Answer> start(String url) {
    CompletableFuture<Answer> answer = new CompletableFuture<>();
    HttpURLConnection connection;
    try {
      connection = open(url);
    } catch (IOException e) {
      return CompletableFuture.failedFuture(e);
    }
    answer.whenComplete(
        (value, error) -> {
          if (answer.isCancelled()) {
            connection.disconnect();
          }
        });
    threads.execute(
        () -> {
          try {
            answer.complete(answer(connection));
          } catch (IOException | RuntimeException | Error e) {
            answer.completeExceptionally(e);
          }
        });
    return answer;
  }

  @Override
  protected Answer getUnfollowed(String url) throws IOException {
    HttpURLConnection connection = open(url);
    connection.setInstanceFollowRedirects(false);
    return answer(connection);
  }

  @Override
  protected Answer getWithCookies(String url) throws IOException {
    CookieHandler.setDefault(cookies);
    return answer(open(url));
  }

  private static Answer answer(HttpURLConnection connection) throws IOException {
    int status = connection.getResponseCode();
    Map<String, String> headers = new HashMap<>();
    for (Map.Entry<String, List<String>> field : connection.getHeaderFields().entrySet()) {
      if (field.getKey() != null) {
        headers.put(field.getKey().toLowerCase(Locale.ROOT), field.getValue().get(0));
      }
    }
    byte[] body;
    try (InputStream in =
        status < 400 ? connection.getInputStream() : connection.getErrorStream()) {
      body = in == null ? new byte[0] : in.readAllBytes();
    }
    return new Answer(status, URI.create(connection.getURL().toString()), headers, body);
  }

  @Test
  void statusOf400AndMore_isThrownByTheInputStream_andReadFromTheErrorStream() throws Exception {
    Backend missing = open(Backend.mutualTls("missing", "orders").answering(404));
    Backend broken = open(Backend.plaintext("broken").answering(500));
    routes.host("missing", missing.endpoint());
    routes.host("broken", broken.endpoint());
    routes.route("refused", new RouteAction.Respond(403, "not today"), RoutePolicy.DEFAULT);

    HttpURLConnection connection = open("http://missing/x");
    assertThatThrownBy(connection::getInputStream)
        .isInstanceOf(FileNotFoundException.class)
        .hasMessage("http://missing/x");
    assertThat(connection.getErrorStream()).hasContent("missing");

    HttpURLConnection other = open("http://broken/x");
    assertThat(other.getErrorStream()).as("before the call").isNull();
    assertThatThrownBy(other::getInputStream)
        .isInstanceOf(IOException.class)
        .hasMessage("Server returned HTTP response code: 500 for URL: http://broken/x");
    assertThat(other.getErrorStream()).hasContent("broken");

    HttpURLConnection refused = open("http://refused/x");
    assertThatThrownBy(refused::getInputStream)
        .isInstanceOf(IOException.class)
        .hasMessage("Server returned HTTP response code: 403 for URL: http://refused/x");
    assertThat(refused.getErrorStream()).hasContent("not today");
  }

  @Test
  void headerFields_byIndexAndName_beginWithTheStatusLine() throws Exception {
    Backend orders = open(Backend.plaintext("orders").returning("Expires", "0"));
    routes.host("orders", orders.endpoint());
    routes.route("teapot", new RouteAction.Respond(418, "short"), RoutePolicy.DEFAULT);

    HttpURLConnection connection = open("http://orders/");
    assertThat(connection.getHeaderFieldKey(0)).isNull();
    assertThat(connection.getHeaderField(0)).isEqualTo("HTTP/1.1 200 OK");
    assertThat(connection.getHeaderFields().get(null)).containsExactly("HTTP/1.1 200 OK");
    assertThat(connection.getHeaderField("EXPIRES")).isEqualTo("0");
    assertThat(connection.getResponseMessage()).isEqualTo("OK");
    assertThat(connection.getContentLength()).isEqualTo(6);
    assertThat(connection.getHeaderField(100)).isNull();

    HttpURLConnection local = open("http://teapot/");
    assertThat(local.getHeaderField(0)).startsWith("HTTP/1.1 418");
    assertThat(local.getHeaderFields()).containsKey(null);
    assertThat(local.getContentType()).startsWith("text/plain");
    assertThat(local.getContentLengthLong()).isEqualTo(5);
  }

  @Test
  void output_makesAPostOfAGet() throws Exception {
    Backend orders = open(Backend.mutualTls("orders", "orders"));
    routes.host("orders", orders.endpoint());
    HttpURLConnection connection = open("http://orders/");

    assertThatThrownBy(connection::getOutputStream).isInstanceOf(ProtocolException.class);
    connection.setDoOutput(true);
    connection.getOutputStream().write('x');

    assertThat(connection.getInputStream()).hasContent("x");
    assertThat(connection.getRequestMethod()).isEqualTo("POST");
    assertThat(orders.only().method()).isEqualTo("POST");
    assertThat(orders.only().header("content-length")).isEqualTo("1");
    assertThat(orders.only().header("content-type")).isEqualTo("application/x-www-form-urlencoded");
    assertThatThrownBy(connection::getOutputStream)
        .hasMessage("Cannot write output after reading input.");
  }

  @Test
  void properties_theJdkRefuses_areNotSent_andOthersAreAsItHasThem() throws Exception {
    Backend orders = open(Backend.plaintext("orders"));
    routes.host("orders", orders.endpoint());
    HttpURLConnection connection = open("http://orders/");

    connection.setRequestProperty("Host", "other");
    connection.setRequestProperty("x-twice", "0");
    connection.setRequestProperty("X-Twice", "1");
    connection.addRequestProperty("x-twice", "2");
    connection.setRequestProperty("Authorization", "Bearer 1");
    assertThat(connection.getRequestProperty("host")).isNull();
    assertThat(connection.getRequestProperty("x-twice")).isEqualTo("2");
    assertThat(connection.getRequestProperty("Authorization")).isNull();
    assertThatThrownBy(() -> connection.setRequestProperty("x", "a\nb"))
        .isInstanceOf(IllegalArgumentException.class);

    connection.connect();
    assertThatThrownBy(() -> connection.setRequestProperty("x", "late"))
        .isInstanceOf(IllegalStateException.class);
    assertThat(connection.getInputStream()).hasContent("orders");
    assertThat(orders.only().header("host")).isEqualTo("orders");
    assertThat(orders.only().headers().get("x-twice")).containsExactly("1", "2");
    assertThat(orders.only().header("authorization")).isEqualTo("Bearer 1");
    assertThat(orders.only().header("user-agent")).startsWith("Java/");
  }

  @Test
  void openStream_readsFromTheService() throws Exception {
    Backend orders = open(Backend.mutualTls("orders", "orders"));
    routes.host("orders", orders.endpoint());

    try (InputStream in = URI.create("http://orders/list").toURL().openStream()) {
      assertThat(in).hasContent("orders");
    }
  }

  @Test
  void bodyOfFixedLength_isStreamed() throws Exception {
    Backend orders = open(Backend.mutualTls("orders", "orders"));
    routes.host("orders", orders.endpoint());
    HttpURLConnection connection = open("http://orders/");
    connection.setRequestMethod("PUT");
    connection.setDoOutput(true);
    connection.setFixedLengthStreamingMode(4L);

    connection.getOutputStream().write("text".getBytes(StandardCharsets.UTF_8));

    assertThat(connection.getInputStream()).hasContent("text");
    assertThat(orders.only().method()).isEqualTo("PUT");
    assertThat(orders.only().header("content-length")).isEqualTo("4");
    assertThat(orders.only().headers()).doesNotContainKey("transfer-encoding");
  }

  @Test
  void streamedBody_redirected_isTheJdksException() throws Exception {
    Backend orders = open(Backend.plaintext("orders").redirecting(307, "http://stock/items"));
    Backend stock = open(Backend.plaintext("stock"));
    routes.host("orders", orders.endpoint());
    routes.host("stock", stock.endpoint());

    assertThatThrownBy(() -> stream("http://orders/", new ByteArrayInputStream(new byte[] {1})))
        .isInstanceOfSatisfying(
            HttpRetryException.class,
            e -> {
              assertThat(e.responseCode()).isEqualTo(307);
              assertThat(e.getLocation()).isEqualTo("http://stock/items");
            });
    assertThat(stock.received()).isEmpty();
  }

  @Test
  void streamedBody_noEndpoint_isAnsweredByTheMesh() throws Exception {
    routes.host("orders");

    Answer answer = stream("http://orders/", new ByteArrayInputStream(new byte[] {1}));

    assertThat(answer.status()).isEqualTo(503);
    assertThat(answer.headers()).containsEntry(Reply.DECIDED_BY_HEADER, "endpoint");
  }

  @Test
  void streamedBody_givenUp_isNoLongerInFlight() throws Exception {
    Backend orders = open(Backend.plaintext("orders"));
    Endpoint endpoint = orders.endpoint();
    routes.host("orders", endpoint);
    HttpURLConnection connection = open("http://orders/");
    connection.setDoOutput(true);
    connection.setChunkedStreamingMode(0);
    OutputStream body = connection.getOutputStream();
    body.write(new byte[10_000]);
    assertThat(endpoint.load().inFlight()).isEqualTo(1);

    connection.disconnect();

    assertThat(endpoint.load().inFlight()).isZero();
    assertThatThrownBy(connection::getInputStream).isInstanceOf(IOException.class);
  }

  @Test
  void streamedBody_brokenByTheServer_isNoLongerInFlight() throws Exception {
    try (ServerSocket broken = new ServerSocket(0, 10, InetAddress.getLoopbackAddress())) {
      Endpoint endpoint = TestRoutes.endpoint(broken.getLocalPort(), null);
      routes.host("orders", endpoint);
      HttpURLConnection connection = open("http://orders/");
      connection.setDoOutput(true);
      connection.setChunkedStreamingMode(0);
      OutputStream body = connection.getOutputStream();
      Socket accepted = broken.accept();
      accepted.setSoLinger(true, 0);
      accepted.close();

      assertThatThrownBy(
              () -> {
                while (true) {
                  body.write(new byte[10_000]);
                }
              })
          .isInstanceOf(IOException.class);

      assertThat(endpoint.load().inFlight()).isZero();
    }
  }

  @Test
  void redirects_ofAPost_areFollowedAsTheJdkFollowsThem() throws Exception {
    Backend stock = open(Backend.plaintext("stock"));
    Backend found = open(Backend.plaintext("found").redirecting(302, "http://stock/items"));
    Backend kept = open(Backend.plaintext("kept").redirecting(307, "http://stock/items"));
    routes.host("found", found.endpoint());
    routes.host("kept", kept.endpoint());
    routes.host("stock", stock.endpoint());
    Map<String, String> headers = Map.of("Authorization", "Bearer 1", "x-mine", "yes");

    assertThat(call("POST", "http://found/", headers, new byte[] {'1'}).text()).isEqualTo("stock");
    assertThat(call("POST", "http://kept/", headers, new byte[] {'2'}).text()).isEqualTo("2");

    Backend.Received get = stock.received().get(0);
    assertThat(get.method()).isEqualTo("GET");
    assertThat(get.headers()).doesNotContainKeys("x-mine", "authorization", "content-type");
    Backend.Received post = stock.received().get(1);
    assertThat(post.method()).isEqualTo("POST");
    assertThat(post.header("x-mine")).isEqualTo("yes");
    assertThat(post.headers()).as("to another host").doesNotContainKey("authorization");
  }

  @Test
  void redirects_withoutEnd_areTheJdksException() {
    Backend orders = open(Backend.plaintext("orders").redirecting(301, "/again"));
    routes.host("orders", orders.endpoint());

    assertThatThrownBy(() -> get("http://orders/"))
        .isInstanceOf(ProtocolException.class)
        .hasMessage("Server redirected too many times (20)");
    assertThat(orders.received()).hasSize(20);
  }

  @Test
  void redirect_outOfTheMesh_isFollowed() throws Exception {
    Backend outside = open(Backend.plaintext("outside"));
    String url = "http://localhost:" + outside.port() + "/x";
    Backend orders = open(Backend.mutualTls("orders", "orders").redirecting(303, url));
    routes.host("orders", orders.endpoint());

    Answer answer = get("http://orders/");

    assertThat(answer.text()).isEqualTo("outside");
    assertThat(answer.uri()).isEqualTo(URI.create(url));
  }

  @Test
  void readTimeout_ofTheApplication_isItsException() {
    Backend slow = open(Backend.mutualTls("slow", "orders").holding());
    Endpoint endpoint = slow.endpoint();
    routes.host("orders", endpoint);

    assertThatThrownBy(
            () -> {
              HttpURLConnection impatient = open("http://orders/");
              impatient.setReadTimeout(100);
              impatient.getInputStream();
            })
        .isInstanceOf(SocketTimeoutException.class);
    slow.only();
    assertThat(endpoint.load().inFlight()).isZero();
  }

  @Test
  void proxy_ofTheJvm_isForHostsOutsideTheMesh_andANamedOneForAll() throws Exception {
    Backend proxy = open(Backend.plaintext("proxy"));
    Backend orders = open(Backend.plaintext("orders"));
    routes.host("orders", orders.endpoint());
    Proxy named =
        new Proxy(
            Proxy.Type.HTTP, new InetSocketAddress(InetAddress.getLoopbackAddress(), proxy.port()));
    ProxySelector before = ProxySelector.getDefault();
    ProxySelector.setDefault(ProxySelector.of((InetSocketAddress) named.address()));
    try {
      assertThat(get("http://orders/x").text()).isEqualTo("orders");
      assertThat(get("http://outside.example/x").text()).isEqualTo("proxy");
    } finally {
      ProxySelector.setDefault(before);
    }
    URLConnection proxied = URI.create("http://orders/y").toURL().openConnection(named);
    assertThat(proxied.getInputStream()).hasContent("proxy");

    assertThat(orders.only().uri()).isEqualTo("/x");
    assertThat(proxy.received())
        .extracting(Backend.Received::uri)
        .containsExactly("http://outside.example/x", "http://orders/y");
  }

  @Test
  void password_isGivenToWhoAsks_inTheSameAttempt() throws Exception {
    Backend asking =
        open(
            Backend.mutualTls("orders", "orders")
                .answering(401)
                .returning("WWW-Authenticate", "Basic realm=orders"));
    Endpoint endpoint = asking.endpoint();
    routes.host("orders", endpoint);
    HttpURLConnection connection = open("http://orders/");
    connection.setAuthenticator(password(new AtomicInteger()));

    assertThat(connection.getResponseCode()).isEqualTo(401);

    assertThat(asking.received())
        .extracting(request -> request.header("authorization"))
        .startsWith(null, "Basic YXBwOnNlY3JldA==");
    assertThat(asking.received())
        .extracting(request -> request.header("x-envoy-attempt-count"))
        .containsOnlyNulls();
    assertThat(endpoint.load().inFlight()).isZero();
  }

  private static Authenticator password(AtomicInteger asked) {
    return new Authenticator() {
      @Override
      protected PasswordAuthentication getPasswordAuthentication() {
        return asked.incrementAndGet() > 1
            ? null
            : new PasswordAuthentication("app", "secret".toCharArray());
      }
    };
  }

  @Test
  void mirror_thatAsksWhoCalls_doesNotAskTheApplication() throws Exception {
    Backend orders = open(Backend.plaintext("orders"));
    Backend shadow =
        open(
            Backend.plaintext("shadow")
                .answering(401)
                .returning("WWW-Authenticate", "Basic realm=shadow"));
    Mirror copies = new Mirror(TestRoutes.cluster("shadow", shadow.endpoint()), Share.ALL);
    WeightedClusters to = WeightedClusters.of(TestRoutes.cluster("orders", orders.endpoint()));
    routes.route("orders", new RouteAction.Forward(to, null, List.of(copies)), RoutePolicy.DEFAULT);
    AtomicInteger asked = new AtomicInteger();
    Authenticator.setDefault(password(asked));
    try {
      get("http://orders/");
      Endpoint mirror = copies.cluster().endpoints().get(0);
      Await.until(
          "end of the copy", () -> !shadow.received().isEmpty() && mirror.load().inFlight() == 0);
    } finally {
      Authenticator.setDefault(null);
    }

    assertThat(asked).hasValue(0);
  }

  @Test
  void endpointOfTheSameHost_isNotReachedByAConnectionToAnother() throws Exception {
    Backend one = open(Backend.plaintext("one"));
    Backend two = open(Backend.plaintext("two"));
    for (Backend each : List.of(one, two, one, two)) {
      routes.host("orders", each.endpoint());
      assertThat(get("http://orders/").headers())
          .containsEntry("x-backend", each == one ? "one" : "two");
    }

    assertThat(one.connections()).isEqualTo(1);
    assertThat(two.connections()).isEqualTo(1);
  }

  @Test
  void keptAliveConnection_closedByTheServer_isReplacedInTheSameAttempt() throws Exception {
    try (ClosingServer orders = new ClosingServer()) {
      Endpoint endpoint = TestRoutes.endpoint(orders.port(), null);
      routes.host("orders", endpoint);

      for (int i = 0; i < 3; i++) {
        assertThat(call("POST", "http://orders/", Map.of(), new byte[] {1}).text()).isEqualTo("ok");
      }

      assertThat(orders.connections()).isEqualTo(3);
      assertThat(endpoint.load().inFlight()).isZero();
    }
  }

  @Test
  void host_leavesTheMeshBeforeItsCall_isCalledAsWithoutIt() throws Exception {
    Backend orders = open(Backend.plaintext("orders"));
    String authority = "localhost:" + orders.port();
    routes.host(authority);
    HttpURLConnection connection = open("http://" + authority + "/x");

    Weaving.mesh().publish(Snapshot.EMPTY);

    assertThat(connection.getInputStream()).hasContent("orders");
  }

  @Test
  void responseOfPolicy_toHead_hasNoBody() throws Exception {
    routes.route("orders", new RouteAction.Respond(200, "text"), RoutePolicy.DEFAULT);

    Answer answer = call("HEAD", "http://orders/", Map.of(), null);

    assertThat(answer.body()).isEmpty();
    assertThat(answer.headers()).containsEntry("content-length", "4");
  }

  @Test
  void disconnect_behindTheAnswer_closesItsConnection() throws Exception {
    Backend orders = open(Backend.mutualTls("orders", "orders"));
    routes.host("orders", orders.endpoint());

    for (int i = 0; i < 2; i++) {
      HttpURLConnection connection = open("http://orders/");
      // Not closed, or the JDK has no more to do with it.
      assertThat(connection.getInputStream().readAllBytes()).asString().isEqualTo("orders");
      connection.disconnect();
    }

    assertThat(orders.connections()).isEqualTo(2);
  }

  @Test
  void cookies_ofAnAnswerThatIsTriedAgain_areNotStored() throws Exception {
    Backend broken =
        open(Backend.plaintext("broken").answering(503).returning("Set-Cookie", "from=broken"));
    Backend orders = open(Backend.plaintext("orders").returning("Set-Cookie", "from=orders"));
    routes.host(
        "orders.shop", TestRoutes.Rules.retrying(503), broken.endpoint(), orders.endpoint());

    for (int i = 0; i < 4; i++) {
      assertThat(getWithCookies("http://orders.shop/").text()).isEqualTo("orders");
    }

    assertThat(broken.received()).isNotEmpty();
    assertThat(cookies.getCookieStore().getCookies())
        .extracting(HttpCookie::getValue)
        .containsExactly("orders");
  }

  /** Answers one request on each connection, says that it keeps it, and closes it at the next. */
  private static final class ClosingServer implements AutoCloseable {
    private static final String ANSWER = "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok";

    private final ServerSocket server = new ServerSocket(0, 10, InetAddress.getLoopbackAddress());
    private final AtomicInteger connections = new AtomicInteger();

    ClosingServer() throws IOException {
      daemon(this::accept).start();
    }

    int port() {
      return server.getLocalPort();
    }

    int connections() {
      return connections.get();
    }

    private void accept() {
      while (true) {
        try (Socket client = server.accept()) {
          connections.incrementAndGet();
          awaitEndOf(client.getInputStream(), "\r\n\r\n\1");
          client.getOutputStream().write(ANSWER.getBytes(StandardCharsets.ISO_8859_1));
          client.getInputStream().read();
        } catch (IOException e) {
          if (server.isClosed()) {
            return;
          }
          throw new UncheckedIOException(e);
        }
      }
    }

    private static void awaitEndOf(InputStream in, String end) throws IOException {
      StringBuilder read = new StringBuilder();
      while (!read.toString().endsWith(end)) {
        int next = in.read();
        if (next < 0) {
          throw new IOException("request: " + read + " (expected: " + end + " at its end)");
        }
        read.append((char) next);
      }
    }

    @Override
    public void close() throws IOException {
      server.close();
    }
  }
}
