package io.endomesh.controller.translate;

import com.google.protobuf.Any;
import com.google.protobuf.util.Durations;
import io.endomesh.controller.kinds.AuthorizationPolicy;
import io.endomesh.controller.kinds.ExtAuthzProvider;
import io.envoyproxy.envoy.config.core.v3.ApiVersion;
import io.envoyproxy.envoy.config.core.v3.GrpcService;
import io.envoyproxy.envoy.config.rbac.v3.Policy;
import io.envoyproxy.envoy.config.rbac.v3.RBAC;
import io.envoyproxy.envoy.extensions.filters.http.ext_authz.v3.ExtAuthz;
import io.envoyproxy.envoy.extensions.filters.network.http_connection_manager.v3.HttpFilter;
import io.envoyproxy.envoy.type.matcher.v3.ListStringMatcher;
import io.envoyproxy.envoy.type.matcher.v3.MetadataMatcher;
import io.envoyproxy.envoy.type.matcher.v3.MetadataMatcher.PathSegment;
import io.envoyproxy.envoy.type.matcher.v3.StringMatcher;
import io.envoyproxy.envoy.type.matcher.v3.ValueMatcher;
import io.envoyproxy.envoy.type.v3.HttpStatus;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * Who is asked about requests, as Istio has Envoy do it: an RBAC filter whose shadow rules find the
 * requests, and an ExtAuthz filter behind it that what they found enables; a pair for each
 * provider. Not thread-safe.
 */
final class CustomRules {

  private static final String POLICIES = "AuthorizationPolicy/";

  private final MeshModel model;
  private final Map<ExtAuthzProvider, Map<String, Policy>> rules = new LinkedHashMap<>();

  CustomRules(MeshModel model) {
    this.model = model;
  }

  /** Of the policy's own namespace, else the mesh's; null if there is none. */
  static @Nullable ExtAuthzProvider provider(
      AuthorizationPolicy policy, List<ExtAuthzProvider> providers) {
    ExtAuthzProvider ofTheMesh = null;
    for (ExtAuthzProvider provider : providers) {
      if (provider.metadata().name().equals(policy.provider())) {
        String namespace = provider.metadata().namespace();
        if (namespace.equals(policy.metadata().namespace())) {
          return provider;
        }
        if (namespace.equals(PeerAuthenticationTranslator.MESH_NAMESPACE)) {
          ofTheMesh = provider;
        }
      }
    }
    return ofTheMesh;
  }

  /** Who decides is not asked about being asked: that would have no end. */
  static boolean isAsked(MeshModel model, ExtAuthzProvider provider, Scope workload) {
    ServiceKey service = ServiceKey.ofHost(provider.service(), provider.metadata().namespace());
    return service != null
        && PolicyTargets.include(workload, model, service.namespace(), List.of(service.name()));
  }

  static String name(ExtAuthzProvider provider) {
    return "ExtAuthzProvider/" + provider.metadata().namespace() + "/" + provider.metadata().name();
  }

  /**
   * @return where the rules of a policy with this provider belong
   */
  Map<String, Policy> of(ExtAuthzProvider provider) {
    return rules.computeIfAbsent(provider, none -> new TreeMap<>());
  }

  List<HttpFilter> filters() {
    List<HttpFilter> filters = new ArrayList<>();
    rules.forEach(
        (provider, policies) -> {
          String statPrefix =
              "ext_authz_"
                  + provider.metadata().namespace()
                  + "_"
                  + provider.metadata().name()
                  + "_";
          filters.add(
              filter(
                  "envoy.filters.http.rbac.CUSTOM." + statPrefix,
                  Any.pack(
                      io.envoyproxy
                          .envoy
                          .extensions
                          .filters
                          .http
                          .rbac
                          .v3
                          .RBAC
                          .newBuilder()
                          .setShadowRules(
                              RBAC.newBuilder()
                                  .setAction(RBAC.Action.DENY)
                                  .putAllPolicies(policies))
                          .setShadowRulesStatPrefix(statPrefix)
                          .build())));
          filters.add(filter(name(provider), Any.pack(asking(provider, statPrefix))));
        });
    return filters;
  }

  private static HttpFilter filter(String name, Any config) {
    return HttpFilter.newBuilder().setName(name).setTypedConfig(config).build();
  }

  private ExtAuthz asking(ExtAuthzProvider provider, String statPrefix) {
    ExtAuthz.Builder filter =
        ExtAuthz.newBuilder()
            .setTransportApiVersion(ApiVersion.V3)
            .setGrpcService(
                GrpcService.newBuilder()
                    .setEnvoyGrpc(
                        GlobalLimitTranslator.asked(
                            model,
                            provider.service(),
                            provider.port(),
                            provider.metadata().namespace()))
                    .setTimeout(Durations.fromNanos(provider.timeoutNanos())))
            .setFailureModeAllow(provider.failOpen())
            .setStatusOnError(HttpStatus.newBuilder().setCodeValue(provider.statusOnError()))
            .setValidateMutations(true)
            .setFilterEnabledMetadata(
                MetadataMatcher.newBuilder()
                    .setFilter("envoy.filters.http.rbac")
                    .addPath(
                        PathSegment.newBuilder().setKey(statPrefix + "shadow_effective_policy_id"))
                    .setValue(
                        ValueMatcher.newBuilder()
                            .setStringMatch(StringMatcher.newBuilder().setPrefix(POLICIES))));
    List<String> headers = provider.headers();
    if (headers != null) {
      ListStringMatcher.Builder allowed = ListStringMatcher.newBuilder();
      headers.forEach(header -> allowed.addPatterns(RbacTerms.pattern(header)));
      filter.setAllowedHeaders(allowed);
    }
    return filter.build();
  }
}
