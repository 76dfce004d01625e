package io.endomesh.xds.translate;

import com.google.protobuf.Any;
import com.google.protobuf.Struct;
import com.google.protobuf.Value;
import io.endomesh.dataplane.limit.Descriptor;
import io.endomesh.dataplane.limit.GlobalPolicy;
import io.endomesh.dataplane.limit.LimitKey;
import io.envoyproxy.envoy.config.core.v3.GrpcService;
import io.envoyproxy.envoy.config.core.v3.Metadata;
import io.envoyproxy.envoy.config.route.v3.RouteConfiguration;
import io.envoyproxy.envoy.config.route.v3.VirtualHost;
import io.envoyproxy.envoy.extensions.common.ratelimit.v3.RateLimitDescriptor.Entry;
import io.envoyproxy.envoy.extensions.filters.http.ratelimit.v3.RateLimit;
import io.envoyproxy.envoy.extensions.filters.http.ratelimit.v3.RateLimitPerRoute;
import io.envoyproxy.envoy.extensions.filters.network.http_connection_manager.v3.HttpConnectionManager;
import io.envoyproxy.envoy.extensions.filters.network.http_connection_manager.v3.HttpFilter;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * RateLimit filters to {@link GlobalPolicy}s; the name of a filter is that of the policy. What it
 * tells the server of a call is the {@code RateLimitPerRoute} of the same name at the virtual host.
 * The rates are the server's to know; for messages {@code
 * metadata.filter_metadata["endomesh"].rates} of the Listener may say them, by policy and limit.
 * Stateless.
 */
final class GlobalLimitTranslator {

  private static final String FILTER = "envoy.extensions.filters.http.ratelimit.v3.RateLimit";
  private static final String PER_ROUTE =
      "envoy.extensions.filters.http.ratelimit.v3.RateLimitPerRoute";

  private GlobalLimitTranslator() {}

  static boolean understands(HttpFilter filter) {
    return Messages.is(filter.getTypedConfig(), FILTER);
  }

  /** What others find at a virtual host. */
  static Map<String, Any> withoutLimits(Map<String, Any> perFilter) {
    Map<String, Any> others = new HashMap<>(perFilter);
    others.values().removeIf(config -> Messages.is(config, PER_ROUTE));
    return others;
  }

  static List<GlobalPolicy> translate(HttpConnectionManager manager, Metadata metadata)
      throws InvalidResource {
    List<GlobalPolicy> policies = new ArrayList<>();
    for (HttpFilter filter : manager.getHttpFiltersList()) {
      if (understands(filter)) {
        String field = "http_filters[" + filter.getName() + "]";
        RateLimit message =
            Messages.unpack(field, filter.getTypedConfig(), FILTER, RateLimit.parser());
        refuseUnsupported(field, message);
        policies.add(policy(field, filter.getName(), message, manager.getRouteConfig(), metadata));
      }
    }
    return policies;
  }

  private static GlobalPolicy policy(
      String field, String name, RateLimit message, RouteConfiguration routes, Metadata metadata)
      throws InvalidResource {
    RateLimitPerRoute calls = calls(field, name, routes);
    String domain = calls.getDomain().isEmpty() ? message.getDomain() : calls.getDomain();
    if (domain.isEmpty()) {
      throw new InvalidResource(field + ".domain: absent (expected: the server's name for it)");
    }
    Struct rates = struct(metadata, name);
    List<GlobalPolicy.Limit> limits = new ArrayList<>();
    for (int i = 0; i < calls.getRateLimitsCount(); i++) {
      String where = "typed_per_filter_config[" + name + "].rate_limits[" + i + "]";
      limits.add(limit(RateLimitActions.read(where, calls.getRateLimits(i)), rates));
    }
    return new GlobalPolicy(
        name,
        server(field, message),
        domain,
        message.hasTimeout()
            ? Messages.positiveNanos(field + ".timeout", message.getTimeout())
            : GlobalPolicy.DEFAULT_TIMEOUT_NANOS,
        message.getFailureModeDeny(),
        message.hasStatusOnError()
            ? message.getStatusOnError().getCodeValue()
            : GlobalPolicy.DEFAULT_STATUS_ON_ERROR,
        limits);
  }

