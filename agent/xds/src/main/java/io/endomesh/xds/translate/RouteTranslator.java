package io.endomesh.xds.translate;

import io.endomesh.dataplane.route.HeaderChanges;
import io.endomesh.dataplane.route.PathMatch;
import io.endomesh.dataplane.route.QueryChanges;
import io.endomesh.dataplane.route.RetryPolicy;
import io.endomesh.dataplane.route.RouteAction;
import io.endomesh.dataplane.route.RouteMatch;
import io.endomesh.dataplane.route.RoutePolicy;
import io.endomesh.dataplane.route.SessionPersistence;
import io.endomesh.dataplane.route.StringMatch;
import io.envoyproxy.envoy.config.route.v3.HeaderMatcher;
import io.envoyproxy.envoy.config.route.v3.QueryParameterMatcher;
import io.envoyproxy.envoy.config.route.v3.Route;
import io.envoyproxy.envoy.config.route.v3.RouteAction.RequestMirrorPolicy;
import io.envoyproxy.envoy.config.route.v3.RouteConfiguration;
import io.envoyproxy.envoy.config.route.v3.VirtualHost;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Set;

/** RouteConfiguration to {@link RouteResource}. Stateless. */
public final class RouteTranslator {

  /** Of RFC 9113, 8.3.1; Envoy has them for requests of HTTP/1.1 too. */
  private static final Set<String> PSEUDO_HEADERS =
      Set.of(":method", ":authority", ":scheme", ":path");

  private RouteTranslator() {}

  public static RouteResource translate(RouteConfiguration message) throws InvalidResource {
    refuseUnsupported(message);
    List<RouteResource.Host> hosts = new ArrayList<>();
    for (VirtualHost host : message.getVirtualHostsList()) {
      List<RouteResource.Rule> rules = new ArrayList<>();
      for (int i = 0; i < host.getRoutesCount(); i++) {
        Route route = host.getRoutes(i);
        String name = route.getName().isEmpty() ? host.getName() + " route " + i : route.getName();
        rules.add(rule(name, route, host, message));
      }
      hosts.add(
          new RouteResource.Host(
              service(host.getName()),
              host.getDomainsList(),
              rules,
              DatabaseTranslator.translate(
                  host.getName() + ".typed_per_filter_config[" + DatabaseTranslator.FILTER + "]",
                  host.getTypedPerFilterConfigMap().get(DatabaseTranslator.FILTER))));
    }
    if (hosts.isEmpty()) {
      throw new InvalidResource("virtual_hosts: none (expected: at least one)");
    }
    return new RouteResource(message.getName(), hosts);
  }

  /** {@code orders.default:8080} names the service with a port; telemetry wants the service. */
  private static String service(String hostName) {
    int colon = hostName.lastIndexOf(':');
    return colon < 0 ? hostName : hostName.substring(0, colon);
  }

  private static void refuseUnsupported(RouteConfiguration message) throws InvalidResource {
    Messages.unsupported("vhds", message.hasVhds());
    Messages.unsupported(
        "most_specific_header_mutations_wins", message.getMostSpecificHeaderMutationsWins());
    for (VirtualHost host : message.getVirtualHostsList()) {
      Messages.unsupported(host.getName() + ".matcher", host.hasMatcher());
      Messages.unsupported(host.getName() + ".hedge_policy", host.hasHedgePolicy());
      Messages.unsupported(
          host.getName() + ".require_tls: " + host.getRequireTls(),
          host.getRequireTls() != VirtualHost.TlsRequirementType.NONE);
    }
  }

  private static RouteResource.Rule rule(
      String name, Route route, VirtualHost host, RouteConfiguration all) throws InvalidResource {
    RouteFilters filters =
        RouteFilters.of(
            name + ".typed_per_filter_config",
            List.of(
                route.getTypedPerFilterConfigMap(),
                host.getTypedPerFilterConfigMap(),
                all.getTypedPerFilterConfigMap()));
    RoutePolicy policy =
        (route.hasRoute() ? policy(name, route.getRoute(), host, filters) : RoutePolicy.DEFAULT)
            .withHeaders(
                requestHeaders(name, route, host, all), responseHeaders(name, route, host, all))
            .withFault(
                filters.fault() == null
                    ? null
                    : filters
                        .fault()
                        .until(FaultTranslator.until(name, route))
                        .by(FaultTranslator.by(route)))
            .withCors(filters.cors());
    return new RouteResource.Rule(
        name,
        match(name + ".match", route.getMatch()),
        action(name, route, host, all, filters.query()),
        policy);
  }

