package io.endomesh.contracts.httpclient;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.endomesh.dataplane.cluster.Endpoint;
import io.endomesh.dataplane.route.Fault;
import io.endomesh.dataplane.route.HeaderChanges;
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
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.Authenticator;
import java.net.CookieManager;
import java.net.HttpCookie;
import java.net.PasswordAuthentication;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpClient.Redirect;
import java.net.http.HttpClient.Version;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.net.http.HttpResponse.BodySubscribers;
import java.net.http.HttpTimeoutException;
import java.net.http.WebSocket;
import java.net.http.WebSocketHandshakeException;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** The contract on {@code send} and {@code sendAsync}, and what is this client's alone. */
@Library(name = "JDK `java.net.http` client")
class HttpClientTest extends HttpClientContract {

  private final HttpClient client =
      HttpClient.newBuilder().followRedirects(Redirect.NORMAL).version(Version.HTTP_1_1).build();

  @BeforeAll
  static void awaitWeaving() {
    WovenHttpClient.await();
  }

  private final HttpClient withCookies =
      HttpClient.newBuilder().version(Version.HTTP_1_1).cookieHandler(new CookieManager()).build();

  @Override
  protected Answer call(
      String method, String url, Map<String, String> headers, byte @Nullable [] body)
      throws IOException, InterruptedException {
    HttpRequest.Builder request =
        HttpRequest.newBuilder(URI.create(url))
            .method(
                method, body == null ? BodyPublishers.noBody() : BodyPublishers.ofByteArray(body));
    headers.forEach(request::header);
    return answer(client.send(request.build(), BodyHandlers.ofByteArray()));
  }

  @Override
  protected Answer expecting(String url, byte[] body) throws IOException, InterruptedException {
    return answer(
        client.send(
            HttpRequest.newBuilder(URI.create(url))
                .expectContinue(true)
                .POST(BodyPublishers.ofByteArray(body))
                .build(),
            BodyHandlers.ofByteArray()));
  }

  @Override
  protected Answer stream(String url, InputStream body) throws IOException, InterruptedException {
    return answer(
        client.send(
            HttpRequest.newBuilder(URI.create(url))
                .POST(BodyPublishers.ofInputStream(() -> body))
                .build(),
            BodyHandlers.ofByteArray()));
  }

  @Override
  protected int download(String url, OutputStream sink) throws IOException, InterruptedException {
    HttpResponse<InputStream> response = client.send(request(url), BodyHandlers.ofInputStream());
    try (InputStream in = response.body()) {
      in.transferTo(sink);
    }
    return response.statusCode();
  }

  @Override
  protected Answer getUnfollowed(String url) throws IOException, InterruptedException {
    return answer(
        HttpClient.newBuilder()
            .version(Version.HTTP_1_1)
            .build()
            .send(request(url), BodyHandlers.ofByteArray()));
  }

  @Override
  protected Answer getWithCookies(String url) throws IOException, InterruptedException {
    return answer(withCookies.send(request(url), BodyHandlers.ofByteArray()));
  }

  @Override
  protected CompletableFuture<Answer> start(String url) {
    CompletableFuture<HttpResponse<byte[]>> sent =
        client.sendAsync(request(url), BodyHandlers.ofByteArray());
    CompletableFuture<Answer> answer = sent.thenApply(HttpClientTest::answer);
    answer.whenComplete(
        (value, error) -> {
          if (answer.isCancelled()) {
            sent.cancel(true);
          }
        });
    return answer;
  }

  private static Answer answer(HttpResponse<byte[]> response) {
    Map<String, String> headers = new HashMap<>();
    response
        .headers()
        .map()
        .forEach((name, values) -> headers.put(name.toLowerCase(Locale.ROOT), values.get(0)));
    return new Answer(response.statusCode(), response.uri(), headers, response.body());
  }

  private static HttpRequest request(String url) {
    return HttpRequest.newBuilder(URI.create(url)).build();
  }

