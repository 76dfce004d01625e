package io.endomesh.controller.translate;

import com.google.protobuf.BoolValue;
import io.endomesh.controller.kinds.VirtualService;
import io.endomesh.controller.kinds.VirtualService.Comparison;
import io.endomesh.controller.kinds.VirtualService.Match;
import io.endomesh.controller.kinds.VirtualService.NamedText;
import io.endomesh.controller.kinds.VirtualService.Text;
import io.envoyproxy.envoy.config.route.v3.HeaderMatcher;
import io.envoyproxy.envoy.config.route.v3.QueryParameterMatcher;
import io.envoyproxy.envoy.config.route.v3.Route;
import io.envoyproxy.envoy.config.route.v3.RouteMatch;
import io.envoyproxy.envoy.type.matcher.v3.StringMatcher;
import java.util.ArrayList;
import java.util.List;

/** A VirtualService as xDS routes, in the order in which it was written. Stateless. */
final class VirtualServiceTranslator {

  private VirtualServiceTranslator() {}

  /**
   * @param rules its own and its delegates', in order
   * @param port the one that is called: matches of other ports are left out
   * @param source who calls: matches of other namespaces and labels are left out
   */
  static List<Route> routes(
      List<Delegates.NamedRule> rules, RouteRules translator, int port, Scope source) {
    List<Route> routes = new ArrayList<>();
    for (Delegates.NamedRule named : rules) {
      VirtualService.VirtualRule rule = named.rule();
      if (rule.matches().isEmpty()) {
        routes.add(
            translator.route(named.name(), RouteMatch.newBuilder().setPrefix("/").build(), rule));
      }
      for (Match match : rule.matches()) {
        if ((match.port() == null || match.port() == port) && isFrom(match, source)) {
          routes.add(translator.route(named.name(), match(match), rule));
        }
      }
    }
    return routes;
  }

  private static boolean isFrom(Match match, Scope source) {
    return (match.sourceNamespace() == null || match.sourceNamespace().equals(source.namespace()))
        && source.labels().entrySet().containsAll(match.sourceLabels().entrySet());
  }

  private static RouteMatch match(Match match) {
    RouteMatch.Builder result = RouteMatch.newBuilder();
    Text uri = match.uri();
    if (uri == null) {
      result.setPrefix("/");
    } else {
      switch (uri.comparison()) {
        case EXACT -> result.setPath(uri.value());
        case PREFIX -> result.setPrefix(uri.value());
        case REGEX, PRESENT -> result.setSafeRegex(RouteRules.regex(uri.value()));
      }
      if (match.ignoreUriCase() && uri.comparison() != Comparison.REGEX) {
        result.setCaseSensitive(BoolValue.of(false));
      }
    }
    if (match.method() != null) {
      result.addHeaders(header(new NamedText(":method", match.method(), false)));
    }
    for (NamedText header : match.headers()) {
      result.addHeaders(header(header));
    }
    for (NamedText parameter : match.queryParams()) {
      QueryParameterMatcher.Builder matcher =
          QueryParameterMatcher.newBuilder().setName(parameter.name());
      result.addQueryParameters(
          parameter.value().comparison() == Comparison.PRESENT
              ? matcher.setPresentMatch(true)
              : matcher.setStringMatch(string(parameter.value())));
    }
    return result.build();
  }

  private static HeaderMatcher header(NamedText header) {
    HeaderMatcher.Builder matcher =
        HeaderMatcher.newBuilder().setName(header.name()).setInvertMatch(header.negated());
    return (header.value().comparison() == Comparison.PRESENT
            ? matcher.setPresentMatch(true)
            : matcher.setStringMatch(string(header.value())))
        .build();
  }

  private static StringMatcher string(Text text) {
    return switch (text.comparison()) {
      case EXACT -> StringMatcher.newBuilder().setExact(text.value()).build();
      case PREFIX -> StringMatcher.newBuilder().setPrefix(text.value()).build();
      case REGEX, PRESENT ->
          StringMatcher.newBuilder().setSafeRegex(RouteRules.regex(text.value())).build();
    };
  }
}