  private static RouteResource.Action action(
      String name, Route route, VirtualHost host, RouteConfiguration all, QueryChanges query)
      throws InvalidResource {
    if (route.hasRoute()) {
      return ForwardTranslator.translate(
          name + ".route", route.getMatch(), route.getRoute(), query, mirrors(route, host, all));
    }
    // Envoy would lead the client to the changed query.
    Messages.unsupported(
        name + ".redirect beside query_parameter_mutations",
        route.hasRedirect() && !query.isEmpty());
    RouteAction.Answer answer =
        switch (route.getActionCase()) {
          case REDIRECT ->
              AnswerTranslator.redirect(name + ".redirect", route.getMatch(), route.getRedirect());
          case DIRECT_RESPONSE -> {
            RouteAction.Answer refusal = AnswerTranslator.refuse(route);
            yield refusal != null
                ? refusal
                : AnswerTranslator.respond(name + ".direct_response", route.getDirectResponse());
          }
          default ->
              throw new InvalidResource(
                  name
                      + ".action: "
                      + route.getActionCase()
                      + " (expected: route, redirect or direct_response)");
        };
    return new RouteResource.Action.Answer(answer);
  }

  private static List<RequestMirrorPolicy> mirrors(
      Route route, VirtualHost host, RouteConfiguration all) {
    List<RequestMirrorPolicy> own = route.getRoute().getRequestMirrorPoliciesList();
    List<RequestMirrorPolicy> ofHost = host.getRequestMirrorPoliciesList();
    return own.isEmpty() ? ofHost.isEmpty() ? all.getRequestMirrorPoliciesList() : ofHost : own;
  }

  private static RoutePolicy policy(
      String name,
      io.envoyproxy.envoy.config.route.v3.RouteAction action,
      VirtualHost host,
      RouteFilters filters)
      throws InvalidResource {
    io.envoyproxy.envoy.config.route.v3.RetryPolicy retry =
        action.hasRetryPolicy() ? action.getRetryPolicy() : host.getRetryPolicy();
    boolean hasRetry = action.hasRetryPolicy() || host.hasRetryPolicy();
    String hashField = name + ".route.hash_policy";
    SessionPersistence generated = HashTranslator.generated(hashField, action.getHashPolicyList());
    if (generated != null && filters.persistence() != null) {
      throw new InvalidResource(
          hashField + ".cookie.ttl: set (expected: not beside a stateful session)");
    }
    return RoutePolicy.of(
            // Envoy would give a call without a timeout 15 s; the agent changes no call unasked.
            action.hasTimeout() ? Messages.nanos(name + ".route.timeout", action.getTimeout()) : 0,
            retry.hasPerTryTimeout()
                ? Messages.nanos(name + ".retry_policy.per_try_timeout", retry.getPerTryTimeout())
                : 0,
            hasRetry ? RetryTranslator.translate(name + ".retry_policy", retry) : RetryPolicy.SAFE)
        .withStickiness(
            HashTranslator.translate(hashField, action.getHashPolicyList()),
            generated == null ? filters.persistence() : generated);
  }

  /**
   * Of the route, then of its host, then of all: each level may override what the one before did
   * (Envoy {@code RouteConfiguration.most_specific_header_mutations_wins}, false).
   */
  private static HeaderChanges requestHeaders(
      String name, Route route, VirtualHost host, RouteConfiguration all) throws InvalidResource {
    return HeaderTranslator.changes(
            name + ".request_headers",
            route.getRequestHeadersToAddList(),
            route.getRequestHeadersToRemoveList())
        .then(
            HeaderTranslator.changes(
                host.getName() + ".request_headers",
                host.getRequestHeadersToAddList(),
                host.getRequestHeadersToRemoveList()))
        .then(
            HeaderTranslator.changes(
                "request_headers",
                all.getRequestHeadersToAddList(),
                all.getRequestHeadersToRemoveList()));
  }

