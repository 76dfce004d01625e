package io.endomesh.xds.translate;

import io.endomesh.dataplane.route.HeaderChanges;
import io.endomesh.dataplane.route.PathRewrite;
import io.endomesh.dataplane.route.QueryChanges;
import io.endomesh.dataplane.route.Share;
import io.endomesh.dataplane.route.UrlRewrite;
import io.envoyproxy.envoy.config.core.v3.RoutingPriority;
import io.envoyproxy.envoy.config.route.v3.RouteAction;
import io.envoyproxy.envoy.config.route.v3.RouteMatch;
import io.envoyproxy.envoy.config.route.v3.WeightedCluster;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** RouteAction to {@link RouteResource.Action.Forward}. Stateless. */
final class ForwardTranslator {

  private ForwardTranslator() {}

  /**
   * @param query what filters change of it
   * @param mirrors of the most specific level that has any: they are not merged (Envoy)
   */
  static RouteResource.Action.Forward translate(
      String field,
      RouteMatch match,
      RouteAction action,
      QueryChanges query,
      List<RouteAction.RequestMirrorPolicy> mirrors)
      throws InvalidResource {
    refuseUnsupported(field, action);
    return new RouteResource.Action.Forward(
        targets(field, action),
        rewrite(field, match, action, query),
        mirrors(field, mirrors),
        notFoundStatus(field, action));
  }

  private static int notFoundStatus(String field, RouteAction action) throws InvalidResource {
    return switch (action.getClusterNotFoundResponseCode()) {
      case SERVICE_UNAVAILABLE -> 503;
      case NOT_FOUND -> 404;
      case INTERNAL_SERVER_ERROR -> 500;
      case UNRECOGNIZED ->
          throw new InvalidResource(
              field
                  + ".cluster_not_found_response_code: "
                  + action.getClusterNotFoundResponseCodeValue()
                  + " (expected: SERVICE_UNAVAILABLE, NOT_FOUND or INTERNAL_SERVER_ERROR)");
    };
  }

  private static void refuseUnsupported(String field, RouteAction action) throws InvalidResource {
    Messages.unsupported(field + ".metadata_match", action.hasMetadataMatch());
    Messages.unsupported(field + ".path_rewrite_policy", action.hasPathRewritePolicy());
    Messages.unsupported(field + ".append_x_forwarded_host", action.getAppendXForwardedHost());
    Messages.unsupported(field + ".hedge_policy", action.hasHedgePolicy());
    Messages.unsupported(field + ".internal_redirect_policy", action.hasInternalRedirectPolicy());
    Messages.unsupported(
        field + ".idle_timeout",
        action.hasIdleTimeout()
            && Messages.nanos(field + ".idle_timeout", action.getIdleTimeout()) > 0);
    Messages.unsupported(field + ".priority: HIGH", action.getPriority() == RoutingPriority.HIGH);
  }

  private static List<RouteResource.Target> targets(String field, RouteAction action)
      throws InvalidResource {
    return switch (action.getClusterSpecifierCase()) {
      case CLUSTER ->
          List.of(
              new RouteResource.Target(
                  action.getCluster(), 1, HeaderChanges.NONE, HeaderChanges.NONE));
      case WEIGHTED_CLUSTERS ->
          weighted(field + ".weighted_clusters", action.getWeightedClusters());
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
    Messages.unsupported(field + ".header_name", !weighted.getHeaderName().isEmpty());
    List<RouteResource.Target> targets = new ArrayList<>();
    long sum = 0;
    for (WeightedCluster.ClusterWeight cluster : weighted.getClustersList()) {
      long weight = Integer.toUnsignedLong(cluster.getWeight().getValue());
      sum += weight;
      if (weight > 0) {
        targets.add(target(field + "[" + cluster.getName() + "]", cluster, (int) weight));
      }
    }
    if (sum == 0 || sum > Integer.MAX_VALUE) {
      throw new InvalidResource(
          field + ": sum of weights " + sum + " (expected: 1 to " + Integer.MAX_VALUE + ")");
    }
    return targets;
  }

  private static RouteResource.Target target(
      String field, WeightedCluster.ClusterWeight cluster, int weight) throws InvalidResource {
    Messages.unsupported(field + ".cluster_header", !cluster.getClusterHeader().isEmpty());
    Messages.unsupported(field + ".metadata_match", cluster.hasMetadataMatch());
    Messages.unsupported(
        field + ".host_rewrite_literal", !cluster.getHostRewriteLiteral().isEmpty());
    Messages.unsupported(
        field + ".typed_per_filter_config", cluster.getTypedPerFilterConfigCount() > 0);
    return new RouteResource.Target(
        cluster.getName(),
        weight,
        HeaderTranslator.changes(
            field + ".request_headers",
            cluster.getRequestHeadersToAddList(),
            cluster.getRequestHeadersToRemoveList()),
        HeaderTranslator.changes(
            field + ".response_headers",
            cluster.getResponseHeadersToAddList(),
            cluster.getResponseHeadersToRemoveList()));
  }

  private static @Nullable UrlRewrite rewrite(
      String field, RouteMatch match, RouteAction action, QueryChanges query)
      throws InvalidResource {
    String authority =
        switch (action.getHostRewriteSpecifierCase()) {
          case HOST_REWRITE_LITERAL -> action.getHostRewriteLiteral();
          case AUTO_HOST_REWRITE -> {
            Messages.unsupported(
                field + ".auto_host_rewrite", action.getAutoHostRewrite().getValue());
            yield "";
          }
          case HOSTREWRITESPECIFIER_NOT_SET -> "";
          default ->
              throw new InvalidResource(
                  field
                      + ": "
                      + action.getHostRewriteSpecifierCase()
                      + " (expected: host_rewrite_literal)");
        };
    PathRewrite path = path(field, match, action);
    return authority.isEmpty() && path == null && query.isEmpty()
        ? null
        : new UrlRewrite(authority.isEmpty() ? null : authority, path, query);
  }

  private static @Nullable PathRewrite path(String field, RouteMatch match, RouteAction action)
      throws InvalidResource {
    String prefix = action.getPrefixRewrite();
    if (!action.hasRegexRewrite()) {
      return prefix.isEmpty()
          ? null
          : RewriteTranslator.prefix(field + ".prefix_rewrite", match, prefix);
    }
    if (!prefix.isEmpty()) {
      throw new InvalidResource(
          field + ".prefix_rewrite: " + prefix + " (expected: not beside regex_rewrite)");
    }
    return RewriteTranslator.regex(field + ".regex_rewrite", action.getRegexRewrite());
  }

  private static List<RouteResource.Mirror> mirrors(
      String field, List<RouteAction.RequestMirrorPolicy> messages) throws InvalidResource {
    List<RouteResource.Mirror> mirrors = new ArrayList<>();
    for (RouteAction.RequestMirrorPolicy message : messages) {
      String of = field + ".request_mirror_policies";
      Messages.unsupported(of + ".cluster_header", !message.getClusterHeader().isEmpty());
      if (message.getCluster().isEmpty()) {
        throw new InvalidResource(of + ".cluster: none (expected: a name)");
      }
      Share share =
          message.hasRuntimeFraction()
              ? Numbers.share(
                  of + ".runtime_fraction", message.getRuntimeFraction().getDefaultValue())
              : Share.ALL;
      mirrors.add(new RouteResource.Mirror(message.getCluster(), share));
    }
    return mirrors;
  }
}
