package io.endomesh.controller.translate;

import com.google.protobuf.Any;
import com.google.protobuf.BoolValue;
import com.google.protobuf.Message;
import com.google.protobuf.Struct;
import com.google.protobuf.Value;
import com.google.protobuf.util.Durations;
import io.endomesh.controller.kinds.RouteFilters;
import io.endomesh.controller.kinds.RouteFilters.HeaderEdits;
import io.endomesh.controller.kinds.RouteFilters.PathChange;
import io.endomesh.controller.kinds.RouteResource.Session;
import io.envoyproxy.envoy.config.core.v3.DataSource;
import io.envoyproxy.envoy.config.core.v3.HeaderValue;
import io.envoyproxy.envoy.config.core.v3.HeaderValueOption;
import io.envoyproxy.envoy.config.core.v3.HeaderValueOption.HeaderAppendAction;
import io.envoyproxy.envoy.config.core.v3.TypedExtensionConfig;
import io.envoyproxy.envoy.config.route.v3.DirectResponseAction;
import io.envoyproxy.envoy.config.route.v3.RedirectAction;
import io.envoyproxy.envoy.config.route.v3.Route;
import io.envoyproxy.envoy.config.route.v3.RouteAction;
import io.envoyproxy.envoy.extensions.filters.common.fault.v3.FaultDelay;
import io.envoyproxy.envoy.extensions.filters.http.cors.v3.CorsPolicy;
import io.envoyproxy.envoy.extensions.filters.http.fault.v3.FaultAbort;
import io.envoyproxy.envoy.extensions.filters.http.fault.v3.HTTPFault;
import io.envoyproxy.envoy.extensions.filters.http.stateful_session.v3.StatefulSession;
import io.envoyproxy.envoy.extensions.filters.http.stateful_session.v3.StatefulSessionPerRoute;
import io.envoyproxy.envoy.extensions.http.stateful_session.cookie.v3.CookieBasedSessionState;
import io.envoyproxy.envoy.extensions.http.stateful_session.header.v3.HeaderBasedSessionState;
import io.envoyproxy.envoy.type.http.v3.Cookie;
import io.envoyproxy.envoy.type.matcher.v3.RegexMatchAndSubstitute;
import io.envoyproxy.envoy.type.matcher.v3.StringMatcher;
import io.envoyproxy.envoy.type.v3.FractionalPercent;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** The filters of a rule as parts of an xDS route. Stateless. */
final class FilterTranslator {

  /** Names under which a route configures Envoy's HTTP filters. */
  static final String FAULT = "envoy.filters.http.fault";

  static final String CORS = "envoy.filters.http.cors";

  static final String HEADER_MUTATION = "envoy.filters.http.header_mutation";

  static final String STATEFUL_SESSION = "envoy.filters.http.stateful_session";

  private FilterTranslator() {}

  static List<HeaderValueOption> headers(HeaderEdits edits) {
    List<HeaderValueOption> options = new ArrayList<>();
    add(edits.set(), HeaderAppendAction.OVERWRITE_IF_EXISTS_OR_ADD, options);
    add(edits.add(), HeaderAppendAction.APPEND_IF_EXISTS_OR_ADD, options);
    return options;
  }

  private static void add(
      Map<String, String> headers, HeaderAppendAction action, List<HeaderValueOption> options) {
    headers.forEach(
        (name, value) ->
            options.add(
                HeaderValueOption.newBuilder()
                    // Envoy fills in %COMMANDS%: a percent sign of its own is doubled.
                    .setHeader(
                        HeaderValue.newBuilder().setKey(name).setValue(value.replace("%", "%%")))
                    .setAppendAction(action)
                    .setKeepEmptyValue(value.isEmpty())
                    .build()));
  }

  static RedirectAction redirect(RouteFilters.Redirect redirect) {
    RedirectAction.Builder action =
        RedirectAction.newBuilder()
            .setResponseCode(
                switch (redirect.status()) {
                  case 302 -> RedirectAction.RedirectResponseCode.FOUND;
                  case 303 -> RedirectAction.RedirectResponseCode.SEE_OTHER;
                  case 307 -> RedirectAction.RedirectResponseCode.TEMPORARY_REDIRECT;
                  case 308 -> RedirectAction.RedirectResponseCode.PERMANENT_REDIRECT;
                  default -> RedirectAction.RedirectResponseCode.MOVED_PERMANENTLY;
                });
    if (redirect.scheme() != null) {
      action.setSchemeRedirect(redirect.scheme());
    }
    if (redirect.host() != null) {
      action.setHostRedirect(redirect.host());
    }
    if (redirect.port() != null) {
      action.setPortRedirect(redirect.port());
    }
    PathChange path = redirect.path();
    if (path instanceof PathChange.Full full) {
      action.setPathRedirect(full.path());
    } else if (path instanceof PathChange.Prefix prefix) {
      action.setPrefixRewrite(slash(prefix.replacement()));
    } else if (path instanceof PathChange.Regex regex) {
      action.setRegexRewrite(substitute(regex.regex(), regex.substitution()));
    }
    return action.build();
  }

