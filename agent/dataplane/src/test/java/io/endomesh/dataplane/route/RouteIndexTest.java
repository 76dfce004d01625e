package io.endomesh.dataplane.route;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.re2j.Pattern;
import io.endomesh.dataplane.TestMesh;
import io.endomesh.dataplane.TestRequest;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class RouteIndexTest {

  private static final List<String> SEGMENTS = List.of("", "a", "b", "ab", "orders", "v1", "v10");

  private final Random random = new Random(42);

  private static Route route(int number, PathMatch path) {
    return Route.to(
        "rule " + number,
        new RouteMatch(path, null, List.of(), List.of()),
        WeightedClusters.of(TestMesh.cluster("orders")),
        RoutePolicy.DEFAULT);
  }

  private String path() {
    StringBuilder path = new StringBuilder();
    for (int i = random.nextInt(3); i >= 0; i--) {
      path.append('/').append(SEGMENTS.get(random.nextInt(SEGMENTS.size())));
    }
    return path.toString();
  }

  private PathMatch match() {
    String path = path();
    return switch (random.nextInt(5)) {
      case 0 -> new PathMatch.Exact(path);
      case 1 -> new PathMatch.Prefix(path);
      case 2 -> new PathMatch.SegmentPrefix(path.replaceFirst("/+$", ""));
      case 3 -> new PathMatch.Regex(Pattern.compile(path + ".*"));
      default -> new PathMatch.Exact("*");
    };
  }

  private static @Nullable Route inTurn(List<Route> routes, String path) {
    return routes.stream()
        .filter(route -> route.match().path().matches(path))
        .findFirst()
        .orElse(null);
  }

  @Test
  void match_anyRoutesAndPaths_findsWhatTryingInTurnFinds() {
    int found = 0;
    for (int mesh = 0; mesh < 500; mesh++) {
      List<Route> routes = new ArrayList<>();
      for (int i = random.nextInt(30); i >= 0; i--) {
        routes.add(route(i, match()));
      }
      VirtualHost host = new VirtualHost("orders", routes);
      for (int i = 0; i < 100; i++) {
        String path = random.nextInt(20) == 0 ? "*" : path();
        Route expected = inTurn(routes, path);
        assertThat(host.match(TestRequest.get("orders", path))).as(path).isSameAs(expected);
        found += expected == null ? 0 : 1;
      }
    }
    // Of both kinds enough, or the comparison says nothing.
    assertThat(found).isBetween(10_000, 45_000);
  }

  @Test
  void candidates_manyRoutes_areFew() {
    List<Route> routes = new ArrayList<>();
    for (int i = 0; i < 1_000; i++) {
      routes.add(route(i, new PathMatch.SegmentPrefix("/v" + i)));
    }
    RouteIndex index = new RouteIndex(routes);

    int most = 0;
    for (int i = 0; i < 1_000; i++) {
      most = Math.max(most, index.candidates("/v" + i + "/items").length);
    }
    assertThat(most).isLessThanOrEqualTo(8);
  }
}
