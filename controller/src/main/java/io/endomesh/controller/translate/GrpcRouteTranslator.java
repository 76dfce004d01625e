package io.endomesh.controller.translate;

import com.google.re2j.Pattern;
import io.endomesh.controller.kinds.GrpcRoute;
import io.endomesh.controller.kinds.RouteResource.NamedText;
import io.endomesh.controller.kinds.RouteResource.Text;
import io.envoyproxy.envoy.config.route.v3.Route;
import io.envoyproxy.envoy.config.route.v3.RouteMatch;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** GRPCRoutes as xDS routes, in the order Gateway API demands. Stateless. */
final class GrpcRouteTranslator {

  /** One segment of a path. */
  private static final String ANY_SEGMENT = "[^/]+";

  private record Candidate(GrpcRoute.Match match, Route route) {}

  private static final Comparator<Candidate> ORDER =
      Comparator.comparing((Candidate c) -> -length(c.match().service()))
          .thenComparing(c -> -length(c.match().method()))
          .thenComparing(c -> -c.match().headers().size());

  private GrpcRouteTranslator() {}

  /**
   * @param resources oldest first: sorting keeps that order where matches are as specific
   */
  static List<Route> routes(List<GrpcRoute> resources, RouteRules rules) {
    List<Candidate> candidates = new ArrayList<>();
    for (GrpcRoute resource : resources) {
      RouteRules owned = rules.of(resource);
      for (int i = 0; i < resource.rules().size(); i++) {
        GrpcRoute.GrpcRule rule = resource.rules().get(i);
        for (GrpcRoute.Match match : rule.matches()) {
          candidates.add(
              new Candidate(
                  match,
                  owned.route(
                      RouteRules.name(resource.metadata(), "GRPCRoute", i), match(match), rule)));
        }
      }
    }
    return candidates.stream().sorted(ORDER).map(Candidate::route).toList();
  }

  private static int length(@Nullable Text text) {
    return text == null ? 0 : text.value().length();
  }

  private static RouteMatch match(GrpcRoute.Match match) {
    RouteMatch.Builder result = RouteMatch.newBuilder();
    Text service = match.service();
    Text method = match.method();
    if (service == null && method == null) {
      result.setPrefix("/");
    } else if (isExact(service) && isExact(method)) {
      result.setPath("/" + value(service) + "/" + value(method));
    } else if (isExact(service) && method == null) {
      result.setPrefix("/" + value(service) + "/");
    } else {
      result.setSafeRegex(RouteRules.regex("/" + segment(service) + "/" + segment(method)));
    }
    for (NamedText header : match.headers()) {
      result.addHeaders(RouteRules.header(header));
    }
    return result.build();
  }

  private static boolean isExact(@Nullable Text text) {
    return text != null && !text.regex();
  }

  private static String value(@Nullable Text text) {
    return text == null ? "" : text.value();
  }

  private static String segment(@Nullable Text text) {
    if (text == null) {
      return ANY_SEGMENT;
    }
    return text.regex() ? "(?:" + text.value() + ")" : Pattern.quote(text.value());
  }
}