  static DirectResponseAction answer(RouteFilters.Answer answer) {
    return DirectResponseAction.newBuilder()
        .setStatus(answer.status())
        .setBody(DataSource.newBuilder().setInlineString(answer.body()))
        .build();
  }

  static void rewrite(RouteFilters.Rewrite rewrite, RouteAction.Builder action) {
    if (rewrite.host() != null) {
      action.setHostRewriteLiteral(rewrite.host());
    }
    PathChange path = rewrite.path();
    if (path instanceof PathChange.Full full) {
      action.setRegexRewrite(substitute("^.*$", full.path().replace("\\", "\\\\")));
    } else if (path instanceof PathChange.Prefix prefix) {
      action.setPrefixRewrite(slash(prefix.replacement()));
    } else if (path instanceof PathChange.Regex regex) {
      action.setRegexRewrite(substitute(regex.regex(), regex.substitution()));
    }
  }

  /** Envoy takes an empty replacement for none. */
  private static String slash(String replacement) {
    return replacement.isEmpty() ? "/" : replacement;
  }

  private static RegexMatchAndSubstitute substitute(String regex, String substitution) {
    return RegexMatchAndSubstitute.newBuilder()
        .setPattern(RouteRules.regex(regex))
        .setSubstitution(substitution)
        .build();
  }

  static FractionalPercent percent(int perMillion) {
    return FractionalPercent.newBuilder()
        .setNumerator(perMillion)
        .setDenominator(FractionalPercent.DenominatorType.MILLION)
        .build();
  }

  /** HTTPFault has no field for its end: that stands in the metadata of the route. */
  static void fault(RouteFilters.Fault fault, Route.Builder route) {
    route.putTypedPerFilterConfig(FAULT, Any.pack(fault(fault)));
    if (fault.until() != null) {
      Value until = Value.newBuilder().setStringValue(fault.until().toString()).build();
      route
          .getMetadataBuilder()
          .putFilterMetadata(
              ClusterTranslator.METADATA,
              Struct.newBuilder().putFields("faults_until", until).build());
    }
  }

  static Message fault(RouteFilters.Fault fault) {
    HTTPFault.Builder message = HTTPFault.newBuilder();
    if (fault.delayNanos() > 0) {
      message.setDelay(
          FaultDelay.newBuilder()
              .setFixedDelay(Durations.fromNanos(fault.delayNanos()))
              .setPercentage(percent(fault.delayPerMillion())));
    }
    if (fault.abortStatus() > 0 || fault.abortGrpcStatus() >= 0) {
      FaultAbort.Builder abort =
          FaultAbort.newBuilder().setPercentage(percent(fault.abortPerMillion()));
      if (fault.abortGrpcStatus() >= 0) {
        abort.setGrpcStatus(fault.abortGrpcStatus());
      } else {
        abort.setHttpStatus(fault.abortStatus());
      }
      message.setAbort(abort);
    }
    return message.build();
  }

  static Message cors(RouteFilters.Cors cors) {
    CorsPolicy.Builder policy =
        CorsPolicy.newBuilder()
            .setAllowMethods(String.join(",", cors.methods()))
            .setAllowHeaders(String.join(",", cors.headers()))
            .setExposeHeaders(String.join(",", cors.exposed()))
            .setAllowCredentials(BoolValue.of(cors.credentials()))
            .setForwardNotMatchingPreflights(BoolValue.of(cors.forwardsUnmatched()));
    if (cors.maxAgeSeconds() != null) {
      policy.setMaxAge(cors.maxAgeSeconds().toString());
    }
    for (RouteFilters.OriginMatch origin : cors.origins()) {
      StringMatcher.Builder matcher = policy.addAllowOriginStringMatchBuilder();
      switch (origin.comparison()) {
        case EXACT -> matcher.setExact(origin.value());
        case PREFIX -> matcher.setPrefix(origin.value());
        case REGEX -> matcher.setSafeRegex(RouteRules.regex(origin.value()));
      }
    }
    return policy.build();
  }

  static Message session(Session session) {
    Message state;
    if (session.cookie()) {
      Cookie.Builder cookie = Cookie.newBuilder().setName(session.name()).setPath("/");
      if (session.lifetimeNanos() != null) {
        cookie.setTtl(Durations.fromNanos(session.lifetimeNanos()));
      }
      state = CookieBasedSessionState.newBuilder().setCookie(cookie).build();
    } else {
      state = HeaderBasedSessionState.newBuilder().setName(session.name()).build();
    }
    return StatefulSessionPerRoute.newBuilder()
        .setStatefulSession(
            StatefulSession.newBuilder()
                .setSessionState(
                    TypedExtensionConfig.newBuilder()
                        .setName(
                            "envoy.http.stateful_session."
                                + (session.cookie() ? "cookie" : "header"))
                        .setTypedConfig(Any.pack(state))))
        .build();
  }
}