  @Test
  void sendAsync_statusNamedByPolicy_isTriedAgain() {
    Backend broken = open(Backend.plaintext("broken").answering(503));
    Backend orders = open(Backend.plaintext("orders"));
    routes.host("orders", TestRoutes.Rules.retrying(503), broken.endpoint(), orders.endpoint());

    for (int i = 0; i < 10; i++) {
      assertThat(start("http://orders/").join().text()).isEqualTo("orders");
    }
  }

  @Test
  void sendAsync_noEndpoint_isAnsweredByTheMesh() {
    routes.host("orders");

    assertThat(start("http://orders/").join().status()).isEqualTo(503);
  }

  @Test
  void response_isForTheRequestAsWritten_withoutATlsSession() throws Exception {
    Backend orders = open(Backend.mutualTls("orders", "orders"));
    routes.host("orders", orders.endpoint());
    HttpRequest request = request("http://orders/");

    HttpResponse<String> response = client.send(request, BodyHandlers.ofString());

    assertThat(response.request()).isSameAs(request);
    assertThat(response.sslSession()).isEmpty();
  }

  @Test
  void redirect_isThePreviousResponse() throws Exception {
    Backend stock = open(Backend.plaintext("stock"));
    Backend orders = open(Backend.plaintext("orders").redirecting(303, "http://stock/items"));
    routes.host("orders", orders.endpoint());
    routes.host("stock", stock.endpoint());

    HttpResponse<String> response =
        client.sendAsync(request("http://orders/"), BodyHandlers.ofString()).join();

    assertThat(response.body()).isEqualTo("stock");
    assertThat(response.previousResponse().orElseThrow().statusCode()).isEqualTo(303);
  }

  @Test
  void timeoutOfTheRequest_passed_isTheApplicationsException() {
    Backend slow = open(Backend.plaintext("slow").holding());
    routes.host("orders", slow.endpoint());
    HttpRequest impatient =
        HttpRequest.newBuilder(URI.create("http://orders/"))
            .timeout(Duration.ofMillis(100))
            .build();

    assertThatThrownBy(() -> client.send(impatient, BodyHandlers.ofString()))
        .isInstanceOf(HttpTimeoutException.class);
  }

  @Test
  void timeoutOfTheRequest_runsWhileAFaultDelays() {
    Backend orders = open(Backend.plaintext("orders"));
    Fault delay = new Fault(new Fault.Delay(Share.ALL, TimeUnit.HOURS.toNanos(1)), null);
    routes.route(
        "orders",
        TestRoutes.to(TestRoutes.cluster("orders", orders.endpoint())),
        RoutePolicy.DEFAULT.withFault(delay));
    HttpRequest impatient =
        HttpRequest.newBuilder(URI.create("http://orders/"))
            .timeout(Duration.ofMillis(100))
            .build();

    assertThatThrownBy(() -> client.send(impatient, BodyHandlers.ofString()))
        .isInstanceOf(HttpTimeoutException.class);
    assertThatThrownBy(() -> client.sendAsync(impatient, BodyHandlers.ofString()).join())
        .hasCauseInstanceOf(HttpTimeoutException.class);
    assertThat(orders.received()).isEmpty();
  }

  @Test
  void retryAfter_laterThanTheTimeoutOfTheRequest_isNotWaitedFor() throws Exception {
    Backend resting =
        open(Backend.plaintext("resting").answering(503).returning("Retry-After", "60"));
    routes.host("orders", TestRoutes.Rules.retrying(503), resting.endpoint());
    HttpRequest request =
        HttpRequest.newBuilder(URI.create("http://orders/"))
            .timeout(Duration.ofSeconds(30))
            .build();

    assertThat(client.send(request, BodyHandlers.ofString()).statusCode()).isEqualTo(503);
    resting.only();
  }

