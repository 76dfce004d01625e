package io.endomesh.dataplane.route;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.re2j.Pattern;
import io.endomesh.dataplane.TestRequest;
import io.endomesh.dataplane.route.RouteMatch.HeaderMatch;
import io.endomesh.dataplane.route.RouteMatch.QueryMatch;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class RouteMatchTest {

  @Test
  void segmentPrefix_matchesWholeSegmentsOnly() {
    PathMatch path = new PathMatch.SegmentPrefix("/v1");
    assertThat(path.matches("/v1")).isTrue();
    assertThat(path.matches("/v1/")).isTrue();
    assertThat(path.matches("/v1/a")).isTrue();
    assertThat(path.matches("/v10")).isFalse();
  }

  @Test
  void prefix_matchesCharacters() {
    assertThat(new PathMatch.Prefix("/v1").matches("/v10")).isTrue();
  }

  @Test
  void regex_matchesTheWholePath() {
    PathMatch path = new PathMatch.Regex(Pattern.compile("/o/[0-9]+"));
    assertThat(path.matches("/o/17")).isTrue();
    assertThat(path.matches("/o/17/x")).isFalse();
  }

  @Test
  void method_other_doesNotMatch() {
    RouteMatch match = new RouteMatch(new PathMatch.Prefix("/"), "POST", List.of(), List.of());
    assertThat(match.matches(TestRequest.get("o", "/"))).isFalse();
    assertThat(match.matches(TestRequest.post("o", "/"))).isTrue();
  }

  @Test
  void headers_allMustHold() {
    RouteMatch match =
        new RouteMatch(
            new PathMatch.Prefix("/"),
            null,
            List.of(
                new HeaderMatch("x-canary", new StringMatch.Exact("1")),
                new HeaderMatch("x-user", new StringMatch.Prefix("a"))),
            List.of());
    assertThat(match.matches(TestRequest.get("o", "/").header("x-canary", "1"))).isFalse();
    assertThat(
            match.matches(
                TestRequest.get("o", "/").header("x-canary", "1").header("x-user", "ann")))
        .isTrue();
  }

  @Test
  void not_absentHeader_matches() {
    StringMatch match = new StringMatch.Not(new StringMatch.Exact("1"));
    assertThat(match.matches(null)).isTrue();
    assertThat(match.matches("1")).isFalse();
  }

  @Test
  void query_findsTheNamedParameterOnly() {
    assertThat(query("page", "2", "/?page=2")).isTrue();
    assertThat(query("page", "2", "/?lastpage=2")).isFalse();
    assertThat(query("page", "2", "/?a=1&page=2&page=3")).isTrue();
    assertThat(query("page", "", "/?page")).isTrue();
    assertThat(query("page", "2", "/")).isFalse();
    assertThat(query("page", "2", "/?page=22")).isFalse();
  }

  @Test
  void virtualHost_firstMatchWins() {
    Route v2 = route("v2", new PathMatch.SegmentPrefix("/v2"));
    Route rest = route("rest", new PathMatch.Prefix("/"));
    VirtualHost host = new VirtualHost("orders", List.of(v2, rest));
    assertThat(host.match(TestRequest.get("orders", "/v2/x"))).isSameAs(v2);
    assertThat(host.match(TestRequest.get("orders", "/v1/x"))).isSameAs(rest);
  }

  private static boolean query(String name, @Nullable String value, String target) {
    return new RouteMatch(
            new PathMatch.Prefix("/"),
            null,
            List.of(),
            List.of(new QueryMatch(name, new StringMatch.Exact(value))))
        .matches(TestRequest.get("o", target));
  }

  private static Route route(String name, PathMatch path) {
    return Route.to(
        name,
        new RouteMatch(path, null, List.of(), List.of()),
        WeightedClusters.of(io.endomesh.dataplane.TestMesh.cluster(name)),
        RoutePolicy.DEFAULT);
  }
}
