package io.endomesh.dataplane.conformance;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.re2j.Pattern;
import io.endomesh.dataplane.Call;
import io.endomesh.dataplane.Reply;
import io.endomesh.dataplane.TestRequest;
import io.endomesh.dataplane.route.PathMatch;
import io.endomesh.dataplane.route.Route;
import io.endomesh.dataplane.route.RouteMatch;
import io.endomesh.dataplane.route.RoutePolicy;
import io.endomesh.dataplane.route.StringMatch;
import io.endomesh.dataplane.route.WeightedClusters;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

@DisplayName("Route matching")
class RouteMatchingTest extends Conformance {

  @ParameterizedTest
  @CsvSource({
    "exact,   /a,      /a,    true",
    "exact,   /a,      /a/,   false",
    "exact,   /a,      /A,    false",
    "prefix,  /a,      /ab,   true",
    "prefix,  /a,      /b,    false",
    "segment, /a,      /a,    true",
    "segment, /a,      /a/b,  true",
    "segment, /a,      /ab,   false",
    "regex,   /v[0-9], /v1,   true",
    "regex,   /v[0-9], /v1/x, false",
    "regex,   /v[0-9], /x/v1, false",
  })
  @DisplayName(
      "a path is matched exactly, by characters, by whole segments, or whole by an expression"
          + " (Envoy RouteMatch path, prefix, path_separated_prefix, safe_regex)")
  void path(String kind, String pattern, String path, boolean matches) {
    PathMatch match =
        switch (kind) {
          case "exact" -> new PathMatch.Exact(pattern);
          case "prefix" -> new PathMatch.Prefix(pattern);
          case "segment" -> new PathMatch.SegmentPrefix(pattern);
          default -> new PathMatch.Regex(Pattern.compile(pattern));
        };
    assertThat(matches(new RouteMatch(match, null, List.of(), List.of()), path)).isEqualTo(matches);
  }

  @Test
  @DisplayName(
      "a header that is there several times is matched as one text, joined by commas (Envoy"
          + " HeaderMatcher, gRFC A41)")
  void header_severalTimes() {
    RouteMatch match =
        new RouteMatch(
            new PathMatch.Prefix("/"),
            null,
            List.of(new RouteMatch.HeaderMatch("x-tag", new StringMatch.Exact("a,b"))),
            List.of());
    assertThat(match.matches(TestRequest.get("orders", "/").header("x-tag", "a", "b"))).isTrue();
    assertThat(match.matches(TestRequest.get("orders", "/").header("x-tag", "a"))).isFalse();
  }

  @Test
  @DisplayName("a path is matched without its query (Envoy RouteMatch)")
  void path_queryIsNotPartOfIt() {
    RouteMatch match = new RouteMatch(new PathMatch.Exact("/a"), null, List.of(), List.of());
    assertThat(matches(match, "/a?x=1")).isTrue();
  }

  @ParameterizedTest
  @CsvSource({
    "exact,    gold, gold,   true",
    "exact,    gold, golden, false",
    "exact,    gold, ,       false",
    "prefix,   gold, golden, true",
    "suffix,   den,  golden, true",
    "contains, old,  golden, true",
    "regex,    g.*n, golden, true",
    "regex,    g.*,  agold,  false",
    "present,  -,    x,      true",
    "present,  -,    ,       false",
    "absent,   -,    ,       true",
    "absent,   -,    x,      false",
    "not,      gold, iron,   true",
    "not,      gold, ,       true",
  })
  @DisplayName(
      "a header is matched by value, part, expression or presence, and each can be inverted; what"
          + " is absent has no value (Envoy HeaderMatcher)")
  void header(String kind, String expected, @Nullable String sent, boolean matches) {
    StringMatch match =
        switch (kind) {
          case "exact" -> new StringMatch.Exact(expected);
          case "prefix" -> new StringMatch.Prefix(expected);
          case "suffix" -> new StringMatch.Suffix(expected);
          case "contains" -> new StringMatch.Contains(expected);
          case "regex" -> new StringMatch.Regex(Pattern.compile(expected));
          case "present" -> new StringMatch.Present();
          case "absent" -> new StringMatch.Not(new StringMatch.Present());
          default -> new StringMatch.Not(new StringMatch.Exact(expected));
        };
    RouteMatch route =
        new RouteMatch(
            new PathMatch.Prefix("/"),
            null,
            List.of(new RouteMatch.HeaderMatch("x-tier", match)),
            List.of());
    TestRequest request = TestRequest.get("orders", "/");
    assertThat(route.matches(sent == null ? request : request.header("x-tier", sent)))
        .isEqualTo(matches);
  }