  @Test
  void redirectOfPolicy_isThePreviousResponse_alsoAsynchronously() {
    Backend stock = open(Backend.plaintext("stock"));
    routes.host("stock", stock.endpoint());
    routes.route(
        "orders", new RouteAction.Redirect(307, null, "stock", 0, null), RoutePolicy.DEFAULT);

    HttpResponse<String> response =
        client.sendAsync(request("http://orders/"), BodyHandlers.ofString()).join();

    assertThat(response.body()).isEqualTo("stock");
    HttpResponse<String> redirect = response.previousResponse().orElseThrow();
    assertThat(redirect.statusCode()).isEqualTo(307);
    assertThat(redirect.uri()).isEqualTo(URI.create("http://orders/"));
  }

  @Test
  void bodyHandler_seesTheHeadersAsThePolicyChangedThem() throws Exception {
    Backend orders = open(Backend.plaintext("orders"));
    HeaderChanges changes =
        new HeaderChanges(List.of(new HeaderChanges.Header("x-set", "mesh")), List.of(), List.of());
    routes.route(
        "orders",
        TestRoutes.to(TestRoutes.cluster("orders", orders.endpoint())),
        RoutePolicy.DEFAULT.withHeaders(HeaderChanges.NONE, changes));

    HttpResponse<String> response =
        client.send(
            request("http://orders/"),
            info ->
                BodySubscribers.replacing(info.headers().firstValue("x-set").orElse("as sent")));

    assertThat(response.body()).isEqualTo("mesh");
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
    HttpClient withPassword =
        HttpClient.newBuilder()
            .authenticator(
                new Authenticator() {
                  @Override
                  protected PasswordAuthentication getPasswordAuthentication() {
                    asked.incrementAndGet();
                    return new PasswordAuthentication("app", new char[0]);
                  }
                })
            .build();

    withPassword.send(request("http://orders/"), BodyHandlers.ofString());

    Endpoint mirror = copies.cluster().endpoints().get(0);
    Await.until(
        "end of the copy", () -> !shadow.received().isEmpty() && mirror.load().inFlight() == 0);
    assertThat(asked).hasValue(0);
  }

  @Test
  void defaultPort_writtenOut_staysOutOfTheHostHeader() throws Exception {
    Backend orders = open(Backend.mutualTls("orders", "orders"));
    routes.host("orders:80", orders.endpoint());

    get("http://orders:80/x");

    assertThat(orders.only().header("host")).isEqualTo("orders");
  }

  @Test
  void secureCookie_isNotSentWithAnHttpRequest_thoughTheWireIsTls() throws Exception {
    Backend orders = open(Backend.mutualTls("orders", "orders"));
    routes.host("orders.shop", orders.endpoint());
    CookieManager cookies = new CookieManager();
    cookies.getCookieStore().add(URI.create("http://orders.shop/"), cookie("plain", false));
    cookies.getCookieStore().add(URI.create("http://orders.shop/"), cookie("secret", true));
    HttpClient withCookies = HttpClient.newBuilder().cookieHandler(cookies).build();

    withCookies.send(request("http://orders.shop/"), BodyHandlers.ofString());

    assertThat(orders.only().header("cookie")).contains("plain").doesNotContain("secret");
  }

  private static HttpCookie cookie(String name, boolean secure) {
    HttpCookie cookie = new HttpCookie(name, "1");
    cookie.setPath("/");
    cookie.setSecure(secure);
    return cookie;
  }

  @Test
  void webSocket_isLeftToTheJdk() {
    Backend orders = open(Backend.plaintext("orders"));
    routes.host("localhost:" + orders.port(), orders.endpoint());

    assertThat(
            client
                .newWebSocketBuilder()
                .buildAsync(
                    URI.create("ws://localhost:" + orders.port() + "/"),
                    new WebSocket.Listener() {})
                .handle((socket, error) -> error)
                .join())
        .as("the backend is no web socket server: the JDK's own handshake says so")
        .hasCauseInstanceOf(WebSocketHandshakeException.class);
  }
}
