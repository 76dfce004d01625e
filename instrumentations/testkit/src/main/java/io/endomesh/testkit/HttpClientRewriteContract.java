package io.endomesh.testkit;

import static org.assertj.core.api.Assertions.assertThat;

import io.endomesh.dataplane.Reply;
import io.endomesh.dataplane.route.HeaderChanges;
import io.endomesh.dataplane.route.PathRewrite;
import io.endomesh.dataplane.route.RouteAction;
import io.endomesh.dataplane.route.RoutePolicy;
import io.endomesh.dataplane.route.UrlRewrite;
import io.endomesh.dataplane.route.WeightedClusters;
import java.net.URI;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** What a route makes of a request, of its answer, and in place of both. */
abstract class HttpClientRewriteContract extends HttpClientIdentityContract {

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
  void responseOfPolicy_toHead_hasNoBody() throws Exception {
    routes.route("orders", new RouteAction.Respond(200, "text"), RoutePolicy.DEFAULT);

    Answer answer = call("HEAD", "http://orders/", Map.of(), null);

    assertThat(answer.body()).isEmpty();
    assertThat(answer.headers()).containsEntry("content-length", "4");
  }
}
