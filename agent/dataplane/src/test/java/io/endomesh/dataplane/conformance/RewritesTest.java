package io.endomesh.dataplane.conformance;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.re2j.Pattern;
import io.endomesh.dataplane.TestRequest;
import io.endomesh.dataplane.route.PathRewrite;
import io.endomesh.dataplane.route.Route;
import io.endomesh.dataplane.route.RouteAction;
import io.endomesh.dataplane.route.RouteMatch;
import io.endomesh.dataplane.route.RoutePolicy;
import io.endomesh.dataplane.route.UrlRewrite;
import io.endomesh.dataplane.route.WeightedClusters;
import java.util.List;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

@DisplayName("Rewrites")
class RewritesTest extends Conformance {

  @ParameterizedTest
  @CsvSource({
    "/foo/bar, /foo,  /xyz,  /xyz/bar",
    "/foo/bar, /foo,  /xyz/, /xyz/bar",
    "/foo/bar, /foo/, /xyz,  /xyz/bar",
    "/foo/bar, /foo/, /xyz/, /xyz/bar",
    "/foo,     /foo,  /xyz,  /xyz",
    "/foo/,    /foo,  /xyz,  /xyz/",
    "/foo/bar, /foo,  '',    /bar",
    "/foo/,    /foo,  '',    /",
    "/foo,     /foo,  '',    /",
    "/foo/,    /foo,  /,     /",
    "/foo,     /foo,  /,     /",
  })
  @DisplayName(
      "a prefix is replaced by whole segments, and a path is never left empty (the table at"
          + " Gateway API HTTPPathModifier.replacePrefixMatch)")
  void prefix(String path, String prefix, String replacement, String rewritten) {
    assertThat(new PathRewrite.Prefix(prefix, replacement).apply(path)).isEqualTo(rewritten);
  }

  @Test
  @DisplayName("the whole path is replaced (Gateway API ReplaceFullPath)")
  void full() {
    assertThat(new PathRewrite.Full("/b").apply("/a/x")).isEqualTo("/b");
    assertThat(new PathRewrite.Full("b").apply("/a")).isEqualTo("/b");
  }

  @Test
  @DisplayName("each match of an expression is replaced, with its groups (Envoy regex_rewrite)")
  void regex() {
    PathRewrite rewrite = new PathRewrite.Regex(Pattern.compile("/v([0-9])/"), "/api/$1/");
    assertThat(rewrite.apply("/v1/orders/v2/x")).isEqualTo("/api/1/orders/api/2/x");
    assertThat(rewrite.apply("/orders")).isEqualTo("/orders");
  }

  @Test
  @DisplayName("the query is kept (Envoy prefix_rewrite)")
  void query_isKept() {
    TestRequest request =
        sent("/foo/bar?x=1&y=2", new UrlRewrite(null, new PathRewrite.Full("/z")));
    assertThat(request.sentTarget()).isEqualTo("/z?x=1&y=2");
    assertThat(request.sentAuthority()).isNull();
  }

  @Test
  @DisplayName(
      "another host is sent, and the call goes where its route leads all the same (Gateway API"
          + " HTTPURLRewriteFilter.hostname)")
  void host() {
    TestRequest request = sent("/", new UrlRewrite("legacy.example", null));
    assertThat(request.sentAuthority()).isEqualTo("legacy.example");
    assertThat(request.sentTarget()).isNull();
  }

  private TestRequest sent(String target, UrlRewrite rewrite) {
    publish(
        new Route(
            "r",
            RouteMatch.ANY,
            new RouteAction.Forward(WeightedClusters.of(orders), rewrite, List.of()),
            RoutePolicy.DEFAULT));
    TestRequest request = TestRequest.get("orders", target);
    assertThat(attempt(call(request)).cluster()).isSameAs(orders);
    return request;
  }
}
