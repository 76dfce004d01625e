package io.endomesh.xds.translate;

import static io.endomesh.xds.Xds.any;
import static io.endomesh.xds.Xds.to;

import com.google.protobuf.Any;
import com.google.protobuf.Duration;
import io.endomesh.xds.Xds;
import io.envoyproxy.envoy.config.core.v3.DataSource;
import io.envoyproxy.envoy.config.core.v3.TypedExtensionConfig;
import io.envoyproxy.envoy.config.route.v3.DirectResponseAction;
import io.envoyproxy.envoy.config.route.v3.RedirectAction;
import io.envoyproxy.envoy.config.route.v3.Route;
import io.envoyproxy.envoy.config.route.v3.RouteAction;
import io.envoyproxy.envoy.config.route.v3.RouteMatch;
import io.envoyproxy.envoy.extensions.filters.common.fault.v3.FaultDelay;
import io.envoyproxy.envoy.extensions.filters.http.fault.v3.FaultAbort;
import io.envoyproxy.envoy.extensions.filters.http.fault.v3.HTTPFault;
import io.envoyproxy.envoy.extensions.filters.http.stateful_session.v3.StatefulSession;
import io.envoyproxy.envoy.extensions.filters.http.stateful_session.v3.StatefulSessionPerRoute;
import io.envoyproxy.envoy.extensions.http.stateful_session.cookie.v3.CookieBasedSessionState;
import io.envoyproxy.envoy.extensions.http.stateful_session.header.v3.HeaderBasedSessionState;
import io.envoyproxy.envoy.type.http.v3.Cookie;
import io.envoyproxy.envoy.type.matcher.v3.RegexMatchAndSubstitute;
import io.envoyproxy.envoy.type.matcher.v3.RegexMatcher;
import io.envoyproxy.envoy.type.v3.FractionalPercent;
import io.envoyproxy.envoy.type.v3.FractionalPercent.DenominatorType;
import org.jspecify.annotations.Nullable;

/** Routes as a control plane sends them, and what the translator makes of one. */
final class RouteMessages {

  static final String FAULT = "envoy.extensions.filters.http.fault.v3.HTTPFault";
  static final String SESSION =
      "envoy.extensions.filters.http.stateful_session.v3.StatefulSessionPerRoute";

  private RouteMessages() {}

  static RouteResource.Rule rule(Route route) throws InvalidResource {
    return RouteTranslator.translate(Xds.routes("r", route)).hosts().get(0).rules().get(0);
  }

  static RouteResource.Action.Forward forward(Route route) throws InvalidResource {
    return (RouteResource.Action.Forward) rule(route).action();
  }

  static Route route(RouteAction.Builder action) {
    return route(RouteMatch.newBuilder().setPrefix("/"), action);
  }

  static Route route(RouteMatch.Builder match, RouteAction.Builder action) {
    return Route.newBuilder().setName("a").setMatch(match).setRoute(action.setCluster("c")).build();
  }

  static Route redirect(RedirectAction.Builder redirect) {
    return Route.newBuilder()
        .setName("a")
        .setMatch(RouteMatch.newBuilder().setPathSeparatedPrefix("/old"))
        .setRedirect(redirect)
        .build();
  }

  static Route respond(int status, DataSource.Builder body) {
    return Route.newBuilder()
        .setName("a")
        .setMatch(RouteMatch.newBuilder().setPrefix("/"))
        .setDirectResponse(DirectResponseAction.newBuilder().setStatus(status).setBody(body))
        .build();
  }

  static RegexMatchAndSubstitute.Builder regex(String pattern, String substitution) {
    return RegexMatchAndSubstitute.newBuilder()
        .setPattern(RegexMatcher.newBuilder().setRegex(pattern))
        .setSubstitution(substitution);
  }

  static Route filtered(Any config) {
    return to("c").toBuilder().setName("a").putTypedPerFilterConfig("filter", config).build();
  }

  static Route fault(HTTPFault.Builder fault) {
    return filtered(any(FAULT, fault.build()));
  }

  static FractionalPercent.Builder fraction(int numerator, DenominatorType of) {
    return FractionalPercent.newBuilder().setNumerator(numerator).setDenominator(of);
  }

  static FaultAbort.Builder abort(int status) {
    return FaultAbort.newBuilder()
        .setHttpStatus(status)
        .setPercentage(fraction(5, DenominatorType.HUNDRED));
  }

  static FaultDelay.Builder delay(long millis) {
    return FaultDelay.newBuilder()
        .setFixedDelay(Duration.newBuilder().setNanos((int) (millis * 1_000_000)))
        .setPercentage(fraction(25, DenominatorType.TEN_THOUSAND));
  }

  static Route session(StatefulSession.Builder session) {
    return filtered(
        any(SESSION, StatefulSessionPerRoute.newBuilder().setStatefulSession(session).build()));
  }

  static StatefulSession.Builder cookie(String name, String path, int ttlMillis) {
    return state(
        any(
            "envoy.extensions.http.stateful_session.cookie.v3.CookieBasedSessionState",
            CookieBasedSessionState.newBuilder()
                .setCookie(
                    Cookie.newBuilder()
                        .setName(name)
                        .setPath(path)
                        .setTtl(
                            Duration.newBuilder()
                                .setSeconds(ttlMillis / 1000)
                                .setNanos(ttlMillis % 1000 * 1_000_000)))
                .build()));
  }

  static StatefulSession.Builder header(String name) {
    return state(
        any(
            "envoy.extensions.http.stateful_session.header.v3.HeaderBasedSessionState",
            HeaderBasedSessionState.newBuilder().setName(name).build()));
  }

  static StatefulSession.Builder state(Any config) {
    return StatefulSession.newBuilder()
        .setSessionState(TypedExtensionConfig.newBuilder().setName("s").setTypedConfig(config));
  }

  static RouteAction.HashPolicy.Builder hashCookie(String name, @Nullable Integer ttl) {
    RouteAction.HashPolicy.Cookie.Builder cookie =
        RouteAction.HashPolicy.Cookie.newBuilder().setName(name);
    if (ttl != null) {
      cookie.setTtl(Duration.newBuilder().setSeconds(ttl));
    }
    return RouteAction.HashPolicy.newBuilder().setCookie(cookie);
  }

  static RouteAction.HashPolicy.Builder hashHeader(String name) {
    return RouteAction.HashPolicy.newBuilder()
        .setHeader(RouteAction.HashPolicy.Header.newBuilder().setHeaderName(name));
  }

  static RouteAction.RequestMirrorPolicy.Builder mirror(String cluster) {
    return RouteAction.RequestMirrorPolicy.newBuilder().setCluster(cluster);
  }
}
