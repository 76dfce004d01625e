package io.endomesh.dataplane.conformance;

import static io.endomesh.dataplane.route.QueryChanges.add;
import static io.endomesh.dataplane.route.QueryChanges.remove;
import static io.endomesh.dataplane.route.QueryChanges.set;
import static org.assertj.core.api.Assertions.assertThat;

import io.endomesh.dataplane.Call;
import io.endomesh.dataplane.TestMesh;
import io.endomesh.dataplane.TestRequest;
import io.endomesh.dataplane.route.PathRewrite;
import io.endomesh.dataplane.route.QueryChanges;
import io.endomesh.dataplane.route.QueryChanges.Change;
import io.endomesh.dataplane.route.RetryPolicy;
import io.endomesh.dataplane.route.Route;
import io.endomesh.dataplane.route.RouteAction;
import io.endomesh.dataplane.route.RouteMatch;
import io.endomesh.dataplane.route.RoutePolicy;
import io.endomesh.dataplane.route.StringMatch;
import io.endomesh.dataplane.route.UrlRewrite;
import io.endomesh.dataplane.route.WeightedClusters;
import java.util.List;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

@DisplayName("Query parameters")
class QueryParametersTest extends Conformance {

  @ParameterizedTest
  @CsvSource(
      nullValues = "none",
      value = {
        "none,        a=2",
        "'',          a=2",
        "a=1,         a=2",
        "a,           a=2",
        "b=1,         b=1&a=2",
        "b=1&a=1&c=1, b=1&a=2&c=1",
        "a=1&b=1&a=3, a=2&b=1",
        "A=1,         A=1&a=2",
        "ab=1,        ab=1&a=2",
      })
  @DisplayName(
      "set replaces all values of a parameter, in the place of the first; one that there is not"
          + " comes last (Envoy OVERWRITE_IF_EXISTS_OR_ADD)")
  void set_replaces(String query, String changed) {
    assertThat(changed(query, set("a", "2"))).isEqualTo(changed);
  }

  @ParameterizedTest
  @CsvSource(
      nullValues = "none",
      value = {"none, a=2", "a=1, a=1&a=2", "b&&c=, b&&c=&a=2", "'', a=2"})
  @DisplayName("add comes last, whatever is there (Envoy APPEND_IF_EXISTS_OR_ADD)")
  void add_appends(String query, String changed) {
    assertThat(changed(query, add("a", "2"))).isEqualTo(changed);
  }

  @ParameterizedTest
  @CsvSource(
      nullValues = "none",
      value = {
        "none,            none",
        "'',              ''",
        "a=1,             none",
        "a,               none",
        "b=1&a=1&c&a,     b=1&c",
        "b=a&=a&aa=1&A=1, b=a&=a&aa=1&A=1",
      })
  @DisplayName(
      "remove takes all of that name, and the question mark with the last one (Envoy"
          + " KeyValueMutation.remove)")
  void remove_takesAll(String query, String changed) {
    assertThat(changed(query, remove("a"))).isEqualTo(changed);
  }

  @Test
  @DisplayName(
      "each change sees what the one before it left, so that a parameter can be removed and given"
          + " anew (Envoy query_parameter_mutations)")
  void changes_inOrder() {
    assertThat(changed("a=1&b=1", remove("a"), set("b", "2"), add("a", "3"), add("b", "4")))
        .isEqualTo("b=2&a=3&b=4");
    assertThat(changed("b=1", add("a", "3"), remove("a"))).isEqualTo("b=1");
  }

  @ParameterizedTest
  @CsvSource({
    "x%20y=1&z=1, z=1",
    "x+y=1&z=1,   z=1",
    "%78%20y&z=1, z=1",
    "x%2By=1&z=1, x%2By=1&z=1",
    "x%2=1&z=1,   x%2=1&z=1",
    "x%zzy=1,     x%zzy=1",
  })
  @DisplayName(
      "names are compared as a server reads them, however they are written (WHATWG URL,"
          + " application/x-www-form-urlencoded)")
  void names_areDecoded(String query, String changed) {
    assertThat(changed(query, remove("x y"))).isEqualTo(changed);
  }

  @Test
  @DisplayName("what is not named keeps its place and every byte")
  void others_areAsWritten() {
    assertThat(changed("q=%2f&r=a+b%20c&&s=1=2&t=[1]&u", set("a", "1"), remove("v")))
        .isEqualTo("q=%2f&r=a+b%20c&&s=1=2&t=[1]&u&a=1");
  }

  @Test
  @DisplayName(
      "all but letters, digits, and -._~ of a name and a value is sent percent-encoded (RFC 3986,"
          + " 2.3)")
  void written_isEncoded() {
    assertThat(changed(null, add("a b", "100% of ü&=+/?#"), add("-._~", "")))
        .isEqualTo("a%20b=100%25%20of%20%C3%BC%26%3D%2B%2F%3F%23&-._~=");
    assertThat(changed("%C3%BC=1", set("ü", "2"))).isEqualTo("%C3%BC=2");
  }

  @Test
  @DisplayName(
      "routes match by the query that the application wrote; what is sent is the rewritten path"
          + " with the changed query")
  void rewrite_together() {
    RouteMatch beta =
        new RouteMatch(
            RouteMatch.ANY.path(),
            null,
            List.of(),
            List.of(new RouteMatch.QueryMatch("beta", new StringMatch.Exact("1"))));
    publish(forward(beta, new PathRewrite.Full("/v2"), remove("beta"), add("by", "mesh")));
    TestRequest request = TestRequest.get("orders", "/v1?beta=1&x=%20");
    attempt(call(request));
    assertThat(request.sentTarget()).isEqualTo("/v2?x=%20&by=mesh");
    TestRequest other = TestRequest.get("orders", "/v1?x=1");
    assertThat(reply(call(other)).status()).isEqualTo(404);
  }

  @Test
  @DisplayName("a request that has nothing to change is sent as the application wrote it")
  void nothingToChange() {
    publish(forward(RouteMatch.ANY, null, remove("debug")));
    TestRequest request = TestRequest.get("orders", "/v1?x=1");
    attempt(call(request));
    assertThat(request.sentTarget()).isNull();
  }

  @Test
  @DisplayName("each attempt starts from what the application wrote: changes do not pile up")
  void attempts_startOver() {
    publish(forward(RouteMatch.ANY, null, add("a", "1")));
    TestRequest request = TestRequest.get("orders", "/v1?x=1");
    Call call = call(request);
    respond(attempt(call), 503);
    attempt(call);
    assertThat(request.sentTarget()).isEqualTo("/v1?x=1&a=1");
  }

  @Test
  @DisplayName("calls of gRPC, whose paths have no query, are left as they are")
  void grpc_isLeftAlone() {
    publish(forward(RouteMatch.ANY, null, add("a", "1")));
    TestRequest request = TestRequest.grpc("orders", "/shop.Orders/Get");
    attempt(call(request));
    assertThat(request.sentTarget()).isNull();
  }

  private Route forward(RouteMatch match, PathRewrite path, Change... changes) {
    RetryPolicy retry = TestMesh.retrying(1, 503);
    return new Route(
        "r",
        match,
        new RouteAction.Forward(
            WeightedClusters.of(orders),
            new UrlRewrite(null, path, new QueryChanges(List.of(changes))),
            List.of()),
        RoutePolicy.of(0, 0, retry));
  }

  private static String changed(String query, Change... changes) {
    return new QueryChanges(List.of(changes)).apply(query);
  }
}