  @ParameterizedTest
  @CsvSource({
    "/?v=2,      true",
    "/?a=1&v=2,  true",
    "/?v=2&v=3,  true",
    "/?v=3&v=2,  false",
    "/?vv=2,     false",
    "/?v=,       false",
    "/?v,        false",
    "/,          false",
  })
  @DisplayName(
      "a query parameter is matched by the first value of its name (Gateway API"
          + " HTTPQueryParamMatch)")
  void query(String target, boolean matches) {
    RouteMatch match =
        new RouteMatch(
            new PathMatch.Prefix("/"),
            null,
            List.of(),
            List.of(new RouteMatch.QueryMatch("v", new StringMatch.Exact("2"))));
    assertThat(matches(match, target)).isEqualTo(matches);
  }

  @ParameterizedTest
  @CsvSource({
    ":method,    GET|HEAD,      true",
    ":method,    POST,          false",
    ":authority, orders(:.*)?,  true",
    ":authority, payments,      false",
    ":scheme,    http,          true",
    ":scheme,    https,         false",
    ":path,      /a[?]b=c,      true",
    ":path,      /a,            false",
  })
  @DisplayName(
      "method, authority, scheme, and the path with its query, are matched as headers are (Envoy"
          + " HeaderMatcher of a pseudo-header)")
  void pseudoHeader(String name, String expression, boolean matches) {
    RouteMatch match =
        new RouteMatch(
            new PathMatch.Prefix("/"),
            null,
            List.of(
                new RouteMatch.HeaderMatch(
                    name, new StringMatch.Regex(Pattern.compile(expression)))),
            List.of());
    assertThat(matches(match, "/a?b=c")).isEqualTo(matches);
  }

  @Test
  @DisplayName("a method is matched in its own case (RFC 9110, 9.1)")
  void method() {
    RouteMatch post = new RouteMatch(new PathMatch.Prefix("/"), "POST", List.of(), List.of());
    RouteMatch lower = new RouteMatch(new PathMatch.Prefix("/"), "post", List.of(), List.of());
    assertThat(post.matches(TestRequest.post("orders", "/"))).isTrue();
    assertThat(post.matches(TestRequest.get("orders", "/"))).isFalse();
    assertThat(lower.matches(TestRequest.post("orders", "/"))).isFalse();
  }

  @Test
  @DisplayName("all parts of a match must hold (Gateway API HTTPRouteMatch)")
  void match_isAConjunction() {
    RouteMatch both =
        new RouteMatch(
            new PathMatch.Exact("/a"),
            "GET",
            List.of(new RouteMatch.HeaderMatch("x", new StringMatch.Exact("1"))),
            List.of());
    assertThat(both.matches(TestRequest.get("orders", "/a").header("x", "1"))).isTrue();
    assertThat(both.matches(TestRequest.get("orders", "/a"))).isFalse();
    assertThat(both.matches(TestRequest.get("orders", "/b").header("x", "1"))).isFalse();
    assertThat(both.matches(TestRequest.post("orders", "/a").header("x", "1"))).isFalse();
  }

  @Test
  @DisplayName("of several routes that match, the first is taken (Envoy VirtualHost.routes)")
  void routes_firstMatchWins() {
    Route first = route("first", new PathMatch.Prefix("/v1"));
    Route second = route("second", new PathMatch.Prefix("/"));
    publish(first, second);
    Call call = begin();
    attempt(call);
    assertThat(call.route()).isSameAs(first);
    Call other = call(TestRequest.get("orders", "/v2"));
    attempt(other);
    assertThat(other.route()).isSameAs(second);
  }

  @Test
  @DisplayName(
      "a call that no route of its host matches is answered with 404, gRPC UNIMPLEMENTED (Gateway"
          + " API GEP-1324)")
  void routes_noneMatches() {
    publish(route("only", new PathMatch.Exact("/only")));
    Reply reply = reply(begin());
    assertThat(reply.status()).isEqualTo(404);
    assertThat(reply.grpcStatus()).isEqualTo(Reply.GRPC_UNIMPLEMENTED);
  }

  @Test
  @DisplayName("a call to a host that the mesh does not know is left alone (Gateway API GEP-1324)")
  void host_unknown() {
    publish(RoutePolicy.DEFAULT);
    assertThat(call(TestRequest.get("elsewhere", "/"))).isNull();
  }

  private Route route(String name, PathMatch path) {
    return Route.to(
        name,
        new RouteMatch(path, null, List.of(), List.of()),
        WeightedClusters.of(orders),
        RoutePolicy.DEFAULT);
  }

  private static boolean matches(RouteMatch match, String target) {
    return match.matches(TestRequest.get("orders", target));
  }
}
