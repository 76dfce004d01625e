package io.endomesh.xds.translate;

import io.endomesh.dataplane.route.Cors;
import io.endomesh.dataplane.route.CorsRules;
import io.endomesh.dataplane.route.StringMatch;
import io.envoyproxy.envoy.config.route.v3.Route;
import io.envoyproxy.envoy.config.route.v3.RouteConfiguration;
import io.envoyproxy.envoy.config.route.v3.VirtualHost;
import io.envoyproxy.envoy.extensions.filters.http.cors.v3.CorsPolicy;
import io.envoyproxy.envoy.type.matcher.v3.StringMatcher;
import java.util.ArrayList;
import java.util.List;

/** CorsPolicy to {@link Cors}, and the routes of a served port to {@link CorsRules}. Stateless. */
final class CorsTranslator {

  private CorsTranslator() {}

  static Cors translate(String field, CorsPolicy message) throws InvalidResource {
    Messages.unsupported(field + ".filter_enabled", message.hasFilterEnabled());
    Messages.unsupported(field + ".shadow_enabled", message.hasShadowEnabled());
    Messages.unsupported(
        field + ".allow_private_network_access", message.getAllowPrivateNetworkAccess().getValue());
    List<StringMatch> origins = new ArrayList<>();
    for (StringMatcher origin : message.getAllowOriginStringMatchList()) {
      origins.add(Strings.match(field + ".allow_origin_string_match", origin));
    }
    return new Cors(
        origins,
        message.getAllowMethods(),
        message.getAllowHeaders(),
        message.getExposeHeaders(),
        message.getMaxAge(),
        message.getAllowCredentials().getValue(),
        // Envoy forwards them unless told otherwise.
        !message.hasForwardNotMatchingPreflights()
            || message.getForwardNotMatchingPreflights().getValue());
  }

  /** Of routes that lead to the application itself, in the order in which they are tried. */
  static CorsRules rules(RouteConfiguration message) throws InvalidResource {
    List<CorsRules.Rule> rules = new ArrayList<>();
    boolean any = false;
    for (VirtualHost host : message.getVirtualHostsList()) {
      for (Route route : host.getRoutesList()) {
        RouteFilters filters =
            RouteFilters.of(
                route.getName() + ".typed_per_filter_config",
                List.of(
                    route.getTypedPerFilterConfigMap(),
                    GlobalLimitTranslator.withoutLimits(host.getTypedPerFilterConfigMap()),
                    message.getTypedPerFilterConfigMap()));
        any |= filters.cors() != null;
        rules.add(
            new CorsRules.Rule(
                route.getName(),
                RouteTranslator.match(route.getName() + ".match", route.getMatch()),
                filters.cors()));
      }
    }
    return any ? new CorsRules(rules) : CorsRules.NONE;
  }
}
