package io.endomesh.contracts.armeria;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.endomesh.dataplane.CallContext;
import io.endomesh.dataplane.Inbound;
import io.endomesh.dataplane.authorize.Authorization;
import io.endomesh.dataplane.route.QueryChanges;
import io.endomesh.dataplane.route.RouteAction;
import io.endomesh.dataplane.route.RoutePolicy;
import io.endomesh.dataplane.route.UrlRewrite;
import io.endomesh.dataplane.route.WeightedClusters;
import io.endomesh.testkit.AsyncHttpClientContract;
import io.endomesh.testkit.Await;
import io.endomesh.testkit.Backend;
import io.endomesh.testkit.HttpClientUnderTest;
import io.endomesh.testkit.ServerUnderTest;
import io.endomesh.testkit.StagedCode;
import io.endomesh.testkit.TestRoutes;
import io.endomesh.testkit.TlsFront;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.junit.jupiter.api.Test;

/** The contract on one version of the client. */
abstract class ArmeriaVersion extends AsyncHttpClientContract {

  ArmeriaVersion() {
    super("io.endomesh.contracts.armeria.library.ArmeriaClient");
  }

  private ArmeriaUnderTest library() {
    return (ArmeriaUnderTest) client();
  }

  @Override
  protected CompletableFuture<Answer> inTurn(String first, String then) {
    return library().inTurn(first, then);
  }

  @Override
  protected CompletableFuture<Integer> read(String url, Consumer<String> parts) {
    return library().read(url, parts);
  }

  /** Without asking first whether it speaks HTTP/2. */
  @Override
  protected String outside(int port) {
    return "h1c://localhost:" + port + "/";
  }

  @Test
  void trailerOfARequest_isSent() throws Exception {
    sendsItsTrailer(library());
  }

  @Test
  void query_isChangedAsTheLibraryWritesIt() throws Exception {
    Backend orders = open(Backend.plaintext("orders"));
    QueryChanges changes =
        new QueryChanges(
            List.of(
                QueryChanges.remove("gone"),
                QueryChanges.set("v", "2 %"),
                QueryChanges.add("q", "ü&")));
    WeightedClusters to = WeightedClusters.of(TestRoutes.cluster("orders", orders.endpoint()));
    routes.route(
        "orders",
        new RouteAction.Forward(to, new UrlRewrite(null, null, changes), List.of()),
        RoutePolicy.DEFAULT);

    get("http://orders/a%20b?v=1&gone&q=%2F");

    assertThat(orders.only().uri()).isEqualTo("/a%20b?v=2%20%25&q=%2F&q=%C3%BC%26");
  }

  @Test
  void logOfTheLibrary_isCompleteOnceForEachCall_whoeverAnswersIt() throws Exception {
    Backend broken = open(Backend.plaintext("broken").answering(503));
    Backend orders = open(Backend.mutualTls("orders", "orders"));
    routes.host("orders", TestRoutes.Rules.retrying(503), broken.endpoint(), orders.endpoint());
    routes.host("nobody");

    List<Integer> answered = new ArrayList<>();
    while (broken.received().isEmpty()) {
      answered.add(get("http://orders/").status());
    }
    answered.add(get("http://nobody/").status());

    assertThat(answered).endsWith(503).contains(200);
    // A log may be complete a moment behind its answer, and behind another's.
    List<Integer> logged = library().logged();
    Await.until("all logs", () -> logged.size() >= answered.size());
    assertThat(logged).containsExactlyInAnyOrderElementsOf(answered);
  }

  @Test
  void callOfGrpc_isMadeByHttp2_andOthersByHttp1() throws Exception {
    try (ServerUnderTest server =
        StagedCode.make(
            getClass(),
            ServerUnderTest.class,
            "io.endomesh.contracts.armeria.library.ArmeriaServer")) {
      routes.inbound(
          new Inbound(
              Map.of(
                  server.port(),
                  new Inbound.Port(Inbound.TlsMode.PERMISSIVE, Authorization.ALLOW_ALL)),
              Inbound.OPEN.otherPorts()));
      Map<String, String> grpc = Map.of("content-type", "application/grpc");
      for (String identity : Arrays.asList(null, TestRoutes.US)) {
        routes.host("orders", TestRoutes.endpoint(server.port(), identity));
        assertThat(client().call("GET", "http://orders/async", grpc, null).headers())
            .containsEntry("x-protocol", "h2c");
        assertThat(client().call("GET", "http://orders/async", Map.of(), null).headers())
            .containsEntry("x-protocol", "h1c");
      }
    }
  }

  @Test
  void httpsUrl_ofAServiceOfTheMesh_isCalledByTheMeshsTls() throws Exception {
    Backend orders = open(Backend.mutualTls("orders", "orders"));
    routes.host("orders", orders.endpoint());

    assertThat(get("https://orders/x").text()).isEqualTo("orders");
    assertThat(orders.only().uri()).isEqualTo("/x");
  }

  @Test
  void httpsUrl_ofAnEndpointWithoutIdentity_isCalledByTheApplicationsTls() throws Exception {
    Backend partner = open(Backend.plaintext("partner"));
    TlsFront front = open(new TlsFront("*.partner.example", partner.port(), "http/1.1"));
    routes.host("api.partner.example", TestRoutes.endpoint(front.port(), null));

    try (HttpClientUnderTest trusting = library().trusting()) {
      assertThat(trusting.call("GET", "https://api.partner.example/x", Map.of(), null).text())
          .isEqualTo("partner");
    }
    assertThat(front.askedFor()).containsExactly("api.partner.example");
    assertThatThrownBy(() -> get("https://api.partner.example/x")).isInstanceOf(IOException.class);
  }

  /** It follows no redirects by itself. */
  @Override
  @Test
  protected void call_madeByACallback_belongsToTheServedCall() throws Exception {
    Backend orders = open(Backend.mutualTls("orders", "orders"));
    routes.host("orders", orders.endpoint());
    long deadline = System.nanoTime() + TimeUnit.MINUTES.toNanos(1);
    CallContext before = new CallContext(null, deadline, null).attach();
    CompletableFuture<Answer> second;
    try {
      second = library().inTurn("http://orders/first", "http://orders/second");
    } finally {
      CallContext.restore(before);
    }

    assertThat(second.get(10, TimeUnit.SECONDS).text()).isEqualTo("orders");

    assertThat(orders.received())
        .extracting(request -> request.header("x-envoy-expected-rq-timeout-ms"))
        .hasSize(2)
        .doesNotContainNull();
  }

  private static BufferedReader reader(Socket connection) throws IOException {
    return new BufferedReader(
        new InputStreamReader(connection.getInputStream(), StandardCharsets.US_ASCII));
  }

  /** Its proxies are tunnels. */
  @Override
  @Test
  protected void proxy_ofTheApplication_isUsedOutsideTheMeshOnly() throws Exception {
    Backend orders = open(Backend.mutualTls("orders", "orders"));
    routes.host("orders", orders.endpoint());

    try (ServerSocket proxy = new ServerSocket(0, 10, InetAddress.getLoopbackAddress());
        HttpClientUnderTest proxied = client().behindProxy(proxy.getLocalPort())) {
      assertThat(proxied.call("GET", "http://orders/x", Map.of(), null).text()).isEqualTo("orders");
      CompletableFuture<?> outside = proxied.start("http://localhost:" + orders.port() + "/");
      try (Socket connection = proxy.accept()) {
        connection.setSoTimeout(10_000);
        assertThat(reader(connection).readLine())
            .startsWith("CONNECT ")
            .contains(":" + orders.port());
      }
      outside.cancel(true);
    }
  }
}
