package io.endomesh.controller.translate;

import io.endomesh.controller.kinds.HttpRouteGroup;
import io.endomesh.controller.kinds.RouteFilters;
import io.endomesh.controller.kinds.RouteResource;
import io.endomesh.controller.kinds.RouteResource.Backend;
import io.endomesh.controller.kinds.TrafficSplit;
import io.envoyproxy.envoy.config.route.v3.HeaderMatcher;
import io.envoyproxy.envoy.config.route.v3.Route;
import io.envoyproxy.envoy.config.route.v3.RouteMatch;
import io.envoyproxy.envoy.type.matcher.v3.StringMatcher;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** A TrafficSplit with its HTTPRouteGroups as xDS routes. Stateless. */
final class TrafficSplitTranslator {

  private record SplitRule(List<Backend> backends) implements RouteResource.Rule {

    @Override
    public RouteResource.Timeouts timeouts() {
      return new RouteResource.Timeouts(null, null);
    }

    @Override
    public RouteResource.@Nullable Retry retry() {
      return null;
    }

    @Override
    public RouteFilters filters() {
      return RouteFilters.NONE;
    }

    @Override
    public RouteResource.@Nullable Session session() {
      return null;
    }
  }

  private TrafficSplitTranslator() {}

  /**
   * @param port of the root that is called
   * @param rest where calls go that match none of the groups: the root itself
   */
  static List<Route> routes(
      TrafficSplit split, TrafficSplits splits, RouteRules rules, int port, Route rest) {
    String name = "TrafficSplit/" + split.metadata().namespace() + "/" + split.metadata().name();
    SplitRule rule = new SplitRule(backends(split, splits, port));
    if (split.groups().isEmpty()) {
      return List.of(rules.route(name, RouteMatch.newBuilder().setPrefix("/").build(), rule));
    }
    List<Route> routes = new ArrayList<>();
    for (HttpRouteGroup group : splits.groups(split)) {
      for (HttpRouteGroup.Match match : group.matches()) {
        for (RouteMatch each : matches(match)) {
          routes.add(
              rules.route(name + " " + group.metadata().name() + "/" + match.name(), each, rule));
        }
      }
    }
    routes.add(rest);
    return routes;
  }

  private static List<Backend> backends(TrafficSplit split, TrafficSplits splits, int port) {
    List<Backend> backends = new ArrayList<>();
    for (TrafficSplit.Backend backend : split.backends()) {
      backends.add(
          new Backend(
              split.metadata().namespace(),
              backend.service(),
              null,
              port,
              splits.takesPort(split, backend, port) ? backend.weight() : 0,
              RouteFilters.NONE));
    }
    return backends;
  }

  /** One for each method: a match of a route takes one at most. */
  private static List<RouteMatch> matches(HttpRouteGroup.Match match) {
    RouteMatch.Builder common = RouteMatch.newBuilder();
    if (match.pathRegex() == null) {
      common.setPrefix("/");
    } else {
      // Anchored at the beginning only (SMI); Envoy's expressions are for the whole path.
      common.setSafeRegex(RouteRules.regex("(?:" + match.pathRegex() + ").*"));
    }
    match
        .headers()
        .forEach(
            (header, regex) ->
                common.addHeaders(
                    HeaderMatcher.newBuilder()
                        .setName(header)
                        .setStringMatch(
                            StringMatcher.newBuilder().setSafeRegex(RouteRules.regex(regex)))));
    if (match.methods().isEmpty()) {
      return List.of(common.build());
    }
    return match.methods().stream().map(method -> of(common.build(), method)).toList();
  }

  private static RouteMatch of(RouteMatch common, String method) {
    return common.toBuilder()
        .addHeaders(
            HeaderMatcher.newBuilder()
                .setName(":method")
                .setStringMatch(StringMatcher.newBuilder().setExact(method)))
        .build();
  }
}
