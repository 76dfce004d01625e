package io.endomesh.xds.translate;

import io.endomesh.dataplane.route.PathMatch;
import io.endomesh.dataplane.route.RetryPolicy;
import io.endomesh.dataplane.route.RouteMatch;
import io.endomesh.dataplane.route.StringMatch;
import io.envoyproxy.envoy.config.route.v3.HeaderMatcher;
import io.envoyproxy.envoy.config.route.v3.QueryParameterMatcher;
import io.envoyproxy.envoy.config.route.v3.Route;
import io.envoyproxy.envoy.config.route.v3.RouteAction;
import io.envoyproxy.envoy.config.route.v3.RouteConfiguration;
import io.envoyproxy.envoy.config.route.v3.VirtualHost;
import io.envoyproxy.envoy.config.route.v3.WeightedCluster;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/** RouteConfiguration to {@link RouteResource}. Stateless. */
public final class RouteTranslator {

  private RouteTranslator() {}

  public static RouteResource translate(RouteConfiguration message) throws InvalidResource {
    List<RouteResource.Host> hosts = new ArrayList<>();
    for (VirtualHost host : message.getVirtualHostsList()) {
      List<RouteResource.Rule> rules = new ArrayList<>();
      for (int i = 0; i < host.getRoutesCount(); i++) {
        Route route = host.getRoutes(i);
        String name = route.getName().isEmpty() ? host.getName() + " route " + i : route.getName();
        rules.add(rule(name, route, host));
      }
      hosts.add(new RouteResource.Host(service(host.getName()), host.getDomainsList(), rules));
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

  private static RouteResource.Rule rule(String name, Route route, VirtualHost host)
      throws InvalidResource {
    if (!route.hasRoute()) {
      throw new InvalidResource(name + ".action: " + route.getActionCase() + " (expected: route)");
    }
    RouteAction action = route.getRoute();
    io.envoyproxy.envoy.config.route.v3.RetryPolicy retry =
        action.hasRetryPolicy() ? action.getRetryPolicy() : host.getRetryPolicy();
    boolean hasRetry = action.hasRetryPolicy() || host.hasRetryPolicy();
    return new RouteResource.Rule(
        name,
        match(name + ".match", route.getMatch()),
        targets(name + ".route", action),
        // Envoy would give a call without a timeout 15 s; the agent changes no call unasked.
        action.hasTimeout() ? Messages.nanos(name + ".route.timeout", action.getTimeout()) : 0,
        retry.hasPerTryTimeout()
            ? Messages.nanos(name + ".retry_policy.per_try_timeout", retry.getPerTryTimeout())
            : 0,
        hasRetry ? RetryTranslator.translate(name + ".retry_policy", retry) : RetryPolicy.SAFE);
  }

  private static List<RouteResource.Target> targets(String field, RouteAction action)
      throws InvalidResource {
    return switch (action.getClusterSpecifierCase()) {
      case CLUSTER -> List.of(new RouteResource.Target(action.getCluster(), 1));
      case WEIGHTED_CLUSTERS -> weighted(field, action.getWeightedClusters());
      default ->
          throw new InvalidResource(
              field
                  + ": "
                  + action.getClusterSpecifierCase()
                  + " (expected: cluster or weighted_clusters)");
    };
  }

  private static List<RouteResource.Target> weighted(String field, WeightedCluster weighted)
      throws InvalidResource {
    List<RouteResource.Target> targets = new ArrayList<>();
    long sum = 0;
    for (WeightedCluster.ClusterWeight cluster : weighted.getClustersList()) {
      long weight = Integer.toUnsignedLong(cluster.getWeight().getValue());
      sum += weight;
      if (weight > 0) {
        targets.add(new RouteResource.Target(cluster.getName(), (int) weight));
      }
    }
    if (sum == 0 || sum > Integer.MAX_VALUE) {
      throw new InvalidResource(
          field
              + ".weighted_clusters: sum of weights "
              + sum
              + " (expected: 1 to "
              + Integer.MAX_VALUE
              + ")");
    }
    return targets;
  }

  private static RouteMatch match(
      String field, io.envoyproxy.envoy.config.route.v3.RouteMatch message) throws InvalidResource {
    if (message.hasRuntimeFraction()) {
      throw new InvalidResource(field + ".runtime_fraction is not supported");
    }
    String method = null;
    List<RouteMatch.HeaderMatch> headers = new ArrayList<>();
    for (HeaderMatcher header : message.getHeadersList()) {
      StringMatch value = Strings.match(field + ".headers", header);
      String name = header.getName().toLowerCase(Locale.ROOT);
      if (!name.startsWith(":")) {
        headers.add(new RouteMatch.HeaderMatch(name, value));
      } else if (name.equals(":method") && value instanceof StringMatch.Exact exact) {
        method = exact.expected();
      } else {
        throw new InvalidResource(
            field + ".headers[" + name + "]: " + value + " (expected: an exact :method)");
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