  private static GlobalPolicy.Limit limit(RateLimitActions actions, Struct rates) {
    List<Descriptor.Entry> entries = new ArrayList<>();
    for (Entry entry : actions.entries()) {
      entries.add(new Descriptor.Entry(entry.getKey(), entry.getValue()));
    }
    return new GlobalPolicy.Limit(
        actions.name(),
        actions.match(),
        actions.key(),
        entries,
        actions.key() instanceof LimitKey.None ? -1 : keyPlace(actions),
        field(rates, actions.name()).getStringValue());
  }

  /** Without the key the rest follows on the same constants. */
  private static int keyPlace(RateLimitActions actions) {
    int place = 0;
    while (place < actions.withoutKey().size()
        && actions.entries().get(place).equals(actions.withoutKey().get(place))) {
      place++;
    }
    return place;
  }

  private static RateLimitPerRoute calls(String field, String name, RouteConfiguration routes)
      throws InvalidResource {
    RateLimitPerRoute calls = null;
    for (VirtualHost host : routes.getVirtualHostsList()) {
      Any config = host.getTypedPerFilterConfigOrDefault(name, Any.getDefaultInstance());
      if (!Messages.is(config, PER_ROUTE)) {
        continue;
      }
      if (calls != null) {
        throw new InvalidResource(field + ": rate_limits of two virtual hosts (expected: of one)");
      }
      calls = Messages.unpack(field, config, PER_ROUTE, RateLimitPerRoute.parser());
    }
    if (calls == null) {
      throw new InvalidResource(
          field + ": no typed_per_filter_config of this name at the virtual host (expected: one)");
    }
    return calls;
  }

  /** Without an authority the name of the cluster is it, as in Envoy. */
  private static GlobalPolicy.Server server(String field, RateLimit message)
      throws InvalidResource {
    String where = field + ".rate_limit_service.grpc_service";
    GrpcService service = message.getRateLimitService().getGrpcService();
    Messages.unsupported(where + ".initial_metadata", service.getInitialMetadataCount() > 0);
    String cluster = service.getEnvoyGrpc().getClusterName();
    String authority = service.getEnvoyGrpc().getAuthority();
    if (cluster.isEmpty()) {
      throw new InvalidResource(
          where
              + ".envoy_grpc.cluster_name: absent (expected: the cluster of the limit server, or "
              + GlobalPolicy.CONTROLLER
              + ")");
    }
    return new GlobalPolicy.Server(cluster, authority.isEmpty() ? cluster : authority);
  }

  /** Limits of a policy with their rates in words. */
  private static Struct struct(Metadata metadata, String policy) {
    Struct ours = metadata.getFilterMetadataOrDefault("endomesh", Struct.getDefaultInstance());
    return field(field(ours, "rates").getStructValue(), policy).getStructValue();
  }

  private static Value field(Struct struct, String name) {
    return struct.getFieldsOrDefault(name, Value.getDefaultInstance());
  }

  /** What makes the filter do something else. */
  private static void refuseUnsupported(String field, RateLimit message) throws InvalidResource {
    Messages.unsupported(field + ".stage", message.getStage() != 0);
    Messages.unsupported(
        field + ".request_type",
        !message.getRequestType().isEmpty() && !message.getRequestType().equals("both"));
    Messages.unsupported(field + ".rate_limited_status", message.hasRateLimitedStatus());
    Messages.unsupported(
        field + ".response_headers_to_add", message.getResponseHeadersToAddCount() > 0);
    Messages.unsupported(field + ".filter_enabled", message.hasFilterEnabled());
    Messages.unsupported(field + ".filter_enforced", message.hasFilterEnforced());
  }
}
