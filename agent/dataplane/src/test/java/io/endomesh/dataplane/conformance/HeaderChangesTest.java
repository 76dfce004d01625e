package io.endomesh.dataplane.conformance;

import static org.assertj.core.api.Assertions.assertThat;

import io.endomesh.dataplane.Attempt;
import io.endomesh.dataplane.Call;
import io.endomesh.dataplane.Reply;
import io.endomesh.dataplane.TestMesh;
import io.endomesh.dataplane.TestRequest;
import io.endomesh.dataplane.route.HeaderChanges;
import io.endomesh.dataplane.route.Route;
import io.endomesh.dataplane.route.RouteAction;
import io.endomesh.dataplane.route.RouteMatch;
import io.endomesh.dataplane.route.RoutePolicy;
import io.endomesh.dataplane.route.WeightedClusters;
import java.util.List;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

@DisplayName("Header changes")
class HeaderChangesTest extends Conformance {

  private static final HeaderChanges.Header ROUTE = new HeaderChanges.Header("x-by", "route");
  private static final HeaderChanges.Header SIDE = new HeaderChanges.Header("x-by", "side");

  @Test
  @DisplayName(
      "set replaces all values, add keeps them, remove takes all (Gateway API HTTPHeaderFilter)")
  void setAddRemove() {
    TestRequest request =
        TestRequest.get("orders", "/").header("a", "1").header("b", "1").header("c", "1");
    new HeaderChanges(List.of(header("a", "2")), List.of(header("b", "2")), List.of("c"))
        .apply(request);
    assertThat(request.sent("a")).containsExactly("2");
    assertThat(request.sent("b")).containsExactly("1", "2");
    assertThat(request.sent("c")).isEmpty();
  }

  @Test
  @DisplayName(
      "remove comes first, so that a header can be removed and given anew (Envoy HeaderParser)")
  void remove_isFirst() {
    TestRequest request = TestRequest.get("orders", "/").header("a", "1");
    new HeaderChanges(List.of(), List.of(header("a", "2")), List.of("a")).apply(request);
    assertThat(request.sent("a")).containsExactly("2");
  }

  @Test
  @DisplayName(
      "on the request and on the response the route has the last word over the side of a split"
          + " (Envoy: the most specific is applied first)")
  void order() {
    HeaderChanges side = new HeaderChanges(List.of(SIDE), List.of(), List.of());
    HeaderChanges route = new HeaderChanges(List.of(ROUTE), List.of(), List.of());
    WeightedClusters clusters =
        WeightedClusters.of(List.of(new WeightedClusters.Target(orders, 1, side, side)));
    publish(Route.to("r", RouteMatch.ANY, clusters, RoutePolicy.DEFAULT.withHeaders(route, route)));
    TestRequest request = TestRequest.get("orders", "/");
    Attempt attempt = attempt(call(request));
    assertThat(request.sent("x-by")).containsExactly("route");
    TestRequest response = TestRequest.get("orders", "/");
    assertThat(attempt.changesResponse()).isTrue();
    attempt.changeResponse(response);
    assertThat(response.sent("x-by")).containsExactly("route");
  }

  @Test
  @DisplayName(
      "an answer of the mesh itself has the response headers of its route, too (Envoy"
          + " response_headers_to_add)")
  void ownAnswer() {
    HeaderChanges route = new HeaderChanges(List.of(ROUTE), List.of(), List.of());
    publish(
        new Route(
            "r",
            RouteMatch.ANY,
            new RouteAction.Respond(200, "here"),
            RoutePolicy.DEFAULT.withHeaders(HeaderChanges.NONE, route)));
    assertThat(reply(begin()).headers()).containsExactly(new Reply.Header("x-by", "route"));
  }

  @Test
  @DisplayName("each attempt starts from what the application wrote: changes do not pile up")
  void attempts_startOver() {
    HeaderChanges add = new HeaderChanges(List.of(), List.of(header("a", "2")), List.of());
    publish(RoutePolicy.of(0, 0, TestMesh.retrying(1, 503)).withHeaders(add, HeaderChanges.NONE));
    TestRequest request = TestRequest.get("orders", "/").header("a", "1");
    Call call = call(request);
    respond(attempt(call), 503);
    attempt(call);
    assertThat(request.sent("a")).containsExactly("1", "2");
  }

  @Test
  @DisplayName("a route without changes leaves the response alone")
  void none() {
    publish(RoutePolicy.DEFAULT);
    assertThat(attempt(begin()).changesResponse()).isFalse();
  }

  private static HeaderChanges.Header header(String name, String value) {
    return new HeaderChanges.Header(name, value);
  }
}
