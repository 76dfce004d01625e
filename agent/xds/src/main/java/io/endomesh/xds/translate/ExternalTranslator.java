package io.endomesh.xds.translate;

import io.endomesh.dataplane.authorize.Condition;
import io.endomesh.dataplane.authorize.Policy;
import io.endomesh.dataplane.external.CustomPolicies;
import io.endomesh.dataplane.external.Provider;
import io.endomesh.dataplane.limit.GlobalPolicy;
import io.endomesh.dataplane.route.StringMatch;
import io.envoyproxy.envoy.config.core.v3.GrpcService;
import io.envoyproxy.envoy.extensions.filters.http.ext_authz.v3.ExtAuthz;
import io.envoyproxy.envoy.extensions.filters.network.http_connection_manager.v3.HttpConnectionManager;
import io.envoyproxy.envoy.extensions.filters.network.http_connection_manager.v3.HttpFilter;
import io.envoyproxy.envoy.type.matcher.v3.MetadataMatcher;
import io.envoyproxy.envoy.type.matcher.v3.StringMatcher;
import java.util.ArrayList;
import java.util.List;

/**
 * ExtAuthz filters to {@link CustomPolicies}; the name of a filter is that of the provider. Which
 * requests it is asked about stands, as Istio writes it, in the shadow rules of an RBAC filter,
 * whose {@code shadow_rules_stat_prefix} is in the metadata that enables the filter. Stateless.
 */
final class ExternalTranslator {

  private static final String FILTER = "envoy.extensions.filters.http.ext_authz.v3.ExtAuthz";

  /** Where RBAC filters leave what their shadow rules found. */
  private static final String RBAC_METADATA = "envoy.filters.http.rbac";

  private static final String POLICY_ID = "shadow_effective_policy_id";

  private ExternalTranslator() {}

  static boolean understands(HttpFilter filter) {
    return Messages.is(filter.getTypedConfig(), FILTER);
  }

  /** Those of shadow rules that are no dry run. */
  static List<String> statPrefixes(List<HttpFilter> filters) throws InvalidResource {
    List<String> prefixes = new ArrayList<>();
    for (HttpFilter filter : filters) {
      if (understands(filter)) {
        ExtAuthz message = unpack(filter);
        if (message.hasFilterEnabledMetadata()) {
          prefixes.add(statPrefix(field(filter), message.getFilterEnabledMetadata()));
        }
      }
    }
    return prefixes;
  }

  static List<CustomPolicies> translate(HttpConnectionManager manager) throws InvalidResource {
    List<CustomPolicies> all = new ArrayList<>();
    for (HttpFilter filter : manager.getHttpFiltersList()) {
      if (understands(filter)) {
        ExtAuthz message = unpack(filter);
        refuseUnsupported(field(filter), message);
        all.add(
            new CustomPolicies(
                provider(field(filter), filter.getName(), message),
                policies(filter, message, manager)));
      }
    }
    return all;
  }

  private static List<Policy> policies(
      HttpFilter filter, ExtAuthz message, HttpConnectionManager manager) throws InvalidResource {
    if (!message.hasFilterEnabledMetadata()) {
      return List.of(
          new Policy(filter.getName(), List.of(new Policy.Rule(Condition.ANY, Condition.ANY))));
    }
    MetadataMatcher enabled = message.getFilterEnabledMetadata();
    String where = field(filter) + ".filter_enabled_metadata";
    String statPrefix = statPrefix(field(filter), enabled);
    StringMatcher id = enabled.getValue().getStringMatch();
    if (enabled.getInvert() || id.getMatchPatternCase() != StringMatcher.MatchPatternCase.PREFIX) {
      throw new InvalidResource(where + ".value: (expected: a string_match by prefix)");
    }
    List<Policy> policies = new ArrayList<>();
    for (Policy policy : RbacTranslator.shadow(manager, statPrefix)) {
      if (policy.name().startsWith(id.getPrefix())) {
        policies.add(policy);
      }
    }
    return policies;
  }

