package io.endomesh.contracts.urlconnection;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.endomesh.dataplane.Snapshot;
import io.endomesh.dataplane.cluster.Endpoint;
import io.endomesh.dataplane.route.Mirror;
import io.endomesh.dataplane.route.RouteAction;
import io.endomesh.dataplane.route.RoutePolicy;
import io.endomesh.dataplane.route.Share;
import io.endomesh.dataplane.route.WeightedClusters;
import io.endomesh.testkit.Await;
import io.endomesh.testkit.Backend;
import io.endomesh.testkit.Library;
import io.endomesh.testkit.TestRoutes;
import io.endomesh.weaving.Weaving;
import java.net.Authenticator;
import java.net.HttpCookie;
import java.net.HttpURLConnection;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.PasswordAuthentication;
import java.net.ProtocolException;
import java.net.Proxy;
import java.net.ProxySelector;
import java.net.SocketTimeoutException;
import java.net.URI;
import java.net.URLConnection;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

/**
 * The contract on {@code HttpURLConnection}, and what is this client's alone; here its redirects,
 * its passwords and its connections.
 */
@Library(name = "JDK `HttpURLConnection`")
class UrlConnectionTest extends UrlConnectionTls {

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

    // Each has an even chance to go to the broken one first; 2^-30 that none does.
    for (int i = 0; i < 30 && broken.received().isEmpty(); i++) {
      assertThat(getWithCookies("http://orders.shop/").text()).isEqualTo("orders");
    }

    assertThat(broken.received()).isNotEmpty();
    assertThat(cookies.getCookieStore().getCookies())
        .extracting(HttpCookie::getValue)
        .containsExactly("orders");
  }
}
