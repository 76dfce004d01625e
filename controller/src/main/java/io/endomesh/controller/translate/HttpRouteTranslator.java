package io.endomesh.controller.translate;

import com.google.re2j.Pattern;
import io.endomesh.controller.kinds.HttpRoute;
import io.endomesh.controller.kinds.RouteResource.NamedText;
import io.envoyproxy.envoy.config.route.v3.HeaderMatcher;
import io.envoyproxy.envoy.config.route.v3.QueryParameterMatcher;
import io.envoyproxy.envoy.config.route.v3.Route;
import io.envoyproxy.envoy.config.route.v3.RouteMatch;
import io.envoyproxy.envoy.type.matcher.v3.StringMatcher;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;

/** HTTPRoutes as xDS routes, in the order Gateway API demands. Stateless. */
final class HttpRouteTranslator {

  private record Candidate(HttpRoute.Match match, Route route) {}

  /**
   * The most specific match first. Gateway API leaves the place of regular expressions open; before
   * prefixes, because a prefix {@code /} would hide them.
   */
  private static final Comparator<Candidate> ORDER =
      Comparator.comparingInt((Candidate c) -> rank(c.match().path().type()))
          .thenComparing(c -> -c.match().path().value().length())
          .thenComparing(c -> c.match().method() == null ? 1 : 0)
          .thenComparing(c -> -c.match().headers().size())
          .thenComparing(c -> -c.match().queryParams().size());

  private HttpRouteTranslator() {}

  /**
   * @param resources oldest first: sorting keeps that order where matches are as specific
   */
  static List<Route> routes(List<HttpRoute> resources, RouteRules rules) {
    List<Candidate> candidates = new ArrayList<>();
    for (HttpRoute resource : resources) {
      RouteRules owned = rules.of(resource);
      for (int i = 0; i < resource.rules().size(); i++) {
        HttpRoute.HttpRule rule = resource.rules().get(i);
        for (HttpRoute.Match match : rule.matches()) {
          candidates.add(
              new Candidate(
                  match,
                  owned.route(
                      RouteRules.name(resource.metadata(), "HTTPRoute", i),
                      match(match, rules.grpcDialect()),
                      rule)));
        }
      }
    }
    return candidates.stream().sorted(ORDER).map(Candidate::route).toList();
  }

  private static int rank(HttpRoute.PathType type) {
    return switch (type) {
      case Exact -> 0;
      case RegularExpression -> 1;
      case PathPrefix -> 2;
    };
  }

  private static RouteMatch match(HttpRoute.Match match, boolean grpcDialect) {
    RouteMatch.Builder result = RouteMatch.newBuilder();
    path(match.path(), grpcDialect, result);
    if (match.method() != null) {
      result.addHeaders(
          HeaderMatcher.newBuilder()
              .setName(":method")
              .setStringMatch(StringMatcher.newBuilder().setExact(match.method())));
    }
    for (NamedText header : match.headers()) {
      result.addHeaders(RouteRules.header(header));
    }
    for (NamedText parameter : match.queryParams()) {
      result.addQueryParameters(
          QueryParameterMatcher.newBuilder()
              .setName(parameter.name())
              .setStringMatch(RouteRules.string(parameter.value())));
    }
    return result.build();
  }

  private static void path(HttpRoute.Path path, boolean grpcDialect, RouteMatch.Builder result) {
    switch (path.type()) {
      case Exact -> result.setPath(path.value());
      case RegularExpression -> result.setSafeRegex(RouteRules.regex(path.value()));
      case PathPrefix -> {
        String prefix = withoutTrailingSlash(path.value());
        if (prefix.isEmpty()) {
          result.setPrefix("/");
        } else if (grpcDialect) {
          // gRPC's clients know no path_separated_prefix.
          result.setSafeRegex(RouteRules.regex(Pattern.quote(prefix) + "(/.*)?"));
        } else {
          result.setPathSeparatedPrefix(prefix);
        }
      }
    }
  }

  private static String withoutTrailingSlash(String path) {
    return path.endsWith("/") ? path.substring(0, path.length() - 1) : path;
  }
}