  private static String statPrefix(String field, MetadataMatcher enabled) throws InvalidResource {
    String key = enabled.getPathCount() == 1 ? enabled.getPath(0).getKey() : "";
    if (!enabled.getFilter().equals(RBAC_METADATA) || !key.endsWith(POLICY_ID)) {
      throw new InvalidResource(
          field
              + ".filter_enabled_metadata: "
              + enabled.getFilter()
              + " (expected: "
              + POLICY_ID
              + " of "
              + RBAC_METADATA
              + ")");
    }
    return key.substring(0, key.length() - POLICY_ID.length());
  }

  private static Provider provider(String field, String name, ExtAuthz message)
      throws InvalidResource {
    GrpcService service = message.getGrpcService();
    String where = field + ".grpc_service";
    Messages.unsupported(where + ".initial_metadata", service.getInitialMetadataCount() > 0);
    String cluster = service.getEnvoyGrpc().getClusterName();
    String authority = service.getEnvoyGrpc().getAuthority();
    if (cluster.isEmpty() || cluster.equals(GlobalPolicy.CONTROLLER)) {
      throw new InvalidResource(
          where
              + ".envoy_grpc.cluster_name: '"
              + cluster
              + "' (expected: the cluster of who decides)");
    }
    return new Provider(
        name,
        new GlobalPolicy.Server(cluster, authority.isEmpty() ? cluster : authority),
        service.hasTimeout()
            ? Messages.positiveNanos(where + ".timeout", service.getTimeout())
            : Provider.DEFAULT_TIMEOUT_NANOS,
        message.getFailureModeAllow(),
        message.hasStatusOnError()
            ? message.getStatusOnError().getCodeValue()
            : Provider.DEFAULT_STATUS_ON_ERROR,
        message.hasAllowedHeaders() ? headers(field, message) : null);
  }

  private static List<StringMatch> headers(String field, ExtAuthz message) throws InvalidResource {
    List<StringMatch> headers = new ArrayList<>();
    for (StringMatcher header : message.getAllowedHeaders().getPatternsList()) {
      headers.add(Strings.match(field + ".allowed_headers", header));
    }
    return headers;
  }

  private static ExtAuthz unpack(HttpFilter filter) throws InvalidResource {
    return Messages.unpack(field(filter), filter.getTypedConfig(), FILTER, ExtAuthz.parser());
  }

  private static String field(HttpFilter filter) {
    return "http_filters[" + filter.getName() + "]";
  }

  /** What makes the filter do something else. There is no route cache that could be cleared. */
  private static void refuseUnsupported(String field, ExtAuthz message) throws InvalidResource {
    Messages.unsupported(field + ".http_service", message.hasHttpService());
    Messages.unsupported(field + ".with_request_body", message.hasWithRequestBody());
    Messages.unsupported(
        field + ".failure_mode_allow_header_add", message.getFailureModeAllowHeaderAdd());
    Messages.unsupported(
        field + ".metadata_context_namespaces",
        message.getMetadataContextNamespacesCount() > 0
            || message.getTypedMetadataContextNamespacesCount() > 0
            || message.getRouteMetadataContextNamespacesCount() > 0
            || message.getRouteTypedMetadataContextNamespacesCount() > 0);
    Messages.unsupported(field + ".filter_enabled", message.hasFilterEnabled());
    Messages.unsupported(field + ".deny_at_disable", message.hasDenyAtDisable());
    Messages.unsupported(field + ".include_peer_certificate", message.getIncludePeerCertificate());
    Messages.unsupported(field + ".include_tls_session", message.getIncludeTlsSession());
    Messages.unsupported(field + ".disallowed_headers", message.hasDisallowedHeaders());
    Messages.unsupported(field + ".encode_raw_headers", message.getEncodeRawHeaders());
    Messages.unsupported(
        field + ".decoder_header_mutation_rules", message.hasDecoderHeaderMutationRules());
  }
}