  private static HeaderChanges responseHeaders(
      String name, Route route, VirtualHost host, RouteConfiguration all) throws InvalidResource {
    return HeaderTranslator.changes(
            name + ".response_headers",
            route.getResponseHeadersToAddList(),
            route.getResponseHeadersToRemoveList())
        .then(
            HeaderTranslator.changes(
                host.getName() + ".response_headers",
                host.getResponseHeadersToAddList(),
                host.getResponseHeadersToRemoveList()))
        .then(
            HeaderTranslator.changes(
                "response_headers",
                all.getResponseHeadersToAddList(),
                all.getResponseHeadersToRemoveList()));
  }

  static RouteMatch match(String field, io.envoyproxy.envoy.config.route.v3.RouteMatch message)
      throws InvalidResource {
    Messages.unsupported(field + ".runtime_fraction", message.hasRuntimeFraction());
    Messages.unsupported(field + ".tls_context", message.hasTlsContext());
    Messages.unsupported(field + ".dynamic_metadata", message.getDynamicMetadataCount() > 0);
    Messages.unsupported(field + ".filter_state", message.getFilterStateCount() > 0);
    String method = null;
    List<RouteMatch.HeaderMatch> headers = new ArrayList<>();
    for (HeaderMatcher header : message.getHeadersList()) {
      StringMatch value = Strings.match(field + ".headers", header);
      String name = header.getName().toLowerCase(Locale.ROOT);
      if (name.equals(":method") && value instanceof StringMatch.Exact exact) {
        method = exact.expected();
      } else if (!name.startsWith(":") || PSEUDO_HEADERS.contains(name)) {
        headers.add(new RouteMatch.HeaderMatch(name, value));
      } else {
        throw new InvalidResource(
            field
                + ".headers["
                + name
                + "] (expected: a header, :method, :authority, :scheme or :path)");
      }
    }
    List<RouteMatch.QueryMatch> query = new ArrayList<>();
    for (QueryParameterMatcher parameter : message.getQueryParametersList()) {
      query.add(new RouteMatch.QueryMatch(parameter.getName(), query(field, parameter)));
    }
    return new RouteMatch(path(field, message), method, headers, query);
  }

  private static StringMatch query(String field, QueryParameterMatcher parameter)
      throws InvalidResource {
    return parameter.hasStringMatch()
        ? Strings.match(
            field + ".query_parameters[" + parameter.getName() + "]", parameter.getStringMatch())
        : new StringMatch.Present();
  }

  private static PathMatch path(
      String field, io.envoyproxy.envoy.config.route.v3.RouteMatch message) throws InvalidResource {
    boolean ignoreCase = message.hasCaseSensitive() && !message.getCaseSensitive().getValue();
    return switch (message.getPathSpecifierCase()) {
      case PREFIX ->
          ignoreCase
              ? ignoringCase(field, message.getPrefix(), Strings.ANYTHING)
              : new PathMatch.Prefix(message.getPrefix());
      case PATH ->
          ignoreCase
              ? ignoringCase(field, message.getPath(), "")
              : new PathMatch.Exact(message.getPath());
      case PATH_SEPARATED_PREFIX ->
          ignoreCase
              ? ignoringCase(field, message.getPathSeparatedPrefix(), "(/.*)?")
              : new PathMatch.SegmentPrefix(message.getPathSeparatedPrefix());
      case SAFE_REGEX ->
          new PathMatch.Regex(
              Strings.pattern(
                  field + ".safe_regex",
                  message.getSafeRegex().getRegex(),
                  /* ignoreCase= */ false));
      default ->
          throw new InvalidResource(
              field
                  + ": "
                  + message.getPathSpecifierCase()
                  + " (expected: prefix, path, path_separated_prefix or safe_regex)");
    };
  }

  private static PathMatch ignoringCase(String field, String literal, String rest)
      throws InvalidResource {
    return new PathMatch.Regex(
        Strings.pattern(
            field, com.google.re2j.Pattern.quote(literal) + rest, /* ignoreCase= */ true));
  }
}
